#include "engine/collections.h"

#include "campaign/import_documents.h"

namespace engine {

namespace {

Collection kind_of(std::string_view name) {
    if (name == "campaigns") return Collection::campaigns;
    if (name == "leads") return Collection::leads;
    if (name == "email_drafts") return Collection::email_drafts;
    if (name == "emails") return Collection::emails;
    if (name == "warmup_email_drafts") return Collection::warmup_email_drafts;
    if (name == "warmup_threads") return Collection::warmup_threads;
    if (name == "account_reputation") return Collection::account_reputation;
    if (name == "llm_usage") return Collection::llm_usage;
    if (campaign::is_do_not_contact(name)) return Collection::do_not_contact;
    return Collection::other;
}

}  // namespace

NamedCollection collection_named(const std::string& name) {
    if (const Collection kind = kind_of(name); kind != Collection::other) return {name, kind};
    // "database.collection", as some tools name their files.
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos && dot + 1 < name.size()) {
        const std::string last = name.substr(dot + 1);
        if (const Collection kind = kind_of(last); kind != Collection::other) return {last, kind};
    }
    return {name, Collection::other};
}

}  // namespace engine
