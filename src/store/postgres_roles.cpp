#include "store/postgres_roles.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/text.h"
#include "store/database.h"
#include "store/roles.h"

namespace store {
namespace {

constexpr std::size_t kNameMax = 63;
constexpr int kScramRounds = 4096;

std::string bytes_xor(std::string left, std::string_view right) {
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = static_cast<char>(left[i] ^ right[i]);
    return left;
}

// PBKDF2 with one block (RFC 5802, Hi()).
std::string salted(std::string_view password, std::string_view salt) {
    std::string block = base::hmac_sha256(password, std::string(salt) + std::string("\0\0\0\1", 4));
    std::string sum = block;
    for (int i = 1; i < kScramRounds; ++i) {
        block = base::hmac_sha256(password, block);
        sum = bytes_xor(std::move(sum), block);
    }
    return sum;
}

std::string rights_in_words(const Rights& right) {
    std::vector<std::string> words;
    if (right.read) words.emplace_back("SELECT");
    if (right.insert) words.emplace_back("INSERT");
    if (right.update) words.emplace_back("UPDATE");
    if (right.remove) words.emplace_back("DELETE");
    return base::join(words, ", ");
}

void add_policies(std::vector<std::string>& out, std::string_view database, const TableRule& rule) {
    out.push_back(fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", rule.table));
    const auto policy = [&](std::string_view name, Role role, std::string_view what) {
        const std::string full = fmt::format("{}_{}_{}", rule.table, to_string(role), name);
        out.push_back(fmt::format("DROP POLICY IF EXISTS {} ON {}", full, rule.table));
        out.push_back(fmt::format(
            "CREATE POLICY {} ON {} {}",
            full,
            rule.table,
            base::replace_all(std::string(what), "{role}", quote_name(login_name(database, role)))
        ));
    };
    for (const Role role : {Role::warmup, Role::campaign}) {
        const std::string own =
            fmt::format("{} = {}", rule.own_column, quote_text(to_string(role)));
        policy("insert", role, fmt::format("FOR INSERT TO {{role}} WITH CHECK ({})", own));
        policy(
            "update",
            role,
            fmt::format("FOR UPDATE TO {{role}} USING ({}) WITH CHECK ({})", own, own)
        );
        policy("delete", role, fmt::format("FOR DELETE TO {{role}} USING ({})", own));
        policy(
            "read",
            role,
            fmt::format("FOR SELECT TO {{role}} USING ({})", rule.own_rows_read ? own : "true")
        );
    }
    policy("read", Role::operator_, "FOR SELECT TO {role} USING (true)");
}

}  // namespace

std::string quote_name(std::string_view name) {
    return '"' + base::replace_all(std::string(name), "\"", "\"\"") + '"';
}

std::string quote_text(std::string_view text) {
    return '\'' + base::replace_all(std::string(text), "'", "''") + '\'';
}

std::string login_name(std::string_view database, Role role) {
    const std::string name = fmt::format("pilotlight_{}_{}", database, to_string(role));
    if (name.size() > kNameMax)
        throw StoreError(
            StoreError::Kind::invalid,
            fmt::format(
                "database name '{}' is too long: 43 bytes at most, so that its logins can be named",
                database
            )
        );
    return name;
}

std::string login_password(std::string_view key, std::string_view login) {
    return key.empty() ? std::string() : base::hex_encode(base::hmac_sha256(key, login));
}

std::string scram_verifier(std::string_view password, std::string_view salt) {
    const std::string root = salted(password, salt);
    const std::string stored = base::sha256(base::hmac_sha256(root, "Client Key"));
    const std::string server = base::hmac_sha256(root, "Server Key");
    return fmt::format(
        "SCRAM-SHA-256${}:{}${}:{}",
        kScramRounds,
        base::base64_encode(salt),
        base::base64_encode(stored),
        base::base64_encode(server)
    );
}

std::string role_sql(std::string_view database, std::string_view role_passwords_key) {
    std::string sql;
    std::string all;
    for (const Role role : kAllRoles) {
        const std::string login = login_name(database, role);
        const std::string password = login_password(role_passwords_key, login);
        const std::string salt =
            base::hmac_sha256(role_passwords_key, "salt:" + login).substr(0, 16);
        sql += fmt::format(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) THEN CREATE ROLE "
            "{}; END IF; END $$;\n",
            quote_text(login),
            quote_name(login)
        );
        sql += fmt::format(
            "ALTER ROLE {} LOGIN{};\n",
            quote_name(login),
            password.empty() ? "" : " PASSWORD " + quote_text(scram_verifier(password, salt))
        );
        all += (all.empty() ? "" : ", ") + quote_name(login);
    }
    const std::string name = quote_name(database);
    sql += fmt::format("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC;\n", name);
    sql += fmt::format("GRANT CONNECT ON DATABASE {} TO {};\n", name, all);
    sql += "REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n";
    sql += fmt::format("GRANT USAGE ON SCHEMA public TO {};\n", all);
    sql += fmt::format(
        "GRANT CREATE ON SCHEMA public TO {};\n", quote_name(login_name(database, Role::owner))
    );
    return sql;
}

std::vector<std::string> grant_statements(std::string_view database) {
    std::vector<std::string> out;
    for (const TableRule& rule : table_rules()) {
        out.push_back(fmt::format("REVOKE ALL ON {} FROM PUBLIC", rule.table));
        for (const Role role : kJobRoles) {
            const std::string login = quote_name(login_name(database, role));
            out.push_back(fmt::format("REVOKE ALL ON {} FROM {}", rule.table, login));
            const std::string words = rights_in_words(rights(role, rule));
            if (!words.empty())
                out.push_back(fmt::format("GRANT {} ON {} TO {}", words, rule.table, login));
        }
        if (!rule.own_column.empty()) add_policies(out, database, rule);
    }
    return out;
}

}  // namespace store
