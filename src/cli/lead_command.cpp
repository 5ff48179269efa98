// `pilotlight lead export` and `lead erase`: what is known of a person, and forgetting it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/imported_people.h"
#include "campaign/lead_store.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/person.h"
#include "cli/row_json.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

using campaign::PersonTable;

struct SentMail {
    std::int64_t id = 0;
    std::string email_type;
    std::optional<std::int64_t> lead_id;
    std::optional<std::int64_t> campaign_id;
    std::string from_;
    std::string to_;
    std::string subject;
    std::string message_id;
    std::string status;
    std::string outcome;
    base::Timestamp created_at;
    std::optional<base::Timestamp> sent_at;
    std::optional<std::string> server_reply;
};
BOOST_DESCRIBE_STRUCT(
    SentMail,
    (),
    (id,
     email_type,
     lead_id,
     campaign_id,
     from_,
     to_,
     subject,
     message_id,
     status,
     outcome,
     created_at,
     sent_at,
     server_reply)
)

struct CameBack {
    std::int64_t id = 0;
    std::string kind;
    std::optional<std::int64_t> lead_id;
    std::string from_;
    std::string subject;
    std::string text;
    std::string reason;
    base::Timestamp received_at;
    std::string folder;
    std::string class_;  // a word of C++
    std::string decision;
};
BOOST_DESCRIBE_STRUCT(
    CameBack,
    (),
    (id, kind, lead_id, from_, subject, text, reason, received_at, folder, class_, decision)
)

template <class Row>
boost::json::array rows_json(
    engine::Runtime& runtime, const std::string& table, const std::vector<std::int64_t>& ids
) {
    boost::json::array out;
    const std::string sql =
        "SELECT " + store::column_list<Row>() + " FROM " + table + " WHERE id = :id ORDER BY id";
    for (const std::int64_t id : ids) {
        const auto row = runtime.job(store::Role::operator_, [sql, id](store::Connection& c) {
            return c.select_one<Row>(sql, store::values(id));
        });
        if (row) out.push_back(row_json(*row));
    }
    return out;
}

boost::json::array ledger_json(engine::Runtime& runtime, const Person& person) {
    boost::json::array out;
    for (const std::int64_t id : person.lead_ids) {
        const auto entries = runtime.job(store::Role::operator_, [id](store::Connection& c) {
            return ledger::read(c, "lead", id);
        });
        for (const ledger::Entry& entry : entries)
            out.push_back(
                {{"at", base::to_iso(entry.at)},
                 {"lead", id},
                 {"decision", entry.decision},
                 {"reason", entry.reason}}
            );
    }
    return out;
}

boost::json::object document_of(engine::Runtime& runtime, const Person& person) {
    boost::json::array leads = rows_json<campaign::Lead>(runtime, "leads", person.lead_ids);
    for (boost::json::value& lead : leads) {
        boost::system::error_code problem;
        auto fields = boost::json::parse(lead.at("fields").as_string(), problem);
        if (!problem) lead.as_object()["fields"] = std::move(fields);
    }
    return {
        {"address", person.email.str()},
        {"leads", std::move(leads)},
        {"drafts",
         rows_json<campaign::Draft>(runtime, "email_drafts", person.rows.at(PersonTable::drafts))},
        {"mails",
         rows_json<SentMail>(runtime, "emails_campaign", person.rows.at(PersonTable::emails))},
        {"replies",
         rows_json<CameBack>(runtime, "campaign_replies", person.rows.at(PersonTable::replies))},
        {"suppressions",
         rows_json<campaign::Suppression>(runtime, "suppressions", person.suppression_ids)},
        {"decisions", ledger_json(runtime, person)}
    };
}

struct Opened {
    std::unique_ptr<engine::Runtime> runtime;
    Person person;
};

base::Result<Opened> open_person(const Invocation& invocation) {
    const auto email = base::Email::parse(base::trim(invocation.positional("EMAIL")));
    if (!email) return base::pass_on(email);
    auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    Person person = find_person(**runtime, *email);
    return Opened{std::move(*runtime), std::move(person)};
}

base::Result<int> run_export(const Invocation& invocation) {
    const auto opened = open_person(invocation);
    if (!opened) return base::pass_on(opened);
    if (!opened->person.known())
        return base::fail(
            base::ErrorCode::not_found,
            "lead export",
            "nothing is known of " + opened->person.email.str()
        );
    print(boost::json::serialize(document_of(*opened->runtime, opened->person)) + "\n");
    return 0;
}

// The leads first, each with what hangs on it; then rows that name the address alone; the hash
// last, so that an erasing that is cut off is found again by its address.
base::Result<campaign::Erased> erase(engine::Runtime& runtime, const Person& person) {
    campaign::Erased total;
    const base::Timestamp now = runtime.clock().now();
    for (const std::int64_t id : person.lead_ids) {
        const auto erased =
            runtime.job(store::Role::campaign, [id, now](store::Connection& connection) {
                return campaign::erase_lead(connection, id, now);
            });
        if (!erased) return base::pass_on(erased);
        total.leads += erased->leads;
    }
    for (const auto& [table, ids] : person.rows)
        for (std::size_t at = 0; at < ids.size(); at += 100) {
            const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count = std::min<std::size_t>(100, ids.size() - at);
            const std::vector<std::int64_t> part(first, first + static_cast<std::ptrdiff_t>(count));
            runtime.job(store::Role::campaign, [table, part](store::Connection& connection) {
                return campaign::erase_rows(connection, table, part);
            });
        }
    const auto count = [&](PersonTable table) {
        return static_cast<std::int64_t>(person.rows.at(table).size());
    };
    total.drafts = count(PersonTable::drafts);
    total.emails = count(PersonTable::emails);
    total.replies = count(PersonTable::replies);
    const campaign::SuppressionKeys keys = person.keys;
    campaign::WholePage page;
    do {
        page = runtime.job(store::Role::campaign, [keys, page](store::Connection& connection) {
            return campaign::forget_in_whole_documents(connection, keys.address_key, page);
        });
    } while (page.more);
    runtime.job(store::Role::campaign, [keys, now](store::Connection& connection) {
        campaign::keep_hash_only(connection, keys.address_key, keys.hash, now);
    });
    return total;
}

base::Result<int> run_erase(const Invocation& invocation) {
    const auto opened = open_person(invocation);
    if (!opened) return base::pass_on(opened);
    const auto erased = erase(*opened->runtime, opened->person);
    if (!erased) return base::pass_on(erased);
    if (invocation.json) {
        print(
            boost::json::serialize(boost::json::object{
                {"leads", erased->leads},
                {"drafts", erased->drafts},
                {"mails", erased->emails},
                {"replies", erased->replies},
                {"suppressed", true}
            }) +
            "\n"
        );
        return 0;
    }
    print(fmt::format(
        "Erased: {} leads, {} drafts, {} mails, {} replies; ids stay, and a keyed hash, so that "
        "nobody\nwrites there again.\n"
        "Outside of this store: the mails themselves in your mailboxes (Sent, inbox), backups made "
        "before,\nand the file the lead came from.\n",
        erased->leads,
        erased->drafts,
        erased->emails,
        erased->replies
    ));
    return 0;
}

}  // namespace

Command lead_export_command() {
    return {
        .path = "lead export",
        .summary = "print all that is known of a person, as JSON",
        .help =
            "Leads with their source and basis, drafts, mails, what came back, suppressions, "
            "and the\n"
            "decisions about them: for an answer to a request of access.\n"
            "\n"
            "Examples:\n"
            "  pilotlight lead export ann@example.com > ann.json\n",
        .positionals = {{.name = "EMAIL", .help = "the address"}},
        .options = {},
        .run = run_export,
    };
}

Command lead_erase_command() {
    return {
        .path = "lead erase",
        .summary = "forget a person: address and texts, everywhere in the store",
        .help =
            "Wipes address, name, fields and every text of the person's leads, drafts, mails "
            "and replies.\n"
            "Ids and times stay for the counts, and a keyed hash in suppressions, so that no "
            "later\n"
            "import writes there again. This cannot be undone.\n"
            "\n"
            "Examples:\n"
            "  pilotlight lead erase ann@example.com\n",
        .positionals = {{.name = "EMAIL", .help = "the address"}},
        .options = {},
        .run = run_erase,
    };
}

}  // namespace cli
