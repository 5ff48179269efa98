// Everything in which the two engines differ, as far as SQL text goes. All other SQL is one set of
// statements for both.
#pragma once
#include <string>
#include <string_view>

namespace store {

enum class Engine { sqlite, postgresql };

// "sqlite" or "postgresql".
std::string_view to_string(Engine engine);

// A migration in the engine's words: `{{id}}` becomes its self-counting primary key, `{{key}}` a
// primary key that is given.
std::string in_dialect(Engine engine, std::string_view sql);

// Starts a transaction that writes: on SQLite it takes the write lock at once; on PostgreSQL it is
// serializable, so that a job sees what it would see if it ran alone, as it does on SQLite.
std::string_view begin_write(Engine engine);
// Starts a transaction that sees one state of the store and changes nothing.
std::string_view begin_read(Engine engine);

// SELECT that counts the tables of this name; :name is the table.
std::string_view count_tables(Engine engine);
// SELECT that counts all tables that are not the engine's own.
std::string_view count_all_tables(Engine engine);

}  // namespace store
