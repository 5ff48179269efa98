// The campaign side's collections: which field of a document is which column. Fields that a row
// holds only of our own making (its status here, its sender) are shown for rows that did not come
// with an import.
#pragma once
#include <span>

#include "documents/stored_documents.h"

namespace campaign {

inline constexpr std::string_view kKeptTable = "campaign_imported_fields";

const documents::Table& campaigns_table();
const documents::Table& leads_table();
const documents::Table& drafts_table();
const documents::Table& mails_table();
std::span<const documents::Table* const> document_tables();

}  // namespace campaign
