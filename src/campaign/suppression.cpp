#include "campaign/suppression.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/domain_name.h"
#include "campaign/lead_resume.h"
#include "campaign/lead_store.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

// What stands in a lead that only a pending opt-out has stopped, with the status it had; by it
// `decide` finds it again.
constexpr std::string_view kWaiting =
    "an opt-out waits for your decision (suppress decide); before: ";

struct LeadPlace {
    std::int64_t id = 0;
    std::string email_key;
    std::string status;
    std::string status_reason;
};
BOOST_DESCRIBE_STRUCT(LeadPlace, (), (id, email_key, status, status_reason))

// True where it is new.
bool add(
    store::Connection& connection,
    std::string_view kind,
    std::string_view value,
    std::string_view reason,
    std::string_view note,
    bool pending,
    base::Timestamp now
) {
    const std::string kept = ledger::without_addresses(note);
    const std::int64_t added = connection.insert(
        "INSERT INTO suppressions (kind, value, reason, state, note, created_at) "
        "VALUES (:kind, :value, :reason, :state, :note, :now) ON CONFLICT (kind, value) DO NOTHING",
        store::values(kind, value, reason, pending ? "pending" : "active", kept, now)
    );
    if (added != 0) {
        ledger::append(
            connection,
            {now,
             "campaign",
             "suppression",
             added,
             pending ? "waiting" : "suppressed",
             std::string(reason),
             "{}"}
        );
        return true;
    }
    if (pending) return false;
    connection.execute(
        "UPDATE suppressions SET state = 'active', reason = :reason, note = :note "
        "WHERE kind = :kind AND value = :value AND state = 'pending'",
        store::values(reason, kept, kind, value)
    );
    return false;
}

std::vector<LeadPlace> leads_of(store::Connection& connection, std::string_view address_key) {
    return connection.select<LeadPlace>(
        "SELECT id, email_key, status, status_reason FROM leads WHERE email_key = :key "
        "ORDER BY id LIMIT 500",
        store::values(address_key)
    );
}

// Leads that only the pending opt-out has stopped go on where they stood.
void release_leads(
    store::Connection& connection, std::string_view address_key, base::Timestamp now
) {
    for (const LeadPlace& lead : leads_of(connection, address_key)) {
        if (lead.status != "stopped" || !lead.status_reason.starts_with(kWaiting)) continue;
        const std::optional<Lead> whole = lead_by_id(connection, lead.id);
        const Resumed place =
            place_to_resume(connection, *whole, lead.status_reason.substr(kWaiting.size()), now);
        resume_lead(connection, lead.id, place, "");
        ledger::append(
            connection,
            {now,
             "campaign",
             "lead",
             lead.id,
             "released",
             "the owner took the opt-out for none",
             "{}"}
        );
    }
}

}  // namespace

std::string suppression_hash(std::string_view address_key, const mailbox::Vault& vault) {
    return base::base64url_encode(base::hmac_sha256(vault.derive("suppression"), address_key));
}

SuppressionKeys suppression_keys(const base::Email& email, const mailbox::Vault& vault) {
    SuppressionKeys keys;
    keys.address_key = address_key(email);
    keys.domains = domain_and_parents(email.domain());
    keys.hash = suppression_hash(keys.address_key, vault);
    return keys;
}

std::string suppressed_sql(const SuppressionKeys& keys) {
    std::string places;
    for (std::size_t i = 0; i < keys.domains.size(); ++i)
        places += fmt::format("{}:domain{}", i == 0 ? "" : ", ", i);
    return "SELECT reason FROM suppressions WHERE (kind = 'address' AND value = :address) "
           "OR (kind = 'hash' AND value = :hash) OR (kind = 'domain' AND value IN (" +
           (places.empty() ? "NULL" : places) + ")) ORDER BY kind, id LIMIT 1";
}

void add_values(store::Values& values, const SuppressionKeys& keys) {
    values.push_back(keys.address_key);
    values.push_back(keys.hash);
    for (const std::string& domain : keys.domains) values.push_back(domain);
}

std::optional<std::string> suppressed(store::Connection& connection, const SuppressionKeys& keys) {
    store::Values values;
    add_values(values, keys);
    return connection.text(suppressed_sql(keys), values);
}

std::string_view lead_status_for(std::string_view reason) {
    if (reason == "unsubscribe") return "unsubscribed";
    if (reason == "complaint") return "complained";
    if (reason == "bounce") return "bounced";
    return "stopped";
}

bool suppress(
    store::Connection& connection,
    const base::Email& email,
    std::string_view reason,
    std::string_view note,
    bool pending,
    base::Timestamp now
) {
    const std::string key = address_key(email);
    const bool added = add(connection, "address", key, reason, note, pending, now);
    for (const LeadPlace& lead : leads_of(connection, key)) {
        if (pending && may_go_on(lead.status))
            stop_lead(connection, lead.id, "stopped", std::string(kWaiting) + lead.status, now);
        else if (!pending)
            stop_lead(connection, lead.id, lead_status_for(reason), reason, now);
    }
    if (reason == "bounce" && !pending)
        connection.execute(
            "UPDATE leads SET email_invalid = 1 WHERE email_key = :key", store::values(key)
        );
    return added;
}

base::Result<ToSuppress> read_suppressed(std::string_view text) {
    std::string_view value = base::trim(text);
    if (value.starts_with("*@") || value.starts_with("*.")) value.remove_prefix(1);
    if (value.find('@') != std::string_view::npos && !value.starts_with('@')) {
        const auto email = base::Email::parse(value);
        if (!email) return base::pass_on(email);
        return ToSuppress{*email, {}};
    }
    if (value.starts_with('@') || value.starts_with('.')) value.remove_prefix(1);
    const auto domain = ascii_domain(value);
    const bool usable = domain && domain->find('.') != std::string::npos &&
                        base::Email::parse("a@" + *domain).has_value();
    if (!usable)
        return base::fail(
            base::ErrorCode::invalid_input,
            "suppress",
            base::printable(text, 100) + " is neither an address nor a domain"
        );
    return ToSuppress{{}, *domain};
}

bool suppress_domain(
    store::Connection& connection,
    std::string_view domain,
    std::string_view reason,
    std::string_view note,
    base::Timestamp now
) {
    // A name that is no DNS name would never match.
    CHECK(ascii_domain(domain) == domain);
    return add(connection, "domain", domain, reason, note, false, now);
}

bool suppress(
    store::Connection& connection,
    const ToSuppress& value,
    std::string_view reason,
    std::string_view note,
    base::Timestamp now
) {
    return value.email.empty() ? suppress_domain(connection, value.domain, reason, note, now)
                               : suppress(connection, value.email, reason, note, false, now);
}

std::int64_t stop_leads_of_domains(
    store::Connection& connection,
    const DomainSet& domains,
    std::string_view reason,
    std::int64_t after,
    base::Timestamp now
) {
    const auto leads = connection.select<LeadPlace>(
        "SELECT id, email_key, status, status_reason FROM leads WHERE id > :after "
        "ORDER BY id LIMIT 100",
        store::values(after)
    );
    for (const LeadPlace& lead : leads) {
        const bool meant = std::ranges::any_of(
            domain_and_parents(domain_of(lead.email_key)),
            [&](const std::string& name) { return domains.contains(name); }
        );
        if (meant) stop_lead(connection, lead.id, lead_status_for(reason), reason, now);
    }
    return leads.empty() ? 0 : leads.back().id;
}

std::vector<Suppression> list_suppressions(
    store::Connection& connection, std::string_view state, std::string_view kind, std::int64_t after
) {
    // In the statement itself, so that an index of such rows alone may be used.
    std::string where;
    if (!state.empty()) {
        CHECK(state == "active" || state == "pending");
        where += fmt::format("state = '{}' AND ", state);
    }
    if (!kind.empty()) {
        CHECK(kind == "address" || kind == "domain" || kind == "hash");
        where += fmt::format("kind = '{}' AND ", kind);
    }
    return connection.select<Suppression>(
        fmt::format(
            "SELECT {} FROM suppressions WHERE {}id > :after ORDER BY id LIMIT 500",
            store::column_list<Suppression>(),
            where
        ),
        store::values(after)
    );
}

bool decide(
    store::Connection& connection, const base::Email& email, bool keep, base::Timestamp now
) {
    const std::string key = address_key(email);
    const std::int64_t id = connection.integer(
        "SELECT id FROM suppressions WHERE kind = 'address' AND value = :key "
        "AND state = 'pending' ORDER BY id",
        store::values(key)
    );
    if (id == 0) return false;
    if (keep) {
        const std::string reason =
            connection
                .text(
                    "SELECT reason FROM suppressions WHERE id = :id ORDER BY id", store::values(id)
                )
                .value_or("unsubscribe");
        suppress(connection, email, reason, "the owner kept it", false, now);
    } else {
        connection.execute("DELETE FROM suppressions WHERE id = :id", store::values(id));
        release_leads(connection, key, now);
    }
    ledger::append(
        connection,
        {now,
         "campaign",
         "suppression",
         id,
         keep ? "kept" : "lifted",
         "the owner decided about a pending opt-out",
         "{}"}
    );
    return true;
}

}  // namespace campaign
