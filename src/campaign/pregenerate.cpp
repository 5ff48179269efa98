#include "campaign/pregenerate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/log.h"
#include "base/time_zone.h"
#include "campaign/campaign_store.h"

namespace campaign {

namespace {

using store::values;

// More of one campaign in one round would not be sent within the time ahead.
constexpr int kLeadsMax = 500;

// A lead whose question failed for itself is asked about again after so long.
constexpr std::chrono::hours kSetBack{1};
// So many in a row are no matter of the leads: the provider refuses whatever it is asked.
constexpr int kRefusedInARow = 5;

std::string waiting_leads_sql(bool again, bool set_back) {
    // A rejected draft waits for a person, unless told to write again. One that is `generating` was
    // begun and left, by a model's silence or a crash: it is taken over.
    const char* const except = again ? "'cancelled', 'failed', 'generating', 'rejected'"
                                     : "'cancelled', 'failed', 'generating'";
    return fmt::format(
        "SELECT l.id FROM leads l WHERE l.campaign_id = :campaign AND l.status = 'ready' AND "
        "COALESCE(l.wait_until, 0) {} :now AND NOT EXISTS (SELECT 1 FROM email_drafts d WHERE "
        "d.lead_id = l.id AND d.followup_number = 0 AND d.status NOT IN ({})) ORDER BY l.id LIMIT "
        "{}",
        set_back ? ">" : "<=",
        except,
        kLeadsMax
    );
}

// Those that are set back come last, and only where a person asks for them.
std::vector<std::int64_t> waiting_leads(
    store::Connection& connection,
    std::int64_t campaign_id,
    const Pregeneration& what,
    base::Timestamp now
) {
    std::vector<std::int64_t> ids;
    const std::vector<store::Column> columns = {store::Column::integer};
    for (const bool set_back : {false, true}) {
        if (set_back && !what.only) break;
        connection.query(
            waiting_leads_sql(what.again, set_back),
            values(campaign_id, now),
            columns,
            [&](const store::Values& row) { ids.push_back(std::get<std::int64_t>(row[0])); }
        );
    }
    if (ids.size() > kLeadsMax) ids.resize(kLeadsMax);
    return ids;
}

Stock stock_of(
    store::Connection& connection,
    std::int64_t campaign_id,
    const Pregeneration& what,
    base::Timestamp now
) {
    Stock stock{campaign_id};
    stock.ready = static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE campaign_id = :campaign AND status IN "
        "('ready_to_send', 'claimed') AND email_type = 'initial'",
        values(campaign_id)
    ));
    stock.leads_waiting =
        static_cast<int>(waiting_leads(connection, campaign_id, what, now).size());
    return stock;
}

struct Situation {
    std::vector<Stock> stocks;
    int written_today = 0;
};

Situation situation(
    store::Connection& connection,
    const Pregeneration& what,
    base::Timestamp day_begin,
    base::Timestamp now
) {
    Situation found;
    if (what.only) {
        found.stocks.push_back(stock_of(connection, *what.only, what, now));
    } else {
        for (const Campaign& campaign : list_campaigns(connection))
            if (campaign.status == "active")
                found.stocks.push_back(stock_of(connection, campaign.id, what, now));
    }
    found.written_today = static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE created_at >= :begin AND written_by IN ('model', "
        "'template') AND email_type = 'initial'",
        values(day_begin)
    ));
    return found;
}

struct Turn {
    std::int64_t campaign_id = 0;
    std::int64_t lead_id = 0;
};

// One lead after the other, a campaign at a time in turn.
std::vector<Turn> in_turn(
    const std::vector<Order>& orders, const std::map<std::int64_t, std::vector<std::int64_t>>& leads
) {
    std::vector<Turn> line;
    for (std::size_t place = 0; place < kLeadsMax; ++place)
        for (const Order& order : orders) {
            const std::vector<std::int64_t>& own = leads.at(order.campaign_id);
            if (place < static_cast<std::size_t>(order.count) && place < own.size())
                line.push_back({order.campaign_id, own[place]});
        }
    return line;
}

// What one lead's failure says about the next one's chances.
enum class Reach { lead_alone, lead, campaign, round };

Reach reach_of(base::ErrorCode code) {
    using base::ErrorCode;
    switch (code) {
        case ErrorCode::conflict:
        case ErrorCode::cancelled:
            return Reach::lead_alone;  // it changed: it does not wait any more
        case ErrorCode::refused:
        case ErrorCode::protocol:
        case ErrorCode::limit_exceeded:
            return Reach::lead;  // this question
        case ErrorCode::not_found:
        case ErrorCode::invalid_input:
            return Reach::campaign;  // its texts or settings
        default:
            return Reach::round;  // no model, no key, no network, no time
    }
}

// What was rejected before makes place for the new draft.
void cancel_rejected(store::Connection& connection, std::int64_t lead_id, base::Timestamp now) {
    std::vector<std::int64_t> ids;
    const std::vector<store::Column> columns = {store::Column::integer};
    connection.query(
        "SELECT id FROM email_drafts WHERE lead_id = :lead AND followup_number = 0 AND status = "
        "'rejected' ORDER BY id",
        values(lead_id),
        columns,
        [&](const store::Values& row) { ids.push_back(std::get<std::int64_t>(row[0])); }
    );
    for (const std::int64_t id : ids)
        set_draft_status(connection, id, "rejected", "cancelled", "written again", now);
}

base::Task<std::vector<Turn>> leads_in_turn(
    store::Database& db, std::vector<Order> orders, Pregeneration what, base::Timestamp now
) {
    std::map<std::int64_t, std::vector<std::int64_t>> leads;
    for (const Order& order : orders) {
        auto read = [id = order.campaign_id, what, now](store::Connection& connection) {
            return waiting_leads(connection, id, what, now);
        };
        leads[order.campaign_id] = co_await db.read(store::Role::campaign, read);
    }
    co_return in_turn(orders, leads);
}

base::Task<std::string> status_of(store::Database& db, std::int64_t draft_id) {
    auto read = [draft_id](store::Connection& connection) {
        const auto draft = find_draft(connection, draft_id);
        return draft ? draft->status : std::string();
    };
    co_return co_await db.read(store::Role::campaign, read);
}

base::Task<base::Result<std::string>> write_one(
    Context& context, DraftWriter& writer, std::int64_t lead_id, bool again
) {
    if (again) {
        auto job = [lead_id, now = context.clock.now()](store::Connection& connection) {
            cancel_rejected(connection, lead_id, now);
        };
        co_await context.db.run(store::Role::campaign, job);
    }
    const base::Result<std::int64_t> draft = co_await writer.write(lead_id, 0);
    if (!draft) co_return base::pass_on(draft);
    std::string status = co_await status_of(context.db, *draft);
    co_return status;
}

// So that it does not stand first in every round.
base::Task<> set_back(Context& context, std::int64_t lead_id) {
    const base::Timestamp until = context.clock.now() + kSetBack;
    auto job = [lead_id, until](store::Connection& connection) {
        connection.execute(
            "UPDATE leads SET wait_until = :until WHERE id = :id AND status = 'ready' AND "
            "COALESCE(wait_until, 0) < :later",
            values(until, lead_id, until)
        );
    };
    co_await context.db.run(store::Role::campaign, job);
}

// What the failures of a round add up to.
struct Failures {
    std::set<std::int64_t> campaigns;  // with nothing more to be written in this round
    int in_a_row = 0;

    // True where the round is over.
    bool note(const Turn& turn, Reach reach) {
        in_a_row = reach == Reach::lead ? in_a_row + 1 : 0;
        if (reach == Reach::campaign) campaigns.insert(turn.campaign_id);
        return reach == Reach::round || in_a_row >= kRefusedInARow;
    }
};

}  // namespace

std::vector<Order> plan_drafts(std::vector<Stock> stocks, const PlanLimits& limits) {
    int left = limits.capacity;
    for (const Stock& stock : stocks) left -= stock.ready;
    left = std::min(left, limits.written_max - limits.written_today);
    std::ranges::sort(stocks, {}, [](const Stock& stock) {
        return std::pair(stock.ready, stock.campaign_id);
    });
    std::vector<Order> orders;
    for (const Stock& stock : stocks) orders.push_back({stock.campaign_id, 0});
    bool given = true;
    while (left > 0 && given) {
        given = false;
        for (std::size_t i = 0; i < stocks.size() && left > 0; ++i) {
            if (orders[i].count >= stocks[i].leads_waiting) continue;
            ++orders[i].count;
            --left;
            given = true;
        }
    }
    std::erase_if(orders, [](const Order& order) { return order.count == 0; });
    return orders;
}

base::Task<Pregenerated> pregenerate(Context context, Pregeneration what) {
    const base::Timestamp begin = context.clock.now();
    const base::TimeZone& zone = context.limits.zone;
    const base::Timestamp day_begin = zone.start_of_day(zone.day_at(begin));
    auto read = [what, day_begin, begin](store::Connection& connection) {
        return situation(connection, what, day_begin, begin);
    };
    const Situation now = co_await context.db.read(store::Role::campaign, read);
    PlanLimits limits{what.capacity, now.written_today, context.limits.drafts_per_day};
    if (what.only) limits.capacity = now.stocks.front().ready + what.count;
    const std::vector<Order> orders = plan_drafts(now.stocks, limits);
    const auto line = co_await leads_in_turn(context.db, orders, what, begin);
    DraftWriter writer(context);
    Pregenerated done;
    if (line.empty() && limits.written_today >= limits.written_max)
        done.stopped = fmt::format("the {} new drafts of the day are written", limits.written_max);
    Failures failures;
    int count = 0;
    for (const Turn& turn : line) {
        if (!what.wanted()) {
            done.stopped = "the rest is for the next round";
            break;
        }
        if (failures.campaigns.contains(turn.campaign_id)) continue;
        const base::Result<std::string> status =
            co_await write_one(context, writer, turn.lead_id, what.again);
        if (status) {
            ++(*status == "rejected" ? done.rejected : done.ready);
            failures.in_a_row = 0;
        } else {
            const base::Error& error = status.error();
            base::log::info("campaign", "lead {}: {}", turn.lead_id, error.describe());
            const Reach reach = reach_of(error.code);
            const bool over = failures.note(turn, reach);
            if (reach == Reach::lead) co_await set_back(context, turn.lead_id);
            if (reach == Reach::lead || reach == Reach::lead_alone) ++done.left_out;
            if (over || reach == Reach::campaign) done.stopped = error.describe();
            if (over) break;
        }
        if (what.progress) what.progress(++count, static_cast<int>(line.size()));
    }
    co_return done;
}

}  // namespace campaign
