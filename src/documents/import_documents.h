// What an import did with a document, and the way that all collections share: what is there stays,
// what is new gets a row, what the row can't hold is kept beside it.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/document.h"
#include "documents/stored_documents.h"

namespace documents {

enum class Fate {
    imported,
    there,      // came with an import before, and is the same
    differs,    // is there and says something else: left as it is
    set_aside,  // whole: no table of ours holds such a document
    refused,
};

struct Outcome {
    Fate fate = Fate::imported;
    std::string words;  // why it was refused; what is odd about one that was not
};

// Adds the row of a document that is new (`row` 0), or completes one that was made for others;
// returns its id. An error refuses the document, and then nothing may have been written.
using AddRow = std::function<base::Result<std::int64_t>(
    const Value& document, const std::string& external_id, std::int64_t row
)>;

// Why no table can take it: no `_id`, one that is too long, fields that can't be kept. Empty: fine.
std::string objection_to(const Value& document);

Outcome import_document(
    store::Connection& connection, const Table& table, const Value& document, const AddRow& add
);

// Keeps it whole. One without `_id` is known by what it says.
Outcome import_whole(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    const Value& document
);

}  // namespace documents
