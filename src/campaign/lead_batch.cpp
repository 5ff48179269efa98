#include "campaign/lead_batch.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/check.h"
#include "campaign/lead_store.h"

namespace campaign {

namespace {

// ":a0, :a1, …", with the values behind those that are there.
std::string places(
    std::string_view prefix, const std::set<std::string>& wanted, store::Values& values
) {
    std::string out;
    int count = 0;
    for (const std::string& value : wanted) {
        out += fmt::format("{}:{}{}", count == 0 ? "" : ", ", prefix, count);
        ++count;
        values.emplace_back(value);
    }
    return out;
}

struct KnownLead {
    std::string email_key;
    std::int64_t campaign_id = 0;
};
BOOST_DESCRIBE_STRUCT(KnownLead, (), (email_key, campaign_id))

// Where each address is a lead already.
std::map<std::string, std::set<std::int64_t>> campaigns_of(
    store::Connection& connection, const std::vector<LeadCandidate>& candidates
) {
    std::set<std::string> keys;
    for (const LeadCandidate& candidate : candidates) keys.insert(candidate.keys.address_key);
    store::Values values;
    const std::string in = places("key", keys, values);
    std::map<std::string, std::set<std::int64_t>> out;
    for (const KnownLead& known : connection.select<KnownLead>(
             "SELECT email_key, COALESCE(campaign_id, 0) FROM leads WHERE email_key IN (" + in +
                 ") ORDER BY id",
             values
         ))
        out[known.email_key].insert(known.campaign_id);
    return out;
}

struct SuppressedValue {
    std::string value;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(SuppressedValue, (), (value, reason))

using Reasons = std::map<std::string, std::string>;

Reasons reasons_of(
    store::Connection& connection, std::string_view kind, const std::set<std::string>& wanted
) {
    store::Values values = store::values(kind);
    const std::string in = places("value", wanted, values);
    Reasons out;
    for (SuppressedValue& row : connection.select<SuppressedValue>(
             "SELECT value, reason FROM suppressions WHERE kind = :kind AND value IN (" + in +
                 ") ORDER BY id",
             values
         ))
        out.emplace(std::move(row.value), std::move(row.reason));
    return out;
}

struct Suppressed {
    Reasons addresses;
    Reasons hashes;
    Reasons domains;

    const std::string* find(const SuppressionKeys& keys) const {
        if (const auto found = addresses.find(keys.address_key); found != addresses.end())
            return &found->second;
        if (const auto found = hashes.find(keys.hash); found != hashes.end()) return &found->second;
        for (const std::string& domain : keys.domains)
            if (const auto found = domains.find(domain); found != domains.end())
                return &found->second;
        return nullptr;
    }
};

Suppressed suppressed_among(
    store::Connection& connection, const std::vector<LeadCandidate>& candidates
) {
    std::set<std::string> addresses;
    std::set<std::string> hashes;
    std::set<std::string> domains;
    for (const LeadCandidate& candidate : candidates) {
        addresses.insert(candidate.keys.address_key);
        hashes.insert(candidate.keys.hash);
        domains.insert(candidate.keys.domains.begin(), candidate.keys.domains.end());
    }
    return {
        reasons_of(connection, "address", addresses),
        reasons_of(connection, "hash", hashes),
        reasons_of(connection, "domain", domains)
    };
}

Refused judge(
    const LeadCandidate& candidate,
    const std::map<std::string, std::set<std::int64_t>>& campaigns,
    const Suppressed& suppressed,
    const BatchOrder& order
) {
    const auto known = campaigns.find(candidate.keys.address_key);
    const bool here = known != campaigns.end() && known->second.contains(order.campaign_id);
    if (here) return {Refusal::known, "it is in this campaign already"};
    if (const std::string* reason = suppressed.find(candidate.keys))
        return {Refusal::suppressed, "nothing may be sent there: " + *reason};
    if (known != campaigns.end() && !order.allow_known)
        return {
            Refusal::known_elsewhere, "another campaign has it already (--allow-known takes such)"
        };
    return {};
}

}  // namespace

std::vector<Refused> judge_batch(
    store::Connection& connection,
    const std::vector<LeadCandidate>& candidates,
    const BatchOrder& order
) {
    CHECK(candidates.size() <= kBatchRows);
    if (candidates.empty()) return {};
    const auto campaigns = campaigns_of(connection, candidates);
    const Suppressed suppressed = suppressed_among(connection, candidates);
    std::vector<Refused> out;
    for (const LeadCandidate& candidate : candidates)
        out.push_back(judge(candidate, campaigns, suppressed, order));
    return out;
}

std::vector<Refused> add_batch(
    store::Connection& connection,
    const std::vector<LeadCandidate>& candidates,
    const BatchOrder& order
) {
    std::vector<Refused> judged = judge_batch(connection, candidates, order);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (judged[i].refusal != Refusal::none) continue;
        Lead lead = candidates[i].lead;
        lead.campaign_id = order.campaign_id;
        add_lead(connection, lead);
    }
    return judged;
}

}  // namespace campaign
