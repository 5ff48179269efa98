#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/imap_coverage.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/warmup_json.h"
#include "engine/runtime.h"
#include "warmup/placement.h"

namespace cli {

namespace {

struct Status {
    std::vector<warmup::SentMail> mails;
    warmup::Tally replies;
    std::int64_t active_senders = 0;
    std::int64_t active_seeds = 0;
    std::map<std::int64_t, base::Timestamp> searched;  // mailbox → all its folders
    std::optional<base::Timestamp> last_whole_cycle;
    ImapCoverage coverage;
    std::int64_t cycles = 0;
    std::int64_t in_doubt = 0;
    std::optional<base::Timestamp> last_cycle;
    std::optional<base::Timestamp> first_sent;
};

struct Search {
    std::int64_t mailbox_id = 0;
    base::Timestamp at;
};
BOOST_DESCRIBE_STRUCT(Search, (), (mailbox_id, at))

Status read_status(store::Connection& connection, base::Timestamp from, base::Timestamp now) {
    Status status;
    status.mails = warmup::sent_between(connection, from, now + std::chrono::seconds(1));
    const auto replies = warmup::sent_between(
        connection, from, now + std::chrono::seconds(1), warmup::MailKind::reply
    );
    status.replies = warmup::tally(replies, now);
    const auto count = [&](const char* condition) {
        return connection.integer(
            fmt::format("SELECT COUNT(*) FROM mailboxes WHERE status = 'active' AND {}", condition)
        );
    };
    status.active_senders = count("role = 'sender'");
    status.active_seeds = count("role = 'seed'");
    const auto searches = connection.select<Search>(
        "SELECT mailbox_id, MIN(searched_at) FROM imap_cursors WHERE side = 'warmup' GROUP BY "
        "mailbox_id "
        "ORDER BY mailbox_id"
    );
    for (const Search& search : searches) status.searched[search.mailbox_id] = search.at;
    const std::int64_t whole =
        connection.integer("SELECT MAX(started_at) FROM warmup_cycles WHERE finished_at IS NOT NULL"
        );
    if (whole != 0) status.last_whole_cycle = base::Timestamp{whole};
    status.cycles = connection.integer("SELECT COUNT(*) FROM warmup_cycles");
    status.in_doubt = connection.integer(
        "SELECT COUNT(*) FROM emails_warmup WHERE status IN ('in_doubt', 'parked')"
    );
    const std::int64_t last = connection.integer("SELECT MAX(started_at) FROM warmup_cycles");
    if (last != 0) status.last_cycle = base::Timestamp{last};
    const std::int64_t first = connection.integer(
        "SELECT MIN(sent_at) FROM emails_warmup WHERE status = 'accepted' AND email_type = "
        "'warmup_bidirectional'"
    );
    if (first != 0) status.first_sent = base::Timestamp{first};
    return status;
}

ImapCoverage coverage_of(
    const Status& status, const std::vector<mailbox::Mailbox>& mailboxes, base::Timestamp now
) {
    std::vector<SeedFacts> seeds;
    for (const mailbox::Mailbox& mailbox : mailboxes) {
        if (mailbox.role != mailbox::Role::seed) continue;
        SeedFacts facts;
        facts.mailbox = mailbox;
        if (const auto found = status.searched.find(mailbox.id); found != status.searched.end())
            facts.searched_at = found->second;
        for (const warmup::SentMail& mail : status.mails) {
            if (mail.to_ != mailbox.email.str()) continue;
            ++facts.sent;
            facts.unknown += warmup::placement_at(mail, now) == "unknown";
        }
        seeds.push_back(std::move(facts));
    }
    return coverage_of(seeds, status.last_whole_cycle);
}

// The fleet's last two whole days of sending from day 6 of warmup on.
struct Target {
    int day = 0;  // of warmup, today; 0 before the first mail
    warmup::Tally window;
    warmup::Verdict verdict = warmup::Verdict::not_yet_decided;
};

Target judge(const Status& status, const base::TimeZone& zone, base::Timestamp now) {
    Target target;
    if (!status.first_sent) return target;
    const std::int64_t today = base::days_from_date(zone.day_at(now));
    const std::int64_t first = base::days_from_date(zone.day_at(*status.first_sent));
    target.day = static_cast<int>(today - first) + 1;
    std::vector<warmup::SentMail> window;
    for (const warmup::SentMail& mail : status.mails) {
        const std::int64_t day = base::days_from_date(zone.day_at(mail.sent_at));
        if (day - first >= 5 && day >= today - 2 && day < today) window.push_back(mail);
    }
    target.window = warmup::tally(window, now);
    target.verdict = warmup::judge_target(target.window, target.day - 1);
    return target;
}

std::string placement_table(const Status& status, const base::TimeZone& zone, base::Timestamp now) {
    std::vector<std::vector<std::string>> rows = {
        {"day",
         "sender",
         "seeds at",
         "sent",
         "inbox",
         "spam",
         "elsewhere",
         "bounced",
         "pending",
         "missing",
         "unknown",
         "spam rate"}
    };
    for (const auto& [key, tally] : warmup::tally_by_day(status.mails, zone, now)) {
        std::vector<std::string> row = {
            key.day.str(), key.sender, key.provider.empty() ? "other" : key.provider
        };
        for (const int count :
             {tally.sent,
              tally.inbox,
              tally.spam,
              tally.elsewhere,
              tally.bounced,
              tally.pending,
              tally.missing,
              tally.unknown})
            row.push_back(std::to_string(count));
        row.push_back(percent(tally.spam_rate()));
        rows.push_back(std::move(row));
    }
    if (rows.size() == 1) return "no warmup mail was sent yet; try `pilotlight warmup run`\n";
    return "\n" + table(rows);
}

std::string coverage_words(const ImapCoverage& coverage) {
    if (coverage.configured == 0) return {};
    std::vector<std::string> providers;
    for (const ProviderCoverage& one : coverage.providers)
        providers.push_back(fmt::format("{} {} of {}", one.provider, one.watched, one.configured));
    std::string out = fmt::format(
        "IMAP coverage: {} of {} seed mailboxes are watched ({})\n",
        coverage.watched,
        coverage.configured,
        base::join(providers, ", ")
    );
    for (const UnwatchedSeed& seed : coverage.unwatched)
        out += fmt::format(
            "  {} is not: {}\n    it would add: {}\n", seed.email, seed.reason, seed.adds
        );
    return out;
}

boost::json::object as_json(const ImapCoverage& coverage) {
    boost::json::array providers;
    for (const ProviderCoverage& one : coverage.providers)
        providers.push_back(
            {{"provider", one.provider}, {"configured", one.configured}, {"watched", one.watched}}
        );
    boost::json::array unwatched;
    for (const UnwatchedSeed& seed : coverage.unwatched)
        unwatched.push_back(
            {{"mailbox", seed.email},
             {"provider", seed.provider},
             {"reason", seed.reason},
             {"adds", seed.adds}}
        );
    return {
        {"configured", coverage.configured},
        {"watched", coverage.watched},
        {"providers", providers},
        {"unwatched", unwatched}
    };
}

std::string in_words(
    const Status& status, const Target& target, const base::TimeZone& zone, base::Timestamp now
) {
    std::string out = fmt::format(
        "{} active senders, {} active seed mailboxes ({} of them watched), {} cycles{}\n",
        status.active_senders,
        status.active_seeds,
        status.coverage.watched,
        status.cycles,
        status.last_cycle ? ", the last one " + base::to_iso(*status.last_cycle).substr(0, 16) + "Z"
                          : ""
    );
    if (status.in_doubt > 0)
        out += fmt::format(
            "{} messages in doubt; see `pilotlight delivery in-doubt`\n", status.in_doubt
        );
    out += coverage_words(status.coverage);
    out += placement_table(status, zone, now);
    if (status.replies.sent > 0)
        out += fmt::format(
            "\nReplies: {} sent; inbox {}, spam {}, elsewhere {}, pending {}, missing {}\n",
            status.replies.sent,
            status.replies.inbox,
            status.replies.spam,
            status.replies.elsewhere,
            status.replies.pending,
            status.replies.missing
        );
    out += fmt::format(
        "\nTarget: spam below 10 % after day 5 (missing below 5 %). Day {}: {}",
        target.day,
        warmup::to_string(target.verdict)
    );
    if (target.window.sent > 0)
        out += fmt::format(
            " (spam {} of {} found, {}; missing {} of {} sent in the last two days)",
            target.window.spam,
            target.window.inbox + target.window.spam,
            percent(target.window.spam_rate()),
            target.window.missing,
            target.window.sent
        );
    return out + "\n";
}

boost::json::object as_json(
    const Status& status, const Target& target, const base::TimeZone& zone, base::Timestamp now
) {
    boost::json::array placement;
    for (const auto& [key, tally] : warmup::tally_by_day(status.mails, zone, now)) {
        boost::json::object row = to_json(tally);
        row["day"] = key.day.str();
        row["sender"] = key.sender;
        row["provider"] = key.provider;
        placement.push_back(std::move(row));
    }
    boost::json::value last_cycle;
    if (status.last_cycle) last_cycle = base::to_iso(*status.last_cycle);
    return {
        {"senders", status.active_senders},
        {"seeds", status.active_seeds},
        {"seeds_watched", status.coverage.watched},
        {"imap_coverage", as_json(status.coverage)},
        {"cycles", status.cycles},
        {"last_cycle", last_cycle},
        {"in_doubt", status.in_doubt},
        {"placement", placement},
        {"replies", to_json(status.replies)},
        {"target",
         {{"day", target.day},
          {"fleet", to_json(target.window)},
          {"verdict", warmup::to_string(target.verdict)}}},
    };
}

base::Result<int> run(const Invocation& invocation) {
    const auto days = invocation.integer("--days", 14, 1, 365);
    if (!days) return base::pass_on(days);
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const base::TimeZone zone = settings->sending.timezone;
    auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    const base::Timestamp now = (*runtime)->clock().now();
    const base::Timestamp from = now - std::chrono::hours(24) * *days;
    Status status = (*runtime)->run((*runtime)->db().read(
        store::Role::operator_,
        [from, now](store::Connection& connection) { return read_status(connection, from, now); }
    ));
    status.coverage = coverage_of(status, list_mailboxes(**runtime).mailboxes, now);
    const Target target = judge(status, zone, now);
    print(
        invocation.json ? boost::json::serialize(as_json(status, target, zone, now)) + "\n"
                        : in_words(status, target, zone, now)
    );
    return 0;
}

}  // namespace

Command warmup_status_command() {
    return {
        "warmup status",
        "placement by day, sender and provider, and the target",
        "Shows what became of the warmup mail: by day of sending, sender and provider of the seed "
        "mailbox.\n"
        "Placement is where a mail was first found; pending is accepted less than 24 hours ago and "
        "not\n"
        "found, missing is older and in no folder, unknown could not be looked for.\n\n"
        "Examples:\n"
        "  pilotlight warmup status\n"
        "  pilotlight --json warmup status --days 30",
        {},
        {{"--days", "N", "how many days back (14 unless told)"}},
        run
    };
}

}  // namespace cli
