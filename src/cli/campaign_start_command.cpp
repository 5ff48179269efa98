// `pilotlight campaign start` and `campaign pause`.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <boost/json.hpp>

#include "api/unsubscribe_pages.h"
#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "campaign/domain_name.h"
#include "campaign/start_rules.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

constexpr auto kPatience = std::chrono::seconds(20);

struct Started {
    NamedCampaign campaign;
    campaign::StartFacts facts;
};

base::Result<net::HttpResponse> get_page(engine::Runtime& runtime, std::string url) {
    net::HttpRequest request;
    request.url = std::move(url);
    request.timeout = kPatience;
    request.allow_private_addresses = true;
    return runtime.run(runtime.http().send(std::move(request)));
}

// Asks the public address for a link of ours, and for one that is broken: only our own listener
// shows the page of the one and refuses the other. GET changes nothing.
base::Result<> ask_url(engine::Runtime& runtime, std::int64_t campaign_id) {
    const auto key = runtime.unsubscribe_key();
    if (!key) return base::pass_on(key);
    const auto wrong = [](std::string words) {
        return base::fail(base::ErrorCode::unavailable, "unsubscribe", std::move(words));
    };
    const auto nobody = base::Email::parse("nobody@pilotlight.invalid");
    std::string link = key->make_link(
        runtime.settings().unsubscribe.url, *nobody, campaign_id, runtime.clock().now()
    );
    const auto page = get_page(runtime, link);
    if (!page) return base::pass_on(page);
    if (page->status != 200)
        return wrong(
            fmt::format("it answers {} where the page to unsubscribe should be", page->status)
        );
    if (page->body.find(api::kUnsubscribeField) == std::string::npos)
        return wrong("it shows another page than the one to unsubscribe");
    char& in_token = link[link.rfind('/') + 1];
    in_token = in_token == 'A' ? 'B' : 'A';
    const auto refusal = get_page(runtime, link);
    if (!refusal) return base::pass_on(refusal);
    if (refusal->status >= 400) return {};
    return wrong(fmt::format("it answers {} to a link that is broken", refusal->status));
}

// What the primary domain with the most senders can send a day.
int mails_per_day_max(engine::Runtime& runtime, const campaign::Limits& limits) {
    std::map<std::string, int> mails;
    const auto role = limits.send_through_seeds ? mailbox::Role::seed : mailbox::Role::sender;
    for (const mailbox::Mailbox& one : list_mailboxes(runtime).mailboxes)
        if (one.role == role) {
            const std::string domain(one.email.domain());
            mails[campaign::registrable_domain(campaign::ascii_domain(domain).value_or(domain))] +=
                limits.campaign_per_day;
        }
    int most = 0;
    for (const auto& [domain, count] : mails) most = std::max(most, count);
    return most;
}

campaign::StartFacts read_facts(engine::Runtime& runtime, const NamedCampaign& campaign) {
    campaign::StartFacts facts;
    facts.settings = campaign.settings;
    facts.limits = runtime.campaign_context().limits;
    const std::int64_t id = campaign.row.id;
    const auto texts = runtime.job(store::Role::operator_, [id](store::Connection& connection) {
        return campaign::texts_of(connection, id);
    });
    campaign::count_texts(texts, facts.settings.steps.size(), facts);
    facts.mails_per_day_max = mails_per_day_max(runtime, facts.limits);
    if (runtime.settings().unsubscribe.url.empty()) return facts;
    const auto answer = ask_url(runtime, id);
    facts.url = answer ? campaign::UrlState::answers : campaign::UrlState::fails;
    if (!answer) facts.url_words = answer.error().describe();
    return facts;
}

// Active, with the settings that were confirmed; drafts that waited for that are due again.
void make_active(
    engine::Runtime& runtime, std::int64_t id, const campaign::Settings& settings, bool confirmed
) {
    const base::Timestamp now = runtime.clock().now();
    const std::string json = campaign::to_json(settings);
    runtime.job(store::Role::campaign, [=](store::Connection& connection) {
        if (confirmed)
            connection.execute(
                "UPDATE campaigns SET settings = :json WHERE id = :id", store::values(json, id)
            );
        campaign::set_campaign_status(connection, id, "active", "the owner started it", now);
    });
    for (std::optional<std::int64_t> after = 0; after;)
        after = runtime.job(
            store::Role::campaign,
            [id, behind = *after](store::Connection& connection) {
                return campaign::wake_drafts(connection, id, behind);
            }
        );
}

void tell_started(const Invocation& invocation, const Started& started) {
    const std::vector<std::string> notes = campaign::start_notes(started.facts);
    if (invocation.json) {
        boost::json::array list;
        for (const std::string& note : notes) list.emplace_back(note);
        const boost::json::object document = {
            {"campaign", started.campaign.row.name}, {"status", "active"}, {"notes", list}
        };
        return print(boost::json::serialize(document) + "\n");
    }
    for (const std::string& note : notes) print(note + "\n");
    print(fmt::format(
        "\"{}\" runs; `pilotlight send run` (or `pilotlight serve`) sends, `pilotlight campaign "
        "status` shows how far it is\n",
        started.campaign.row.name
    ));
}

base::Result<int> run_start(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    auto picked = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    Started started{std::move(*picked), {}};
    const campaign::Campaign& row = started.campaign.row;
    if (row.status == "finished")
        return base::fail(
            base::ErrorCode::conflict,
            "campaign start",
            "\"" + row.name + "\" is finished; create another one"
        );
    started.facts = read_facts(**runtime, started.campaign);
    const bool confirmed = invocation.text("--confirm") == "mailto-only";
    if (confirmed) started.facts.settings.unsubscribe = "mailto-only";
    const std::vector<std::string> problems = campaign::start_problems(started.facts);
    if (!problems.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "campaign start",
            "\"" + row.name + "\" can't start: " + base::join(problems, "; ")
        );
    make_active(**runtime, row.id, started.facts.settings, confirmed);
    tell_started(invocation, started);
    return 0;
}

base::Result<int> run_pause(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto picked = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    const campaign::Campaign* campaign = &picked->row;
    if (campaign->status != "active" && campaign->status != "paused")
        return base::fail(
            base::ErrorCode::conflict,
            "campaign pause",
            "\"" + campaign->name + "\" is " + campaign->status + ", it does not run"
        );
    const std::string reason = invocation.text("--reason", "the owner paused it");
    const std::int64_t id = campaign->id;
    const base::Timestamp now = (*runtime)->clock().now();
    (*runtime)->job(store::Role::campaign, [=](store::Connection& connection) {
        campaign::set_campaign_status(connection, id, "paused", reason, now);
    });
    const boost::json::object document = {{"campaign", campaign->name}, {"status", "paused"}};
    print(
        invocation.json ? boost::json::serialize(document) + "\n"
                        : "\"" + campaign->name + "\" is paused; nothing of it leaves any more\n"
    );
    return 0;
}

}  // namespace

Command campaign_start_command() {
    return {
        .path = "campaign start",
        .summary = "let a campaign's mail leave",
        .help =
            "Refuses without postal address, sender identity, a text for each step, and a way to "
            "unsubscribe:\n"
            "either [unsubscribe] url, which must show our page and refuse a broken link, or an "
            "explicit\n"
            "unsubscribe = \"mailto-only\" in the campaign's file, or --confirm mailto-only. Where "
            "one primary\n"
            "domain can send over 5,000 mails a day the URL is required. A paused campaign goes on "
            "where it\n"
            "stood.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign start spring\n"
            "  pilotlight campaign start spring --confirm mailto-only\n",
        .positionals = {{"NAME", "the campaign"}},
        .options =
            {{"--confirm",
              "mailto-only",
              "opt-outs by mail only, without a one-click URL",
              false,
              {"mailto-only"}}},
        .run = run_start,
    };
}

Command campaign_pause_command() {
    return {
        .path = "campaign pause",
        .summary = "keep a campaign's mail back",
        .help =
            "Nothing of it leaves any more, from this moment on and in every process; drafts, "
            "leads and\n"
            "replies stay as they are. `pilotlight campaign start` goes on.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign pause spring\n"
            "  pilotlight campaign pause spring --reason 'new price list'\n",
        .positionals = {{"NAME", "the campaign"}},
        .options = {{"--reason", "TEXT", "why, for `campaign status` and the ledger"}},
        .run = run_pause,
    };
}

}  // namespace cli
