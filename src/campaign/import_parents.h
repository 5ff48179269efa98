// The leads and campaigns that imported drafts and mails belong to. Inside a job on the campaign
// role.
#pragma once
#include <set>

#include "campaign/import_documents.h"
#include "campaign/settings.h"

namespace campaign {

// What one batch shares.
struct ImportBatch {
    store::Connection& connection;
    const ImportContext& context;
    std::map<std::string, std::int64_t> mailboxes;  // by address in lower case
    // Leads that got mails or drafts: they are brought to where they stand at the end.
    std::set<std::int64_t> touched = {};
    std::map<std::int64_t, std::vector<Step>> steps = {};  // by campaign
    bool any_erased = false;                               // somebody was, at some time

    std::int64_t mailbox_of(std::string_view address) const;
};
std::map<std::string, std::int64_t> mailboxes_by_address(store::Connection& connection);

// Who a document says its lead is.
struct NamedLead {
    std::optional<std::string> external_id;
    std::string email;
    std::string name;
    std::string named_by;     // collection
    std::string document_id;  // of the document
};
// The lead of this id, else of this address, else one that is made for it. conflict where it was
// erased, or its address is that of somebody who was.
base::Result<std::int64_t> lead_named(ImportBatch& batch, const NamedLead& named);
// True where the address is that of somebody who was erased here.
bool is_erased(ImportBatch& batch, const std::string& address);
// The campaign of this id, or one that is made for it; nothing where none is named.
std::optional<std::int64_t> campaign_named(
    ImportBatch& batch, const std::optional<std::string>& external_id, std::string_view named_by
);

base::Result<std::int64_t> add_campaign(
    ImportBatch& batch, const documents::Value& document, const std::string& id, std::int64_t row
);
base::Result<std::int64_t> add_lead_document(
    ImportBatch& batch, const documents::Value& document, const std::string& id, std::int64_t row
);
base::Result<std::int64_t> add_draft(
    ImportBatch& batch, const documents::Value& document, const std::string& id
);
base::Result<std::int64_t> add_mail(
    ImportBatch& batch, const documents::Value& document, const std::string& id
);
// Brings a lead to where its history says (imported_history.h); one that we have written to since
// stays as it is.
void settle_imported_lead(ImportBatch& batch, std::int64_t lead_id);

// A reference such as `lead_id`: an ObjectId or a text.
std::optional<std::string> reference_in(const documents::Value& document, std::string_view field);
// When it was made: its own field, else what its id says, else now.
base::Timestamp created_at(
    const documents::Value& document, const std::string& id, base::Timestamp now
);

}  // namespace campaign
