#include "store/migrate.h"

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"
#include "store/sql_text.h"

namespace store {
namespace {

constexpr std::string_view kVersionSql =
    "SELECT value FROM store_meta WHERE name = 'schema_version'";

int version_of(Connection& connection, Engine engine) {
    if (connection.integer(count_tables(engine), values("store_meta")) == 0) return 0;
    const std::optional<std::string> text = connection.text(kVersionSql);
    const std::optional<std::int64_t> number = text ? base::parse_int(*text) : std::nullopt;
    if (!number || *number < 1 || *number > 1'000'000)
        throw StoreError(
            StoreError::Kind::other,
            fmt::format(
                "store_meta holds no schema_version that can be read ('{}')", text.value_or("")
            )
        );
    return static_cast<int>(*number);
}

void apply(
    Connection& connection, Engine engine, const Migration& migration, base::Random& random
) {
    for (const std::string& statement : split_statements(in_dialect(engine, migration.sql)))
        connection.execute(statement);
    if (migration.version == 1) {
        connection.execute("INSERT INTO store_meta (name, value) VALUES ('schema_version', '1')");
        connection.execute(
            "INSERT INTO store_meta (name, value) VALUES ('instance_id', :id)",
            values(random.alphanumeric(16))
        );
        return;
    }
    connection.execute(
        "UPDATE store_meta SET value = :version WHERE name = 'schema_version'",
        values(std::to_string(migration.version))
    );
}

}  // namespace

std::span<const Migration> known_migrations() {
    static const std::vector<Migration> all = {
        {1, embedded::migrations("0001_init.sql")},
        {2, embedded::migrations("0002_campaigns.sql")},
    };
    return all;
}

int schema_version_latest() { return known_migrations().back().version; }

int schema_version(
    Session& session, Engine engine, std::span<const Migration> known, std::string_view where
) {
    int version = 0;
    std::int64_t tables = 0;
    const std::exception_ptr problem =
        run_alone(session, Role::owner, true, [&](Connection& connection) {
            version = version_of(connection, engine);
            tables = connection.integer(count_all_tables(engine));
        });
    if (problem) std::rethrow_exception(problem);
    if (version == 0 && tables > 0)
        throw StoreError(
            StoreError::Kind::other,
            fmt::format(
                "{} holds other tables and is no Pilotlight store: choose another place", where
            )
        );
    const int latest = known.back().version;
    if (version > latest)
        throw StoreError(
            StoreError::Kind::other,
            fmt::format(
                "{} has schema version {}, this program knows versions up to {}: use the newer "
                "program or "
                "restore a backup of version {}",
                where,
                version,
                latest,
                latest
            )
        );
    return version;
}

void migrate(
    Session& session,
    Engine engine,
    std::span<const Migration> known,
    base::Random& random,
    const std::function<void(Connection&)>& after_last
) {
    for (const Migration& migration : known) {
        const auto step = [&](Connection& connection) {
            if (version_of(connection, engine) >= migration.version) return;
            apply(connection, engine, migration, random);
            if (migration.version == known.back().version) after_last(connection);
        };
        const std::exception_ptr problem = run_alone(session, Role::owner, false, step);
        if (problem) std::rethrow_exception(problem);
    }
}

}  // namespace store
