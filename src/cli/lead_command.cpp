// `pilotlight lead export` and `lead erase`: what is known of a person, and forgetting it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/lead_store.h"
#include "campaign/person.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/row_json.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

using campaign::Person;
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

// The bytes of mails that are kept until they are sent, or for a time.
void add_raw(engine::Runtime& runtime, boost::json::array& mails) {
    for (boost::json::value& mail : mails) {
        const std::int64_t id = mail.at("id").to_number<std::int64_t>();
        const auto raw = runtime.job(store::Role::operator_, [id](store::Connection& c) {
            return c.text(
                "SELECT raw FROM emails_campaign_raw WHERE email_id = :id ORDER BY email_id",
                store::values(id)
            );
        });
        if (raw) mail.as_object()["raw"] = *raw;
    }
}

// What an import kept of documents: as it is stored, in Extended JSON.
boost::json::array kept_json(const Person& person) {
    boost::json::array out;
    for (const campaign::KeptText& kept : person.kept) {
        boost::system::error_code problem;
        auto fields = boost::json::parse(kept.fields, problem);
        if (problem) fields = kept.fields;
        out.push_back({{"collection", kept.collection}, {"id", kept.external_id}, {"kept", fields}}
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
    boost::json::array mails =
        rows_json<SentMail>(runtime, "emails_campaign", person.rows.at(PersonTable::emails));
    add_raw(runtime, mails);
    return {
        {"address", person.email.str()},
        {"leads", std::move(leads)},
        {"drafts",
         rows_json<campaign::Draft>(runtime, "email_drafts", person.rows.at(PersonTable::drafts))},
        {"mails", std::move(mails)},
        {"replies",
         rows_json<CameBack>(runtime, "campaign_replies", person.rows.at(PersonTable::replies))},
        {"suppressions",
         rows_json<campaign::Suppression>(runtime, "suppressions", person.suppression_ids)},
        {"imported", kept_json(person)},
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
    Person person = (*runtime)->run(campaign::find_person(
        (*runtime)->db(), *email, campaign::suppression_keys(*email, (*runtime)->vault())
    ));
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

base::Result<int> run_erase(const Invocation& invocation) {
    const auto opened = open_person(invocation);
    if (!opened) return base::pass_on(opened);
    engine::Runtime& runtime = *opened->runtime;
    const auto erased =
        runtime.run(campaign::erase_person(runtime.db(), opened->person, runtime.clock().now()));
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
