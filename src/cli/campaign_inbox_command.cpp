// `pilotlight campaign inbox`: what came back, and what a person does about it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/answer.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_by_hand.h"
#include "campaign/lead_store.h"
#include "campaign/reply_class.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "cli/row_json.h"

namespace cli {

namespace {

constexpr std::size_t kTextBytesMax = 256 * 1024;

auto usage(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign inbox", std::move(words));
}

boost::json::object object_of(const campaign::Reply& reply) {
    boost::json::object object = row_json(reply);
    object["next_step"] = campaign::next_step_for(reply);
    return object;
}

std::string shown(const campaign::Reply& reply) {
    return fmt::format(
        "{} {} from {}, {} (in {})\nsubject: {}\nmatched by {}, confidence {} of 100\n"
        "what followed: {}\nclass: {}; next: {}\n\n{}\n",
        reply.kind,
        reply.id,
        base::printable(reply.from_, 320),
        base::to_iso(reply.received_at),
        base::printable(reply.folder, 100),
        base::printable(reply.subject, 300),
        reply.matched_by.empty() ? "nothing" : reply.matched_by,
        reply.confidence,
        reply.decision,
        reply.class_.empty() ? "none" : reply.class_,
        campaign::next_step_for(reply),
        base::printable(reply.text, 20'000)
    );
}

std::vector<campaign::Reply> all_replies(
    engine::Runtime& runtime, std::optional<std::int64_t> campaign_id, bool all
) {
    std::vector<campaign::Reply> replies;
    campaign::ReplyFilter filter;
    filter.campaign_id = campaign_id;
    filter.all = all;
    std::vector<campaign::Reply> page;
    do {
        page = runtime.job(store::Role::operator_, [filter](store::Connection& connection) {
            return campaign::list_replies(connection, filter);
        });
        for (campaign::Reply& one : page) replies.push_back(std::move(one));
        if (!replies.empty()) filter.after = replies.back().id;
    } while (page.size() == static_cast<std::size_t>(filter.count_max));
    return replies;
}

void print_list(const std::vector<campaign::Reply>& replies, bool json) {
    if (json) {
        boost::json::array list;
        for (const campaign::Reply& one : replies) list.push_back(object_of(one));
        return print(boost::json::serialize(boost::json::object{{"replies", list}}) + "\n");
    }
    std::vector<std::vector<std::string>> rows = {
        {"id", "received", "kind", "from", "class", "text", "next step"}
    };
    for (const campaign::Reply& one : replies) {
        const std::string said = one.text.empty() ? one.subject : one.text;
        rows.push_back(
            {std::to_string(one.id),
             base::to_iso(one.received_at).substr(0, 16),
             one.kind,
             base::printable(one.from_, 40),
             one.class_.empty() ? "–" : one.class_,
             base::printable(base::replace_all(said, "\n", " "), 50),
             std::string(campaign::next_step_for(one))}
        );
    }
    if (rows.size() == 1) return print("Nothing waits here.\n");
    print(
        table(rows) +
        "\nRead one: pilotlight campaign inbox CAMPAIGN --show ID; answer it: --answer ID --text "
        "\"…\"\n"
    );
}

// "17=interested" → 17 and "interested".
base::Result<std::pair<std::int64_t, std::string>> id_and_word(
    const std::string& option, const std::string& value
) {
    const std::size_t at = value.find('=');
    const auto id = base::parse_int(value.substr(0, at));
    if (at == std::string::npos || !id)
        return usage(option + " wants ID=WORD, such as 17=interested; it got \"" + value + "\"");
    return std::pair(*id, value.substr(at + 1));
}

base::Result<std::string> answer_text(const Invocation& invocation) {
    const auto given = invocation.option("--text");
    const auto path = invocation.option("--file");
    if (!given && !path) return usage("--answer needs --text or --file");
    const std::string option = given ? "--text" : "--file";
    const base::Result<std::string> text =
        given ? base::Result<std::string>(*given) : read_file(*path, kTextBytesMax);
    if (!text) return usage("--file: " + text.error().message);
    if (text->size() > kTextBytesMax)
        return usage(fmt::format("{}: longer than {} KiB", option, kTextBytesMax / 1024));
    if (!base::is_utf8(*text)) return usage(option + ": that is no UTF-8");
    return text;
}

int say(const Invocation& invocation, const boost::json::object& object, const std::string& words) {
    print(invocation.json ? boost::json::serialize(object) + "\n" : words + "\n");
    return 0;
}

base::Result<campaign::Reply> reply_of(
    engine::Runtime& runtime, std::int64_t id, std::optional<std::int64_t> campaign_id
) {
    const auto reply = runtime.job(store::Role::operator_, [id](store::Connection& connection) {
        return campaign::find_reply(connection, id);
    });
    if (!reply || reply->campaign_id != campaign_id)
        return base::fail(
            base::ErrorCode::not_found,
            "campaign inbox",
            fmt::format("there is no reply {} in this campaign's inbox", id)
        );
    return *reply;
}

base::Result<int> answer(
    const Invocation& invocation, engine::Runtime& runtime, const campaign::Reply& reply
) {
    auto text = answer_text(invocation);
    if (!text) return base::pass_on(text);
    campaign::Context context = runtime.campaign_context();
    const auto report = runtime.run(campaign::answer_reply(context, reply.id, std::move(*text)));
    if (!report) return base::pass_on(report);
    const bool accepted = report->ending == delivery::Ending::accepted;
    const std::string ending(delivery::to_string(report->ending));
    const std::string words = accepted ? fmt::format("answered: email {}", report->email_id)
                                       : fmt::format("{}: {}", ending, report->error.describe());
    say(invocation, {{"email_id", report->email_id}, {"ending", ending}, {"words", words}}, words);
    return accepted ? 0 : 1;
}

base::Result<int> set_class(
    const Invocation& invocation,
    engine::Runtime& runtime,
    const campaign::Reply& reply,
    const std::string& name
) {
    if (!campaign::is_reply_class(name)) {
        std::vector<std::string> names;
        for (const campaign::ReplyClass& one : campaign::reply_classes())
            names.emplace_back(one.name);
        return usage("\"" + name + "\" is no class: " + base::join(names, ", "));
    }
    const std::int64_t id = reply.id;
    runtime.job(store::Role::campaign, [id, name](store::Connection& connection) {
        campaign::set_class(connection, id, name, "person");
    });
    return say(invocation, {{"id", id}, {"class", name}}, fmt::format("reply {}: {}", id, name));
}

base::Result<int> set_status(
    const Invocation& invocation,
    engine::Runtime& runtime,
    const campaign::Reply& reply,
    const std::string& status
) {
    if (!reply.lead_id) return usage("that reply belongs to no lead");
    const std::int64_t lead_id = *reply.lead_id;
    const auto lead = runtime.job(store::Role::operator_, [lead_id](store::Connection& connection) {
        return campaign::lead_by_id(connection, lead_id);
    });
    const auto address = base::Email::parse(lead ? lead->email : "");
    if (!address) return usage("that reply's lead is no more");
    const auto keys = campaign::suppression_keys(*address, runtime.vault());
    const base::Timestamp now = runtime.clock().now();
    const base::Result<> done = runtime.job(
        store::Role::campaign,
        [lead_id, status, keys, now](store::Connection& connection) {
            return campaign::set_lead_by_hand(connection, lead_id, status, keys, now);
        }
    );
    if (!done) return base::pass_on(done);
    return say(
        invocation,
        {{"lead_id", lead_id}, {"status", status}},
        fmt::format("lead {}: {}", lead_id, status)
    );
}

base::Result<int> done(
    const Invocation& invocation, engine::Runtime& runtime, const campaign::Reply& reply
) {
    const std::int64_t id = reply.id;
    const base::Timestamp now = runtime.clock().now();
    runtime.job(store::Role::campaign, [id, now](store::Connection& connection) {
        campaign::set_done(connection, id, now);
    });
    return say(invocation, {{"id", id}, {"done", true}}, fmt::format("reply {} is done", id));
}

base::Result<int> act(
    const Invocation& invocation, engine::Runtime& runtime, std::optional<std::int64_t> campaign_id
) {
    for (const char* option : {"--class", "--status"}) {
        const auto value = invocation.option(option);
        if (!value) continue;
        const auto given = id_and_word(option, *value);
        if (!given) return base::pass_on(given);
        const auto reply = reply_of(runtime, given->first, campaign_id);
        if (!reply) return base::pass_on(reply);
        return option == std::string_view("--class")
                   ? set_class(invocation, runtime, *reply, given->second)
                   : set_status(invocation, runtime, *reply, given->second);
    }
    for (const char* option : {"--show", "--answer", "--done"}) {
        if (!invocation.option(option)) continue;
        const auto id = invocation.integer(option, 0, 1, INT64_MAX);
        if (!id) return base::pass_on(id);
        const auto reply = reply_of(runtime, *id, campaign_id);
        if (!reply) return base::pass_on(reply);
        if (option == std::string_view("--answer")) return answer(invocation, runtime, *reply);
        if (option == std::string_view("--done")) return done(invocation, runtime, *reply);
        return say(invocation, object_of(*reply), shown(*reply));
    }
    print_list(all_replies(runtime, campaign_id, invocation.flag("--all")), invocation.json);
    return 0;
}

base::Result<int> run(const Invocation& invocation) {
    int actions = 0;
    for (const char* option : {"--show", "--answer", "--done", "--class", "--status"})
        actions += invocation.option(option).has_value();
    if (actions > 1) return usage("one of --show, --answer, --done, --class, --status at a time");
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const std::string name = invocation.positional("CAMPAIGN");
    if (name.empty()) return act(invocation, **runtime, std::nullopt);
    const auto campaign =
        (*runtime)->job(store::Role::operator_, [name](store::Connection& connection) {
            return campaign::campaign_named(connection, name);
        });
    if (!campaign) return base::pass_on(campaign);
    return act(invocation, **runtime, campaign->id);
}

}  // namespace

Command campaign_inbox_command() {
    return {
        .path = "campaign inbox",
        .summary = "read and answer what came back to a campaign",
        .help =
            "Lists what came back and is not done: replies with the quoted text removed, automatic "
            "replies,\n"
            "bounces, complaints and opt-outs, each with what it was matched by, how sure that is, "
            "what\n"
            "followed and what to do next. Without CAMPAIGN: opt-outs that match no mail of ours. "
            "An answer\n"
            "goes into the thread, from the mailbox that the thread runs through; the lead's "
            "sequence has\n"
            "ended with its reply. Classes: interested, question, not_now, not_interested, "
            "wrong_person,\n"
            "other; with model_classes in the campaign's settings the model proposes one. Statuses "
            "of a lead\n"
            "by hand: active (it goes on), replied, stopped, finished, unsubscribed.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign inbox spring\n"
            "  pilotlight campaign inbox spring --show 17\n"
            "  pilotlight campaign inbox spring --answer 17 --file answer.txt\n"
            "  pilotlight campaign inbox spring --class 17=interested\n"
            "  pilotlight campaign inbox spring --status 17=stopped\n"
            "  pilotlight campaign inbox spring --done 17\n",
        .positionals = {{"CAMPAIGN", "its name", false}},
        .options =
            {{"--all", "", "what is done, too"},
             {"--show", "ID", "one reply with its text"},
             {"--answer", "ID", "write back in its thread; with --text or --file"},
             {"--text", "TEXT", "of the answer"},
             {"--file", "PATH", "with the answer's text, UTF-8"},
             {"--done", "ID", "take it off the list"},
             {"--class", "ID=CLASS", "say what the reply is about"},
             {"--status", "ID=STATUS", "set the status of the reply's lead"}},
        .run = run,
    };
}

}  // namespace cli
