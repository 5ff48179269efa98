// The collections of the system that Pilotlight replaces: by name, and in the order in which they
// are taken over (what others refer to goes first). Pure.
#pragma once
#include <string>
#include <string_view>

namespace engine {

enum class Collection {
    do_not_contact,  // first: a lead that nobody may write to is one from the start
    campaigns,
    leads,
    email_drafts,
    emails,  // of both sides
    warmup_email_drafts,
    warmup_threads,
    account_reputation,
    llm_usage,
    other,
};

struct NamedCollection {
    std::string name;  // "leads", for a file named "app.leads" too
    Collection kind = Collection::other;
};
// As a file is named.
NamedCollection collection_named(const std::string& name);

}  // namespace engine
