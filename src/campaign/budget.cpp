#include "campaign/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace campaign {

namespace {

constexpr std::int64_t kHour = 3'600'000'000;
constexpr int kHoursOfDay = 25;  // at most, where clocks are set

struct HourRow {
    std::string side;
    std::int64_t hour = 0;
};
BOOST_DESCRIBE_STRUCT(HourRow, (), (side, hour))

struct DayRow {
    int campaign = 0;
    int all = 0;
    int under_way = 0;
};
BOOST_DESCRIBE_STRUCT(DayRow, (), (campaign, all, under_way))

struct DomainRow {
    int sent = 0;
    base::Timestamp since;
};
BOOST_DESCRIBE_STRUCT(DomainRow, (), (sent, since))

// Rows of mailbox_usage in which so many days are for certain.
int hours_of(int days) { return kHoursOfDay * std::clamp(days, 1, 1000); }

// Sending days after which a mailbox may send its most.
int days_to_full(const Limits& limits) {
    const int growth = std::max(1, limits.campaign_growth);
    return (limits.campaign_per_day - std::min(limits.campaign_start, limits.campaign_per_day)) /
               growth +
           1;
}

DayRow read_day(
    store::Connection& connection, const mailbox::Mailbox& mailbox, base::Timestamp now
) {
    return *connection.select_one<DayRow>(
        "SELECT COALESCE(SUM(CASE WHEN side = 'campaign' THEN count ELSE 0 END), 0), "
        "COALESCE(SUM(count), 0) + (SELECT COALESCE(SUM(h.count), 0) FROM mailbox_human_mail h "
        "WHERE h.mailbox_id = :by_hand AND h.hour >= :by_hand_from), (SELECT COUNT(*) FROM "
        "email_drafts d WHERE d.status = 'claimed' AND d.from_account = :account AND d.lease_until "
        "> :now) FROM mailbox_usage WHERE mailbox_id = :mailbox AND hour >= :hour",
        store::values(
            mailbox.id, first_hour(now), mailbox.email.str(), now, mailbox.id, first_hour(now)
        )
    );
}

// Different days, on the mailbox's clocks, on which it sent: as many as the rules count.
void read_days(
    store::Connection& connection,
    const mailbox::Mailbox& mailbox,
    const Limits& limits,
    MailboxLoad& load,
    base::Timestamp now
) {
    const base::Timestamp today = mailbox.zone.start_of_day(mailbox.zone.day_at(now));
    const auto rows = connection.select<HourRow>(
        "SELECT side, hour FROM (SELECT side, hour FROM mailbox_usage WHERE mailbox_id = :mailbox "
        "AND side = 'campaign' AND count > 0 AND hour < :today ORDER BY hour DESC LIMIT :sending) "
        "sending UNION ALL SELECT side, hour FROM (SELECT side, hour FROM mailbox_usage WHERE "
        "mailbox_id = :same AND side = 'warmup' AND count > 0 ORDER BY hour DESC LIMIT :warming) "
        "warming ORDER BY side, hour",
        store::values(
            mailbox.id,
            today.micros / kHour,
            hours_of(days_to_full(limits)),
            mailbox.id,
            hours_of(limits.warmup_days_min)
        )
    );
    std::set<base::Date> sending;
    std::set<base::Date> warmup;
    for (const HourRow& row : rows)
        (row.side == "campaign" ? sending : warmup).insert(mailbox.zone.day_at({row.hour * kHour}));
    load.sending_days = static_cast<int>(sending.size());
    load.warmup_days = static_cast<int>(warmup.size());
}

int cap_of_domain(bool young, const Limits& limits) {
    return young ? limits.domain_per_day_young : limits.domain_per_day;
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
    const int domain_cap = cap_of_domain(load.domain_young, limits);
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

std::int64_t first_hour(base::Timestamp now) { return now.micros / kHour - 24; }

const std::string& domain_sent_sql() {
    // LEFT JOIN keeps SQLite at this order: the mailboxes, then their hours.
    static const std::string sql =
        "SELECT COALESCE(SUM(u.count), 0), COALESCE(MIN(m.created_at), 0) FROM mailboxes m LEFT "
        "JOIN mailbox_usage u ON u.mailbox_id = m.id AND u.side = 'campaign' AND u.hour >= :hour "
        "WHERE lower(m.email) LIKE :pattern";
    return sql;
}

DomainCount domain_count(
    store::Connection& connection,
    std::string_view domain,
    const Limits& limits,
    base::Timestamp now
) {
    const std::string pattern = "%@" + std::string(domain);
    const DomainRow row = *connection.select_one<DomainRow>(
        domain_sent_sql(), store::values(first_hour(now), pattern)
    );
    const std::int64_t under_way = connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE status = 'claimed' AND lease_until > :now AND "
        "lower(from_account) LIKE :pattern",
        store::values(now, pattern)
    );
    const base::Duration youth = std::chrono::hours(24) * std::int64_t{limits.domain_young_days};
    return {row.sent + static_cast<int>(under_way), now - row.since < youth};
}

int domain_left(
    store::Connection& connection,
    std::string_view domain,
    const Limits& limits,
    base::Timestamp now
) {
    const DomainCount count = domain_count(connection, domain, limits, now);
    return cap_of_domain(count.young, limits) - count.sent;
}

MailboxLoad LoadReader::load_of(const mailbox::Mailbox& mailbox) {
    MailboxLoad load;
    const DayRow day = read_day(connection_, mailbox, now_);
    load.sent_all = day.all;
    load.sent_campaign = day.campaign;
    load.under_way = day.under_way;
    read_days(connection_, mailbox, limits_, load, now_);
    auto domain = domains_.find(mailbox.email.domain());
    if (domain == domains_.end())
        domain = domains_
                     .emplace(
                         mailbox.email.domain(),
                         domain_count(connection_, mailbox.email.domain(), limits_, now_)
                     )
                     .first;
    load.domain_campaign = domain->second.sent;
    load.domain_young = domain->second.young;
    return load;
}

}  // namespace campaign
