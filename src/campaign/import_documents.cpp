#include "campaign/import_documents.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "campaign/document_tables.h"
#include "campaign/import_parents.h"
#include "campaign/imported_people.h"
#include "campaign/suppression.h"

namespace campaign {

namespace {

using documents::Fate;
using documents::Outcome;
using documents::Value;

// What a row of a do-not-contact list names; the first of these fields that is a text.
std::optional<std::string> entry_of(const Value& document) {
    for (const char* field :
         {"email", "address", "email_address", "domain", "value", "entry", "recipient", "pattern"})
        if (const auto text = documents::text_of(document.find(field)); text && !text->empty())
            return std::string(base::trim(*text));
    return std::nullopt;
}

Outcome forgotten() {
    return {Fate::refused, "it names somebody who was erased here and stays forgotten"};
}

bool names_erased(ImportBatch& batch, const Value& value) {
    if (value.holds(documents::Kind::text))
        for (const std::string& address : addresses_in(value.text))
            if (is_erased(batch, address)) return true;
    return std::ranges::any_of(value.members, [&](const documents::Member& member) {
        return names_erased(batch, member.value);
    });
}

Outcome take_whole(ImportBatch& batch, const std::string& collection, const Value& document) {
    if (batch.any_erased && names_erased(batch, document)) return forgotten();
    return documents::import_whole(batch.connection, kKeptTable, collection, document);
}

Outcome take_entry(ImportBatch& batch, const std::string& collection, const Value& document) {
    const auto entry = entry_of(document);
    if (!entry) return {Fate::refused, "it names neither an address nor a domain"};
    const base::Result<ToSuppress> value = read_suppressed(*entry);
    if (!value) return {Fate::refused, value.error().message};
    const Outcome kept = take_whole(batch, collection, document);
    if (kept.fate != Fate::set_aside) return kept;
    const std::string note = "from the imported list " + collection;
    suppress(batch.connection, *value, "import", note, batch.context.now);
    return {Fate::imported, {}};
}

Outcome take(
    ImportBatch& batch, ImportKind kind, const std::string& collection, const Value& document
) {
    const auto add = [&](const Value& one, const std::string& id, std::int64_t row) {
        switch (kind) {
            case ImportKind::campaigns:
                return add_campaign(batch, one, id, row);
            case ImportKind::leads:
                return add_lead_document(batch, one, id, row);
            case ImportKind::drafts:
                return add_draft(batch, one, id);
            default:
                return add_mail(batch, one, id);
        }
    };
    switch (kind) {
        case ImportKind::campaigns:
            return import_document(batch.connection, campaigns_table(), document, add);
        case ImportKind::leads:
            return import_document(batch.connection, leads_table(), document, add);
        case ImportKind::drafts:
            return import_document(batch.connection, drafts_table(), document, add);
        case ImportKind::mails:
            return import_document(batch.connection, mails_table(), document, add);
        case ImportKind::do_not_contact:
            return take_entry(batch, collection, document);
        case ImportKind::whole:
            break;
    }
    return take_whole(batch, collection, document);
}

}  // namespace

std::vector<Outcome> import_documents(
    store::Connection& connection,
    ImportKind kind,
    const std::string& collection,
    const std::vector<Value>& documents,
    const ImportContext& context
) {
    ImportBatch batch{connection, context, mailboxes_by_address(connection)};
    batch.any_erased = connection.integer(
                           "SELECT COUNT(*) FROM (SELECT id FROM suppressions WHERE kind = 'hash' "
                           "LIMIT 1) one"
                       ) > 0;
    std::vector<Outcome> outcomes;
    outcomes.reserve(documents.size());
    for (const Value& document : documents)
        outcomes.push_back(take(batch, kind, collection, document));
    for (const std::int64_t lead : batch.touched) settle_imported_lead(batch, lead);
    return outcomes;
}

bool is_do_not_contact(std::string_view collection) {
    std::string name = base::to_lower(collection);
    std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == '.' || c == ' '; });
    for (const char* part :
         {"donotcontact", "donotemail", "suppress", "unsubscrib", "blacklist", "blocklist", "optout"
         })
        if (name.find(part) != std::string::npos) return true;
    return name == "dnc" || name == "dnclist";
}

}  // namespace campaign
