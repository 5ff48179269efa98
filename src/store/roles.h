// Who may touch what (DESIGN section 5), as data. SQLite's authorizer and PostgreSQL's GRANTs and
// row policies are both made from this one table; what is not named is denied. `owner` is not in
// it: it runs migrations and may do all that the session itself does not forbid.
//
// Row rules: a table with an `own_column` lets warmup and campaign write only rows in which that
// column holds their own name. PostgreSQL also hides the other rows of `llm_usage` from them;
// SQLite can't hide rows of a table that is written, so there they can be read (they hold counts
// only).
#pragma once
#include <span>
#include <string_view>

#include "store/connection.h"

namespace store {

struct Rights {
    bool read = false;
    bool insert = false;
    bool update = false;
    bool remove = false;
};

struct TableRule {
    std::string_view table;
    Rights warmup;
    Rights campaign;
    Rights operator_;
    std::string_view own_column = {};  // empty: no row rule
    bool own_rows_read = false;        // the row rule holds for reading too
    bool view = false;
};

std::span<const TableRule> table_rules();

// What the role may do with a table; nothing where the table is unknown. Owner: everything.
Rights rights(Role role, std::string_view table);
Rights rights(Role role, const TableRule& rule);

// SQL functions that jobs of the roles may call: those that both engines have. Time and chance are
// handed in, so there is none that reads a clock or draws a number.
bool function_allowed(std::string_view name);

inline constexpr Role kJobRoles[] = {Role::warmup, Role::campaign, Role::operator_};
inline constexpr Role kAllRoles[] = {Role::owner, Role::warmup, Role::campaign, Role::operator_};

}  // namespace store
