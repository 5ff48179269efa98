// Documents as they lie in the store: rows that are shown as documents, and beside them, in a table
// (collection, external_id, fields), what the rows can't hold (kept_fields.h). All of it inside a
// job, on the role that the tables belong to; reading works for the operator too.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "documents/columns.h"
#include "store/connection.h"

namespace documents {

// A table whose rows are documents of a collection. Its rows have an `id`, and an `external_id`
// where they came from another system.
struct Table {
    std::string_view collection;
    std::string_view from;        // "leads l LEFT JOIN campaigns c ON …"
    std::string_view alias;       // "l"
    std::string_view kept_table;  // "campaign_imported_fields"
    std::span<const Field> fields;
    // The last field is an object whose members stand among the others.
    bool expand_last = false;
};

struct Stored {
    std::int64_t id = 0;
    Value document;
    // Made since other documents name it; its own has not been seen (`keep_made`).
    bool made = false;
};

// The row of an external id as a document.
std::optional<Stored> find_document(
    store::Connection& connection, const Table& table, std::string_view external_id
);
// The row as it is shown, without what is kept beside it.
Value shown_row(store::Connection& connection, const Table& table, std::int64_t id);
// Rows with an id over `after`, in order, without those that were made.
std::vector<Stored> documents_after(
    store::Connection& connection, const Table& table, std::int64_t after, int count_max
);

// Writes (or replaces) what is kept beside a row; an empty text removes it.
void keep(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    std::string_view external_id,
    const std::string& text
);
// Notes that a row was made since a document of `by` names it.
void keep_made(
    store::Connection& connection,
    const Table& table,
    std::string_view external_id,
    std::string_view by
);

struct KeptWhole {
    std::string external_id;
    Value document;
};
// Whole documents of a collection with an id over `after`, in order of it.
std::vector<KeptWhole> whole_after(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    std::string_view after,
    int count_max
);
// Collections that have whole documents, in order.
std::vector<std::string> whole_collections(
    store::Connection& connection, std::string_view kept_table
);

// How a collection's export was written, so that it is given back that way.
void keep_style(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    std::string_view style
);
std::optional<std::string> kept_style(
    store::Connection& connection, std::string_view kept_table, std::string_view collection
);

}  // namespace documents
