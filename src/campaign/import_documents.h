// Takes over the campaign side's documents of another system: campaigns, leads, drafts, mails,
// lists of addresses that nobody writes to, and whole collections that no table of ours holds.
//
// One call is one job on the campaign role, for at most 500 documents of one collection. Documents
// may come in any order: a lead or campaign that others name before its own document came is made
// from what they say, and completed later. Mails and drafts bring their leads to where they stand
// (imported_history.h) in the same transaction. What is there is never changed.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "documents/import_documents.h"
#include "mailbox/vault.h"

namespace campaign {

struct ImportContext {
    base::Timestamp now;
    mailbox::Vault vault;
};

enum class ImportKind { campaigns, leads, drafts, mails, do_not_contact, whole };

std::vector<documents::Outcome> import_documents(
    store::Connection& connection,
    ImportKind kind,
    const std::string& collection,
    const std::vector<documents::Value>& documents,
    const ImportContext& context
);

// True for collections such as "do_not_contact", "unsubscribes", "blacklist".
bool is_do_not_contact(std::string_view collection);

}  // namespace campaign
