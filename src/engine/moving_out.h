// Gives everything back: the collections as they came, with what was added since, then our own
// tables. Pages of at most 500 documents on the operator's role; nothing is changed.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "documents/document.h"
#include "documents/extended_json.h"
#include "store/database.h"

namespace engine {

// The collections there are, in order: those of the other system, then "pilotlight_…".
base::Task<std::vector<std::string>> list_collections(store::Database& db);

// How a collection came, so that it can go out the same way; relaxed where it did not come.
base::Task<documents::Style> style_of_collection(store::Database& db, std::string collection);

// Names of a collection's usual fields, in order: the columns of a CSV file.
std::vector<std::string> usual_fields(const std::string& collection);

// Calls `each` for every document of a collection. The number of documents.
base::Task<std::int64_t> for_each_document(
    store::Database& db, std::string collection, std::function<void(const documents::Value&)> each
);

}  // namespace engine
