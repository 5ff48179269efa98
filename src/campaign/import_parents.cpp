#include "campaign/import_parents.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/document_tables.h"
#include "campaign/lead_checks.h"
#include "campaign/settings.h"
#include "campaign/suppression.h"
#include "documents/extended_json.h"

namespace campaign {

namespace {

using documents::Value;

struct MailboxRow {
    std::int64_t id = 0;
    std::string email;
};
BOOST_DESCRIBE_STRUCT(MailboxRow, (), (id, email))

struct LeadPlace {
    std::int64_t id = 0;
    std::string email;
    std::string status;
};
BOOST_DESCRIBE_STRUCT(LeadPlace, (), (id, email, status))

std::unexpected<base::Error> erased() {
    return base::fail(
        base::ErrorCode::conflict, "import", "its lead was erased here and stays forgotten"
    );
}

// A name that no campaign has: names are unique, and another system's need not be.
std::string free_name(store::Connection& connection, std::string name, const std::string& id) {
    if (name.empty()) name = "imported " + id;
    const std::int64_t taken = connection.integer(
        "SELECT COUNT(*) FROM campaigns WHERE lower(name) = lower(:name) "
        "AND (external_id IS NULL OR external_id <> :id)",
        store::values(name, id)
    );
    return taken == 0 ? name : fmt::format("{} ({})", name, id);
}

// What an address says about a lead.
struct Address {
    std::string key;
    std::string organisation;
    bool valid = false;
    std::optional<std::string> suppressed;  // why nothing may be sent there
    bool erased = false;                    // only its hash is known here, and stays all there is
};

Address look_at(ImportBatch& batch, const std::string& email) {
    Address address;
    const base::Result<base::Email> parsed = base::Email::parse(base::trim(email));
    address.valid = parsed.has_value();
    address.key = base::to_lower(base::trim(email));
    if (!parsed) return address;
    address.key = address_key(*parsed);
    address.organisation = organisation_of(parsed->domain());
    const SuppressionKeys keys = suppression_keys(*parsed, batch.context.vault);
    address.suppressed = suppressed(batch.connection, keys);
    if (!address.suppressed) return address;
    address.erased = batch.connection.integer(
                         "SELECT COUNT(*) FROM suppressions WHERE kind = 'hash' AND value = :hash",
                         store::values(keys.hash)
                     ) > 0;
    return address;
}

struct Standing {
    std::string status = "new";
    std::string reason;
};

// `country`: where the lead is said to be; some want consent first (lead_checks.h).
Standing standing_of(const Address& address, bool email_invalid, const std::string& country = {}) {
    if (!address.valid) return {"stopped", "its address is none"};
    if (email_invalid) return {"bounced", "its address was marked invalid before the import"};
    if (address.suppressed)
        return {
            std::string(lead_status_for(*address.suppressed)), "suppressed: " + *address.suppressed
        };
    Lead lead;
    lead.email = lead.email_key = address.key;
    lead.organisation = address.organisation;
    lead.country = country;
    // Nobody has asked about its domain yet (lead_recheck.h).
    LeadStatus status = status_of(lead, MailDomain::Verdict::unknown, false);
    return {std::move(status.status), std::move(status.reason)};
}

std::int64_t insert_lead(
    ImportBatch& batch, const std::string& id, const std::string& email, const std::string& name
) {
    const Address address = look_at(batch, email);
    const Standing standing = standing_of(address, false);
    return batch.connection.insert(
        "INSERT INTO leads (external_id, email, email_key, organisation, name, source, status, "
        "status_reason, created_at, came_in_at) VALUES (:id, :email, :key, :organisation, :name, "
        "'import', :status, :reason, :created, :came)",
        store::values(
            id,
            email,
            address.key,
            address.organisation,
            name,
            standing.status,
            standing.reason,
            documents::time_of_id(id).value_or(batch.context.now),
            batch.context.now
        )
    );
}

std::optional<LeadPlace> find_lead(ImportBatch& batch, const NamedLead& named) {
    if (named.external_id)
        return batch.connection.select_one<LeadPlace>(
            "SELECT id, email, status FROM leads WHERE external_id = :id ORDER BY id",
            store::values(*named.external_id)
        );
    const Address address = look_at(batch, named.email);
    if (!address.valid) return std::nullopt;
    return batch.connection.select_one<LeadPlace>(
        "SELECT id, email, status FROM leads WHERE email_key = :key ORDER BY id LIMIT 1",
        store::values(address.key)
    );
}

// Fields that have a column; all others that are plain become merge fields.
bool has_column(std::string_view name) {
    for (const documents::Field& field : leads_table().fields)
        if (name == field.name) return name != "status";
    return name == "campaign_id";
}

std::string merge_fields(const Value& document) {
    boost::json::object fields;
    for (const documents::Member& member : document.members) {
        if (has_column(member.name)) continue;
        const Value& value = member.value;
        if (value.holds(documents::Kind::text))
            fields[member.name] = value.text;
        else if (value.holds(documents::Kind::int32) || value.holds(documents::Kind::int64) ||
                 value.holds(documents::Kind::real) || value.holds(documents::Kind::boolean))
            fields[member.name] = documents::to_json(value, documents::Style::relaxed);
    }
    return boost::json::serialize(fields);
}

}  // namespace

std::int64_t ImportBatch::mailbox_of(std::string_view address) const {
    const auto found = mailboxes.find(base::to_lower(base::trim(address)));
    return found == mailboxes.end() ? 0 : found->second;
}

std::map<std::string, std::int64_t> mailboxes_by_address(store::Connection& connection) {
    std::map<std::string, std::int64_t> mailboxes;
    for (const MailboxRow& row :
         connection.select<MailboxRow>("SELECT id, email FROM mailboxes ORDER BY id"))
        mailboxes[base::to_lower(row.email)] = row.id;
    return mailboxes;
}

std::optional<std::string> reference_in(const Value& document, std::string_view field) {
    const Value* value = document.find(field);
    if (!value || value->text.empty()) return std::nullopt;
    if (!value->holds(documents::Kind::object_id) && !value->holds(documents::Kind::text))
        return std::nullopt;
    return value->text;
}

base::Timestamp created_at(const Value& document, const std::string& id, base::Timestamp now) {
    if (const auto created = documents::date_of(document.find("created_at"))) return *created;
    return documents::time_of_id(id).value_or(now);
}

base::Result<std::int64_t> lead_named(ImportBatch& batch, const NamedLead& named) {
    if (const std::optional<LeadPlace> lead = find_lead(batch, named)) {
        if (lead->status == "erased") return erased();
        if (!lead->email.empty() || named.email.empty()) return lead->id;
        const Address address = look_at(batch, named.email);
        if (address.erased) return erased();
        const Standing standing = standing_of(address, false);
        batch.connection.execute(
            "UPDATE leads SET email = :email, email_key = :key, organisation = :organisation, "
            "name = CASE WHEN name = '' THEN :name ELSE name END, status = :status, "
            "status_reason = :reason WHERE id = :id",
            store::values(
                named.email,
                address.key,
                address.organisation,
                named.name,
                standing.status,
                standing.reason,
                lead->id
            )
        );
        batch.touched.insert(lead->id);
        return lead->id;
    }
    if (look_at(batch, named.email).erased) return erased();
    const std::string id = named.external_id.value_or("made:" + named.document_id);
    const std::int64_t lead = insert_lead(batch, id, named.email, named.name);
    documents::keep_made(batch.connection, leads_table(), id, named.named_by);
    return lead;
}

bool is_erased(ImportBatch& batch, const std::string& address) {
    return batch.any_erased && look_at(batch, address).erased;
}

std::optional<std::int64_t> campaign_named(
    ImportBatch& batch, const std::optional<std::string>& external_id, std::string_view named_by
) {
    if (!external_id) return std::nullopt;
    const std::int64_t known = batch.connection.integer(
        "SELECT id FROM campaigns WHERE external_id = :id ORDER BY id", store::values(*external_id)
    );
    if (known != 0) return known;
    const base::Result<std::int64_t> made =
        add_campaign(batch, Value::of_object(), *external_id, 0);
    documents::keep_made(batch.connection, campaigns_table(), *external_id, named_by);
    return *made;
}

base::Result<std::int64_t> add_campaign(
    ImportBatch& batch, const Value& document, const std::string& id, std::int64_t row
) {
    const std::string name = free_name(
        batch.connection,
        std::string(base::trim(documents::text_of(document.find("name")).value_or(""))),
        id
    );
    const store::Value criteria =
        documents::to_column(documents::As::json, document.find("target_criteria"));
    const store::Value stats = documents::to_column(documents::As::json, document.find("stats"));
    const base::Timestamp created = created_at(document, id, batch.context.now);
    if (row != 0) {
        batch.connection.execute(
            "UPDATE campaigns SET name = :name, target_criteria = :criteria, stats = :stats, "
            "created_at = :created WHERE id = :id",
            {name, criteria, stats, created.micros, row}
        );
        return row;
    }
    return batch.connection.insert(
        "INSERT INTO campaigns (external_id, name, target_criteria, stats, status, status_reason, "
        "settings, created_at) VALUES (:id, :name, :criteria, :stats, 'paused', :reason, "
        ":settings, :created)",
        {id,
         name,
         criteria,
         stats,
         std::string("imported: look at it, then start it"),
         to_json(Settings{}),
         created.micros}
    );
}

base::Result<std::int64_t> add_lead_document(
    ImportBatch& batch, const Value& document, const std::string& id, std::int64_t row
) {
    const std::string email = documents::text_of(document.find("email")).value_or("");
    if (base::trim(email).empty())
        return base::fail(base::ErrorCode::invalid_input, "import", "it has no email");
    const Address address = look_at(batch, email);
    if (address.erased) return erased();
    const bool invalid = documents::bool_of(document.find("email_invalid")).value_or(false);
    const std::string country = documents::text_of(document.find("country")).value_or("");
    const Standing standing = standing_of(address, invalid, country);
    const std::int64_t lead = row != 0 ? row : insert_lead(batch, id, email, "");
    if (row != 0) batch.touched.insert(lead);  // its mails came before its address did
    const auto text = [&](const char* field) {
        return documents::to_column(documents::As::text, document.find(field));
    };
    // A lead that was made for its mails stands where they brought it.
    batch.connection.execute(
        "UPDATE leads SET campaign_id = COALESCE(:campaign, campaign_id), email = :email, "
        "email_key = :key, organisation = :organisation, name = :name, company = :company, "
        "title = :title, country = :country, source = :source, fields = :fields, "
        "email_invalid = :invalid, created_at = :created, "
        "status = CASE WHEN status IN ('new', 'needs_basis', 'stopped') THEN :status "
        "ELSE status END, status_reason = CASE WHEN status IN ('new', 'needs_basis', 'stopped') "
        "THEN :reason ELSE status_reason END WHERE id = :id",
        {store::to_value(campaign_named(batch, reference_in(document, "campaign_id"), "leads")),
         email,
         address.key,
         address.organisation,
         text("name"),
         text("company"),
         text("title"),
         text("country"),
         text("source"),
         merge_fields(document),
         store::to_value(invalid),
         created_at(document, id, batch.context.now).micros,
         standing.status,
         standing.reason,
         lead}
    );
    if (invalid)
        batch.connection.execute(
            "UPDATE leads SET status = 'bounced', status_reason = :reason, next_step_at = NULL "
            "WHERE id = :id AND status IN ('new', 'ready', 'needs_basis', 'active', 'finished', "
            "'replied')",
            store::values(standing.reason, lead)
        );
    return lead;
}

}  // namespace campaign
