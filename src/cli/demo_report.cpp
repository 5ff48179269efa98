#include "cli/demo_report.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/output.h"
#include "cli/warmup_json.h"

namespace cli {

namespace {

using Key = std::pair<std::string, std::string>;  // sender, provider

int day_of(const DemoStory& story, base::Timestamp time) {
    return static_cast<int>((time - story.start) / std::chrono::hours(24)) + 1;
}

// Tallies by sender and provider: index 0 is the window of the verdict, 1… the days.
std::map<Key, std::vector<warmup::Tally>> by_sender(const DemoStory& story) {
    std::map<Key, std::vector<warmup::Tally>> rows;
    for (const warmup::SentMail& mail : story.mails) {
        auto& row = rows[{mail.from_, mail.provider}];
        row.resize(static_cast<std::size_t>(story.settings.days) + 1);
        const int day = day_of(story, mail.sent_at);
        const std::string_view placement = warmup::placement_at(mail, story.end);
        row[static_cast<std::size_t>(day)].add(placement);
        if (day >= story.window_first_day) row[0].add(placement);
    }
    return rows;
}

std::vector<warmup::Tally> by_day(const DemoStory& story) {
    std::vector<warmup::Tally> days(static_cast<std::size_t>(story.settings.days) + 1);
    for (const warmup::SentMail& mail : story.mails)
        days[static_cast<std::size_t>(day_of(story, mail.sent_at))].add(
            warmup::placement_at(mail, story.end)
        );
    return days;
}

std::string window_name(const DemoStory& story) {
    const int last = story.settings.days < 6 ? 7 : story.settings.days;
    return story.window_first_day == last
               ? fmt::format("day {}", last)
               : fmt::format("days {} and {}", story.window_first_day, last);
}

std::string cycles_table(const DemoStory& story) {
    std::vector<std::vector<std::string>> rows = {
        {"cycle", "day", "time", "sent", "replies", "inbox", "spam", "elsewhere", "spam rate"}
    };
    for (const DemoCycle& cycle : story.cycles) {
        const warmup::CycleResult& result = cycle.result;
        const bool last_look = &cycle == &story.cycles.back();
        rows.push_back(
            {last_look ? "last look" : std::to_string(result.cycle),
             std::to_string(day_of(story, cycle.at)),
             base::to_iso(cycle.at).substr(11, 5),
             std::to_string(result.sent),
             std::to_string(result.replies),
             std::to_string(result.placement.inbox),
             std::to_string(result.placement.spam),
             std::to_string(result.placement.elsewhere),
             percent(result.placement.spam_rate())}
        );
    }
    return table(rows);
}

std::string days_table(const DemoStory& story) {
    std::vector<std::vector<std::string>> rows = {
        {"day", "sent", "inbox", "spam", "elsewhere", "pending", "missing", "spam rate", "target"}
    };
    const std::vector<warmup::Tally> days = by_day(story);
    for (std::size_t day = 1; day < days.size(); ++day) {
        const warmup::Tally& one = days[day];
        const bool counts = day >= 6 && one.spam_rate();
        rows.push_back(
            {std::to_string(day),
             std::to_string(one.sent),
             std::to_string(one.inbox),
             std::to_string(one.spam),
             std::to_string(one.elsewhere),
             std::to_string(one.pending),
             std::to_string(one.missing),
             percent(one.spam_rate()),
             !counts                   ? "from day 6"
             : *one.spam_rate() < 0.10 ? "below 10 % ✓"
                                       : "below 10 % ✗"}
        );
    }
    return table(rows);
}

std::string senders_table(const DemoStory& story) {
    std::vector<std::string> head = {"sender", "seeds at"};
    for (int day = 1; day <= story.settings.days; ++day) head.push_back(fmt::format("day {}", day));
    head.push_back(window_name(story));
    std::vector<std::vector<std::string>> rows = {head};
    for (const auto& [key, tallies] : by_sender(story)) {
        std::vector<std::string> row = {key.first, key.second + "-like"};
        for (std::size_t day = 1; day < tallies.size(); ++day)
            row.push_back(
                fmt::format("{}/{}", tallies[day].spam, tallies[day].inbox + tallies[day].spam)
            );
        row.push_back(percent(tallies[0].spam_rate()));
        rows.push_back(std::move(row));
    }
    return table(rows);
}

std::string verdict_words(const DemoStory& story) {
    std::string out = fmt::format(
        "Target: spam below 10 % after day 5 (missing below 5 %). Fleet, {}: ", window_name(story)
    );
    if (story.verdict == warmup::Verdict::not_yet_decided)
        return out + fmt::format("{}.\n", warmup::to_string(story.verdict));
    return out + fmt::format(
                     "spam {} of {} found, {}; missing {} of {} sent: {}.\n",
                     story.window.spam,
                     story.window.inbox + story.window.spam,
                     percent(story.window.spam_rate()),
                     story.window.missing,
                     story.window.sent,
                     warmup::to_string(story.verdict)
                 );
}

}  // namespace

std::string demo_text(const DemoStory& story) {
    const DemoSettings& settings = story.settings;
    std::string out = fmt::format(
        "Pilotlight demo: {} days of warmup in memory (world {}, seed {}).\n"
        "8 senders at a Zoho-like provider write to 5 seed mailboxes (3 Gmail-like, 2 "
        "Outlook-like).\n\n",
        settings.days,
        settings.kind,
        settings.seed
    );
    out += cycles_table(story) + "\nBy day of sending:\n\n" + days_table(story);
    out +=
        "\nSpam of found mail, by sender and provider of the seed mailbox, by day of sending:\n\n";
    out += senders_table(story) + "\n" + verdict_words(story) + "\n";
    out += fmt::format(
        "Templates: {} by Groq, {} by the local grammar (the demo has no network, so Groq is not "
        "configured).\n",
        story.templates_groq,
        story.templates_fallback
    );
    out += fmt::format(
        "Servers accepted {} messages, {} of them twice; {} are recorded as accepted. SMTP: {} "
        "bytes, SHA-256 {}.\n",
        story.accepted_by_servers,
        story.accepted_twice,
        story.recorded_as_accepted,
        story.smtp_bytes,
        story.smtp_digest.substr(0, 16)
    );
    out += fmt::format(
        "Campaign drafts before and after: {}.\n\nSeparation report\n\n{}\n",
        story.drafts_unchanged ? "the same, byte for byte" : "CHANGED",
        engine::in_words(story.separation)
    );
    out +=
        "Where to go next:\n"
        "  pilotlight demo --world harsh       a world in which warmup alone does not help\n"
        "  pilotlight init                     a configuration, a key and a store of your own\n"
        "  pilotlight mailbox add --help       your senders and seed mailboxes\n"
        "  pilotlight warmup run               one real cycle\n";
    if (!settings.keep.empty())
        out += fmt::format("The store of this run lies in {}.\n", settings.keep);
    return out;
}

std::string demo_json(const DemoStory& story) {
    boost::json::array cycles;
    for (const DemoCycle& cycle : story.cycles) {
        boost::json::object one = to_json(cycle.result);
        one["at"] = base::to_iso(cycle.at);
        one["day"] = day_of(story, cycle.at);
        cycles.push_back(std::move(one));
    }
    boost::json::array days;
    const std::vector<warmup::Tally> tallies = by_day(story);
    for (std::size_t day = 1; day < tallies.size(); ++day) {
        boost::json::object one = to_json(tallies[day]);
        one["day"] = day;
        days.push_back(std::move(one));
    }
    boost::json::array placement;
    for (const auto& [key, row] : by_sender(story)) {
        for (std::size_t day = 1; day < row.size(); ++day) {
            boost::json::object one = to_json(row[day]);
            one["day"] = day;
            one["sender"] = key.first;
            one["provider"] = key.second;
            placement.push_back(std::move(one));
        }
    }
    const boost::json::object document = {
        {"world", story.settings.kind},
        {"seed", story.settings.seed},
        {"days_run", story.settings.days},
        {"cycles", cycles},
        {"days", days},
        {"placement", placement},
        {"target",
         {{"spam_rate_below", 0.10},
          {"missing_rate_below", 0.05},
          {"window", window_name(story)},
          {"fleet", to_json(story.window)},
          {"verdict", warmup::to_string(story.verdict)}}},
        {"templates", {{"groq", story.templates_groq}, {"fallback", story.templates_fallback}}},
        {"servers",
         {{"accepted", story.accepted_by_servers},
          {"accepted_twice", story.accepted_twice},
          {"recorded_as_accepted", story.recorded_as_accepted}}},
        {"smtp", {{"bytes", story.smtp_bytes}, {"sha256", story.smtp_digest}}},
        {"drafts_unchanged", story.drafts_unchanged},
        {"separation", to_json(story.separation)},
    };
    return boost::json::serialize(document) + "\n";
}

}  // namespace cli
