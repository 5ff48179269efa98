// Warmup's collections: which field of a document is which column (campaign/ has its own).
#pragma once
#include <span>

#include "documents/stored_documents.h"

namespace warmup {

inline constexpr std::string_view kKeptTable = "warmup_imported_fields";

const documents::Table& templates_table();
const documents::Table& mails_table();
const documents::Table& threads_table();
std::span<const documents::Table* const> document_tables();

}  // namespace warmup
