#include "campaign/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace campaign {

namespace {

constexpr std::int64_t kHour = 3'600'000'000;
// More hours than the days that any of the rules counts have.
constexpr int kHoursRead = 24 * 60;

struct HourRow {
    std::int64_t hour = 0;
};
BOOST_DESCRIBE_STRUCT(HourRow, (), (hour))

struct SideCount {
    std::string side;
    int count = 0;
};
BOOST_DESCRIBE_STRUCT(SideCount, (), (side, count))

struct DomainCount {
    int sent = 0;
    base::Timestamp since;
};
BOOST_DESCRIBE_STRUCT(DomainCount, (), (sent, since))

std::int64_t first_hour(base::Timestamp now) { return now.micros / kHour - 24; }

// Different days, on the mailbox's clocks, on which it sent; at most `enough` of them are needed.
int days_of(
    store::Connection& connection,
    const mailbox::Mailbox& mailbox,
    std::string_view side,
    base::Timestamp before
) {
    const auto rows = connection.select<HourRow>(
        "SELECT hour FROM mailbox_usage WHERE mailbox_id = :mailbox AND side = :side AND count > 0 "
        "AND hour < :before ORDER BY hour DESC LIMIT :count",
        store::values(mailbox.id, side, before.micros / kHour, kHoursRead)
    );
    std::set<base::Date> days;
    for (const HourRow& row : rows) days.insert(mailbox.zone.day_at({row.hour * kHour}));
    return static_cast<int>(days.size());
}

// Of all mailboxes with this domain, removed ones too; claims that run count as sent.
DomainCount domain_count(
    store::Connection& connection, std::string_view domain, base::Timestamp now
) {
    const std::string pattern = "%@" + std::string(domain);
    DomainCount out = *connection.select_one<DomainCount>(
        "SELECT COALESCE(SUM(u.count), 0), (SELECT COALESCE(MIN(created_at), 0) FROM mailboxes "
        "WHERE lower(email) LIKE :pattern) FROM mailbox_usage u JOIN mailboxes m "
        "ON m.id = u.mailbox_id WHERE lower(m.email) LIKE :same AND u.side = 'campaign' "
        "AND u.hour > :hour",
        store::values(pattern, pattern, first_hour(now))
    );
    out.sent += static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE status = 'claimed' AND lease_until > :now AND "
        "lower(from_account) LIKE :pattern",
        store::values(now, pattern)
    ));
    return out;
}

void take(Budget& budget, int left, std::string reason) {
    if (left >= budget.left) return;
    budget.left = std::max(0, left);
    budget.reason = std::move(reason);
}

}  // namespace

int campaign_cap(int sending_days, const Limits& limits) {
    return std::min(
        limits.campaign_per_day, limits.campaign_start + limits.campaign_growth * sending_days
    );
}

Budget budget_of(const MailboxLoad& load, const Limits& limits) {
    if (load.warmup_days < limits.warmup_days_min && !limits.ignore_warmup_days)
        return {
            0,
            fmt::format(
                "{} of {} warmup days are behind it", load.warmup_days, limits.warmup_days_min
            )
        };
    const int cap = campaign_cap(load.sending_days, limits);
    const int domain_cap = load.domain_young ? limits.domain_per_day_young : limits.domain_per_day;
    Budget budget{1'000'000, {}};
    take(
        budget,
        cap - load.sent_campaign - load.under_way,
        fmt::format("its {} campaign mails of a day are sent", cap)
    );
    take(
        budget,
        limits.mailbox_per_day - load.sent_all - load.under_way,
        fmt::format("its {} mails of a day are sent, warmup included", limits.mailbox_per_day)
    );
    take(
        budget,
        domain_cap - load.domain_campaign,
        fmt::format("the {} campaign mails of its domain's day are sent", domain_cap)
    );
    if (budget.left > 0) budget.reason.clear();
    return budget;
}

DayCount sent_in_day(store::Connection& connection, std::int64_t mailbox_id, base::Timestamp now) {
    DayCount out;
    const auto rows = connection.select<SideCount>(
        "SELECT side, COALESCE(SUM(count), 0) FROM mailbox_usage WHERE mailbox_id = :mailbox "
        "AND hour > :hour GROUP BY side ORDER BY side",
        store::values(mailbox_id, first_hour(now))
    );
    for (const SideCount& row : rows) {
        out.all += row.count;
        if (row.side == "campaign") out.campaign = row.count;
    }
    out.all += static_cast<int>(connection.integer(
        "SELECT COALESCE(SUM(count), 0) FROM mailbox_human_mail WHERE mailbox_id = :mailbox "
        "AND hour > :hour",
        store::values(mailbox_id, first_hour(now))
    ));
    return out;
}

MailboxLoad load_of(
    store::Connection& connection,
    const mailbox::Mailbox& mailbox,
    const Limits& limits,
    base::Timestamp now
) {
    MailboxLoad load;
    const DayCount day = sent_in_day(connection, mailbox.id, now);
    load.sent_all = day.all;
    load.sent_campaign = day.campaign;
    load.under_way = static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE status = 'claimed' AND lease_until > :now AND "
        "from_account = :account",
        store::values(now, mailbox.email.str())
    ));
    const base::Timestamp today = mailbox.zone.start_of_day(mailbox.zone.day_at(now));
    load.sending_days = days_of(connection, mailbox, "campaign", today);
    load.warmup_days = days_of(connection, mailbox, "warmup", now + std::chrono::hours(1));
    const DomainCount domain = domain_count(connection, mailbox.email.domain(), now);
    load.domain_campaign = domain.sent;
    load.domain_young =
        now - domain.since < std::chrono::hours(24) * std::int64_t{limits.domain_young_days};
    return load;
}

}  // namespace campaign
