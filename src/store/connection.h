// One database connection of one role, inside a job. Only jobs see it (store/database.h).
//
// SQL is written once for both engines. Placeholders are `:name`, each named once, and the values
// follow in the order in which they stand in the text. Every SELECT is ordered. `"from"`, `"to"`,
// `"references"` are always quoted.
//
//   struct Row { std::int64_t id; std::string subject; std::optional<std::string> html_body; };
//   BOOST_DESCRIBE_STRUCT(Row, (), (id, subject, html_body))
//   for (const Row& row : connection.select<Row>(
//            "SELECT id, subject, html_body FROM email_drafts WHERE status = :s ORDER BY id",
//            values("sent")))
//
// Errors: StoreError is thrown and rolls the job back. A job can't go on after one, on neither
// engine (PostgreSQL could not): use `ON CONFLICT DO NOTHING` where a duplicate is expected. NUL,
// bytes that are not UTF-8 and a number of values other than that of the placeholders are refused
// before they are sent. One statement per call; BEGIN, COMMIT, SET and the like belong to the store
// and are refused.
#pragma once
#include <functional>
#include <span>
#include <stdexcept>

#include "store/row.h"
#include "store/value.h"

namespace store {

// What a role may touch is fixed in store/roles.cpp (DESIGN section 5).
enum class Role { owner, warmup, campaign, operator_ };
std::string_view to_string(Role role);

class StoreError : public std::runtime_error {
  public:
    enum class Kind {
        unique,      // a UNIQUE or PRIMARY KEY violation
        permission,  // the role may not do that
        invalid,     // NUL in a text, wrong number of values, bad SQL
        busy,        // locked by another process for too long
        lost,        // connection, disk or file lost
        other,
    };
    StoreError(Kind error_kind, const std::string& what)
        : std::runtime_error(what), kind(error_kind) {}
    Kind kind;
};

class Connection {
  public:
    virtual ~Connection() = default;

    // Runs a statement and returns the number of rows it changed.
    virtual std::int64_t execute(std::string_view sql, const Values& values = {}) = 0;
    // Runs `INSERT …` and returns the id the database drew (RETURNING id is added); 0 where ON
    // CONFLICT left the row out. The role needs the right to read the table.
    virtual std::int64_t insert(std::string_view sql, const Values& values = {}) = 0;
    // Runs a SELECT whose columns are of these types; `each` gets every row.
    virtual void query(
        std::string_view sql,
        const Values& values,
        std::span<const Column> columns,
        const std::function<void(const Values&)>& each
    ) = 0;
    // The columns of a table or view, in order (the role needs the right to read it).
    virtual std::vector<std::string> column_names(std::string_view table) = 0;
    virtual Role role() const = 0;

    // All rows as described structs (columns bind to members by position).
    template <class Row>
    std::vector<Row> select(std::string_view sql, const Values& values = {}) {
        std::vector<Row> rows;
        query(sql, values, columns_of<Row>(), [&](const Values& row) {
            rows.push_back(row_from_values<Row>(row));
        });
        return rows;
    }
    // The first row, if any.
    template <class Row>
    std::optional<Row> select_one(std::string_view sql, const Values& values = {}) {
        std::vector<Row> rows = select<Row>(sql, values);
        if (rows.empty()) return std::nullopt;
        return std::move(rows.front());
    }
    // The one integer that the SELECT yields (COUNT, MAX …); 0 where it is NULL or there is no row.
    std::int64_t integer(std::string_view sql, const Values& values = {});
    // The first column of the first row as text, if any.
    std::optional<std::string> text(std::string_view sql, const Values& values = {});
};

}  // namespace store
