// `pilotlight campaign status`: how far campaigns are, and what keeps their mail back.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <boost/describe/class.hpp>
#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

struct Count {
    std::string name;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Count, (), (name, count))
using Counts = std::vector<Count>;

struct Standing {
    campaign::Campaign campaign;
    Counts leads;
    Counts drafts;
    Counts mails;    // accepted, by step
    Counts replies;  // by kind
    Counts waiting;  // ready drafts that were put off, by reason
    std::int64_t next_step_at = 0;
};

struct Hold {
    std::string mailbox;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (mailbox, reason))

Standing read_standing(store::Connection& connection, const campaign::Campaign& campaign) {
    Standing out;
    out.campaign = campaign;
    const auto count = [&](const std::string& sql) {
        return connection.select<Count>(sql, store::values(campaign.id));
    };
    out.leads = count(
        "SELECT status, COUNT(*) FROM leads WHERE campaign_id = :id GROUP BY status ORDER BY status"
    );
    out.drafts = count(
        "SELECT status, COUNT(*) FROM email_drafts WHERE campaign_id = :id GROUP BY status "
        "ORDER BY status"
    );
    for (int step = 0; step < 3; ++step) {
        const std::int64_t mails = connection.integer(
            "SELECT COUNT(*) FROM leads l JOIN emails_campaign e ON e.lead_id = l.id WHERE "
            "l.campaign_id = :id AND e.status = 'accepted' AND e.email_type <> 'answer' AND "
            "e.followup_number = :step",
            store::values(campaign.id, step)
        );
        out.mails.push_back({std::to_string(step), mails});
    }
    out.replies = count(
        "SELECT kind, COUNT(*) FROM campaign_replies WHERE campaign_id = :id GROUP BY kind "
        "ORDER BY kind"
    );
    out.waiting = count(
        "SELECT wait_reason, COUNT(*) FROM email_drafts WHERE campaign_id = :id AND status = "
        "'ready_to_send' AND wait_reason <> '' GROUP BY wait_reason ORDER BY wait_reason LIMIT 20"
    );
    out.next_step_at = connection.integer(
        "SELECT MIN(next_step_at) FROM leads WHERE campaign_id = :id AND status = 'active' AND "
        "next_step_at IS NOT NULL",
        store::values(campaign.id)
    );
    return out;
}

base::Result<std::vector<campaign::Campaign>> chosen(
    engine::Runtime& runtime, const std::string& name
) {
    return runtime.job(
        store::Role::operator_,
        [name](store::Connection& connection) -> base::Result<std::vector<campaign::Campaign>> {
            if (name.empty()) return campaign::list_campaigns(connection);
            auto one = campaign::campaign_named(connection, name);
            if (!one) return base::pass_on(one);
            return std::vector<campaign::Campaign>{std::move(*one)};
        }
    );
}

std::vector<Hold> read_holds(engine::Runtime& runtime) {
    return runtime.job(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<Hold>(
            "SELECT m.email, g.campaign_hold FROM mailbox_gaps g JOIN mailboxes m ON m.id = "
            "g.mailbox_id WHERE g.campaign_hold <> '' AND m.status <> 'removed' ORDER BY m.id"
        );
    });
}

boost::json::object object_of(const Counts& counts) {
    boost::json::object out;
    for (const Count& one : counts) out[one.name] = one.count;
    return out;
}

boost::json::object object_of(const Standing& one) {
    boost::json::object out = {
        {"campaign", one.campaign.name},
        {"status", one.campaign.status},
        {"status_reason", one.campaign.status_reason},
        {"leads", object_of(one.leads)},
        {"drafts", object_of(one.drafts)},
        {"mails_by_step", object_of(one.mails)},
        {"came_back", object_of(one.replies)},
        {"waiting", object_of(one.waiting)},
        {"next_followup_at", nullptr}
    };
    if (one.next_step_at != 0) out["next_followup_at"] = base::to_iso({one.next_step_at});
    return out;
}

std::string in_words(const Counts& counts) {
    std::string out;
    for (const Count& one : counts)
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", one.name, one.count);
    return out.empty() ? "none" : base::printable(out, 1000);
}

std::string in_words(const Standing& one) {
    std::string out = fmt::format("{}: {}", one.campaign.name, one.campaign.status);
    if (!one.campaign.status_reason.empty()) out += " (" + one.campaign.status_reason + ")";
    out += "\n  leads: " + in_words(one.leads) + "\n  drafts: " + in_words(one.drafts);
    out += fmt::format(
        "\n  sent: first mails {}, second {}, third {}\n  came back: {}\n",
        one.mails[0].count,
        one.mails[1].count,
        one.mails[2].count,
        in_words(one.replies)
    );
    if (!one.waiting.empty()) out += "  waiting: " + in_words(one.waiting) + "\n";
    if (one.next_step_at != 0)
        out += "  next follow-up due at " + base::to_iso({one.next_step_at}) + "\n";
    return out;
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto campaigns = chosen(**runtime, invocation.positional("NAME"));
    if (!campaigns) return base::pass_on(campaigns);
    std::vector<Standing> all;
    for (const campaign::Campaign& one : *campaigns)
        all.push_back((*runtime)->job(store::Role::operator_, [one](store::Connection& connection) {
            return read_standing(connection, one);
        }));
    const std::vector<Hold> holds = read_holds(**runtime);
    if (invocation.json) {
        boost::json::array list;
        for (const Standing& one : all) list.push_back(object_of(one));
        boost::json::array waiting;
        for (const Hold& hold : holds)
            waiting.push_back(
                boost::json::object{{"mailbox", hold.mailbox}, {"reason", hold.reason}}
            );
        print(
            boost::json::serialize(boost::json::object{{"campaigns", list}, {"holds", waiting}}) +
            "\n"
        );
        return 0;
    }
    if (all.empty()) print("No campaign; `pilotlight campaign create` makes one.\n");
    for (const Standing& one : all) print(in_words(one));
    for (const Hold& hold : holds)
        print(fmt::format("{} waits: {}\n", hold.mailbox, base::printable(hold.reason, 300)));
    return 0;
}

}  // namespace

Command campaign_status_command() {
    return {
        .path = "campaign status",
        .summary = "how far campaigns are, and what keeps their mail back",
        .help =
            "Leads and drafts by status, what was sent by step, what came back, why drafts wait, "
            "and which\n"
            "mailboxes send no campaign mail at present and why (as the last `send run` saw it).\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign status\n"
            "  pilotlight --json campaign status spring | jq '.campaigns[0].leads'\n",
        .positionals = {{"NAME", "one campaign; all where none is named", false}},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
