// Reading SQL just far enough: which placeholders a statement has, how it starts, and where the
// statements of a script end. Quotes ('…', "…") and comments (`-- …`, `/* … */`) are understood,
// dollar quotes and the bodies of triggers are not. Pure functions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace store {

struct SqlShape {
    std::string text;                       // without comments and without a final ';'
    std::vector<std::string> placeholders;  // names in order, without ':'
    std::string verb;                       // first word, upper case
    bool several = false;                   // more than one statement
};

// Never fails; what is wrong with the SQL is the engine's to say.
SqlShape read_sql(std::string_view sql);

// Why a job may not run this statement; empty where it may. Refused: more than one statement, a
// placeholder that stands twice (the engines count it differently), and statements that end or
// change the transaction or the session, which belong to the store.
std::string objection(const SqlShape& shape);

// The statements of a script, without comments and blanks around them.
std::vector<std::string> split_statements(std::string_view script);

}  // namespace store
