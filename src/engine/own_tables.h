// Our own tables as export gives them: what no collection of another system shows. Secrets are not
// among them.
#pragma once
#include <span>
#include <string_view>

#include "documents/stored_documents.h"

namespace engine {

// A table with an `id` to page by.
struct OwnTable {
    std::string_view collection;  // "pilotlight_leads"
    std::string_view from;        // "leads t"
    std::string_view key;         // what it is ordered by: one integer column
    std::span<const documents::Field> fields;
};
std::span<const OwnTable> own_tables();

}  // namespace engine
