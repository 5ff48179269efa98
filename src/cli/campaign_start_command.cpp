// `pilotlight campaign start` and `campaign pause`.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/campaign_store.h"
#include "campaign/domain_name.h"
#include "campaign/start_rules.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

constexpr int kWokenPerJob = 500;
constexpr auto kPatience = std::chrono::seconds(20);

struct Started {
    campaign::Campaign campaign;
    campaign::StartFacts facts;
};

base::Result<campaign::Campaign> read_campaign(engine::Runtime& runtime, const std::string& name) {
    return runtime.job(store::Role::operator_, [name](store::Connection& connection) {
        return campaign::campaign_named(connection, name);
    });
}

// Asks the public address for a page that only our own listener has: the one of a link of ours.
// GET shows it and changes nothing.
base::Result<> ask_url(engine::Runtime& runtime, std::int64_t campaign_id) {
    const auto key =
        runtime.run(campaign::UnsubscribeKey::load(runtime.db(), runtime.vault(), runtime.random())
        );
    if (!key) return base::pass_on(key);
    const auto nobody = base::Email::parse("nobody@pilotlight.invalid");
    net::HttpRequest request;
    request.url = key->make_link(
        runtime.settings().unsubscribe.url, *nobody, campaign_id, runtime.clock().now()
    );
    request.timeout = kPatience;
    request.allow_private_addresses = true;
    const auto response = runtime.run(runtime.http().send(std::move(request)));
    if (!response) return base::pass_on(response);
    if (response->status == 200) return {};
    return base::fail(
        base::ErrorCode::unavailable,
        "unsubscribe",
        fmt::format("it answers {} where the page to unsubscribe should be", response->status)
    );
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

base::Result<campaign::StartFacts> read_facts(
    engine::Runtime& runtime, const campaign::Campaign& campaign
) {
    campaign::StartFacts facts;
    auto settings = campaign::settings_from_json(campaign.settings);
    if (!settings) return base::pass_on(settings);
    facts.settings = std::move(*settings);
    facts.limits = runtime.campaign_context().limits;
    const std::int64_t id = campaign.id;
    const auto texts = runtime.job(store::Role::operator_, [id](store::Connection& connection) {
        return campaign::texts_of(connection, id);
    });
    facts.texts.resize(facts.settings.steps.size());
    for (const campaign::Text& text : texts)
        if (static_cast<std::size_t>(text.step) < facts.texts.size())
            ++facts.texts[static_cast<std::size_t>(text.step)];
    facts.mails_per_day_max = mails_per_day_max(runtime, facts.limits);
    if (runtime.settings().unsubscribe.url.empty()) return facts;
    const auto answer = ask_url(runtime, campaign.id);
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
    std::int64_t woken = kWokenPerJob;
    while (woken == kWokenPerJob)
        woken = runtime.job(store::Role::campaign, [id](store::Connection& connection) {
            return connection.execute(
                "UPDATE email_drafts SET not_before = 0, wait_reason = '' WHERE id IN (SELECT id "
                "FROM email_drafts WHERE campaign_id = :id AND status = 'ready_to_send' AND "
                "wait_reason = 'its campaign does not run' ORDER BY id LIMIT :count)",
                store::values(id, kWokenPerJob)
            );
        });
}

void tell_started(const Invocation& invocation, const Started& started) {
    const std::vector<std::string> notes = campaign::start_notes(started.facts);
    if (invocation.json) {
        boost::json::array list;
        for (const std::string& note : notes) list.emplace_back(note);
        const boost::json::object document = {
            {"campaign", started.campaign.name}, {"status", "active"}, {"notes", list}
        };
        return print(boost::json::serialize(document) + "\n");
    }
    for (const std::string& note : notes) print(note + "\n");
    print(fmt::format(
        "\"{}\" runs; `pilotlight send run` (or `pilotlight serve`) sends, `pilotlight campaign "
        "status` shows how far it is\n",
        started.campaign.name
    ));
}

base::Result<int> run_start(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    Started started;
    auto campaign = read_campaign(**runtime, invocation.positional("NAME"));
    if (!campaign) return base::pass_on(campaign);
    started.campaign = std::move(*campaign);
    if (started.campaign.status == "finished")
        return base::fail(
            base::ErrorCode::conflict,
            "campaign start",
            "\"" + started.campaign.name + "\" is finished; create another one"
        );
    auto facts = read_facts(**runtime, started.campaign);
    if (!facts) return base::pass_on(facts);
    started.facts = std::move(*facts);
    const bool confirmed = invocation.text("--confirm") == "mailto-only";
    if (confirmed) started.facts.settings.unsubscribe = "mailto-only";
    const std::vector<std::string> problems = campaign::start_problems(started.facts);
    if (!problems.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "campaign start",
            "\"" + started.campaign.name + "\" can't start: " + base::join(problems, "; ")
        );
    make_active(**runtime, started.campaign.id, started.facts.settings, confirmed);
    tell_started(invocation, started);
    return 0;
}

base::Result<int> run_pause(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto campaign = read_campaign(**runtime, invocation.positional("NAME"));
    if (!campaign) return base::pass_on(campaign);
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
            "either [unsubscribe] url, which is asked whether it answers, or an explicit "
            "unsubscribe =\n"
            "\"mailto-only\" in the campaign's file, or --confirm mailto-only. Where one primary "
            "domain can send\n"
            "over 5,000 mails a day the URL is required. A paused campaign goes on where it "
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
