#include "store/sqlite_guard.h"

#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/text.h"
#include "store/roles.h"

namespace store {

using namespace sqlite_api;

namespace {

std::string_view text_of(const char* text) {
    return text ? std::string_view(text) : std::string_view();
}

int allowed(bool yes) { return yes ? SQLITE_OK : SQLITE_DENY; }

// What even a migration has no use for.
bool denied_to_all(int action, std::string_view second) {
    switch (action) {
        case SQLITE_ATTACH:
        case SQLITE_DETACH:
        case SQLITE_PRAGMA:
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT:
        case SQLITE_CREATE_VTABLE:
        case SQLITE_DROP_VTABLE:
        case SQLITE_CREATE_TEMP_INDEX:
        case SQLITE_CREATE_TEMP_TABLE:
        case SQLITE_CREATE_TEMP_TRIGGER:
        case SQLITE_CREATE_TEMP_VIEW:
        case SQLITE_DROP_TEMP_INDEX:
        case SQLITE_DROP_TEMP_TABLE:
        case SQLITE_DROP_TEMP_TRIGGER:
        case SQLITE_DROP_TEMP_VIEW:
            return true;
        case SQLITE_FUNCTION:
            for (const std::string_view name :
                 {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})
                if (base::equals_ignoring_case(name, second)) return true;
            return false;
        default:
            return false;
    }
}

void role_name(sqlite3_context* context, int, sqlite3_value**) {
    const auto* guard = static_cast<const SqliteGuard*>(sqlite3_user_data(context));
    const std::string_view name = to_string(guard->role());
    sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
}

int ask_guard(void* guard, int action, const char* first, const char* second, const char* database, const char*) {
    return static_cast<const SqliteGuard*>(guard)->judge(action, first, second, database);
}

std::string trigger(
    std::string_view name, std::string_view event, std::string_view table, std::string_view when
) {
    return fmt::format(
        "CREATE TEMP TRIGGER store_rule_{}_{} BEFORE {} ON main.{} WHEN {} "
        "BEGIN SELECT RAISE(ABORT, 'permission denied by a row rule of {}'); END;",
        table,
        name,
        event,
        table,
        when,
        table
    );
}

// A role with an own_column rule writes its own rows only.
std::string own_row_rule(const TableRule& rule) {
    const auto foreign = [&](std::string_view row) {
        return fmt::format(
            "store_role() IN ('warmup', 'campaign') AND {}.{} <> store_role()", row, rule.own_column
        );
    };
    return trigger("insert", "INSERT", rule.table, foreign("NEW")) +
           trigger("update_old", "UPDATE", rule.table, foreign("OLD")) +
           trigger("update_new", "UPDATE", rule.table, foreign("NEW")) +
           trigger("delete", "DELETE", rule.table, foreign("OLD"));
}

// With recursive_triggers on, REPLACE fires DELETE triggers; the authorizer alone never hears of
// it.
std::string replace_rule(const TableRule& rule) {
    std::string barred;
    for (const Role role : kJobRoles) {
        const Rights right = rights(role, rule);
        if ((right.insert || right.update) && !right.remove)
            barred += fmt::format("{}'{}'", barred.empty() ? "" : ", ", to_string(role));
    }
    if (barred.empty()) return {};
    return trigger("replace", "DELETE", rule.table, fmt::format("store_role() IN ({})", barred));
}

}  // namespace

int SqliteGuard::judge(int action, const char* first, const char* second, const char* database)
    const {
    if (trusted_) return SQLITE_OK;
    if (denied_to_all(action, text_of(second))) return SQLITE_DENY;
    if (role_ == Role::owner) return SQLITE_OK;
    const std::string_view schema = text_of(database);
    const Rights right =
        schema == "main" || schema.empty() ? rights(role_, text_of(first)) : Rights{};
    switch (action) {
        case SQLITE_SELECT:
        case SQLITE_RECURSIVE:
            return SQLITE_OK;
        case SQLITE_READ:
            return allowed(right.read);
        case SQLITE_INSERT:
            return allowed(right.insert);
        case SQLITE_UPDATE:
            return allowed(right.update);
        case SQLITE_DELETE:
            return allowed(right.remove);
        case SQLITE_FUNCTION:
            return allowed(function_allowed(text_of(second)) || text_of(second) == "store_role");
        default:
            return SQLITE_DENY;
    }
}

void SqliteGuard::arm(sqlite3* database) {
    int result = sqlite3_create_function_v2(
        database,
        "store_role",
        0,
        SQLITE_UTF8 | SQLITE_INNOCUOUS,
        this,
        role_name,
        nullptr,
        nullptr,
        nullptr
    );
    std::string rules = "PRAGMA temp_store = MEMORY; PRAGMA recursive_triggers = ON;";
    for (const TableRule& rule : table_rules()) {
        if (!rule.own_column.empty()) rules += own_row_rule(rule);
        if (!rule.view) rules += replace_rule(rule);
    }
    if (result == SQLITE_OK)
        result = sqlite3_exec(database, rules.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK)
        throw StoreError(
            StoreError::Kind::other,
            fmt::format("the row rules failed: {}", sqlite3_errmsg(database))
        );
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    trusted_ = false;
    sqlite3_set_authorizer(database, ask_guard, this);
}

}  // namespace store
