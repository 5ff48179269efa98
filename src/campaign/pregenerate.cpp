#include "campaign/pregenerate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/log.h"
#include "base/time_zone.h"
#include "campaign/campaign_store.h"

namespace campaign {

namespace {

using store::values;

// More of one campaign in one round would not be sent within the time ahead.
constexpr int kLeadsMax = 500;

std::string waiting_leads_sql(bool again) {
    // A rejected draft waits for a person, unless told to write again.
    const char* const except =
        again ? "'cancelled', 'failed', 'rejected'" : "'cancelled', 'failed'";
    return fmt::format(
        "SELECT l.id FROM leads l WHERE l.campaign_id = :campaign AND l.status = 'ready' AND NOT "
        "EXISTS (SELECT 1 FROM email_drafts d WHERE d.lead_id = l.id AND d.followup_number = 0 AND "
        "d.status NOT IN ({})) ORDER BY l.id LIMIT {}",
        except,
        kLeadsMax
    );
}

std::vector<std::int64_t> waiting_leads(
    store::Connection& connection, std::int64_t campaign_id, bool again
) {
    std::vector<std::int64_t> ids;
    const std::vector<store::Column> columns = {store::Column::integer};
    connection.query(
        waiting_leads_sql(again),
        values(campaign_id),
        columns,
        [&](const store::Values& row) { ids.push_back(std::get<std::int64_t>(row[0])); }
    );
    return ids;
}

Stock stock_of(store::Connection& connection, std::int64_t campaign_id, bool again) {
    Stock stock{campaign_id};
    stock.ready = static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE campaign_id = :campaign AND status IN "
        "('generating', 'ready_to_send', 'claimed') AND email_type = 'initial'",
        values(campaign_id)
    ));
    stock.leads_waiting = static_cast<int>(waiting_leads(connection, campaign_id, again).size());
    return stock;
}

struct Situation {
    std::vector<Stock> stocks;
    int written_today = 0;
};

Situation situation(
    store::Connection& connection, const Pregeneration& what, base::Timestamp day_begin
) {
    Situation now;
    if (what.only) {
        now.stocks.push_back(stock_of(connection, *what.only, what.again));
    } else {
        for (const Campaign& campaign : list_campaigns(connection))
            if (campaign.status == "active")
                now.stocks.push_back(stock_of(connection, campaign.id, what.again));
    }
    now.written_today = static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE created_at >= :begin AND written_by IN ('model', "
        "'template') AND email_type = 'initial'",
        values(day_begin)
    ));
    return now;
}

// One lead after the other, a campaign at a time in turn.
std::vector<std::int64_t> in_turn(
    const std::vector<Order>& orders, const std::map<std::int64_t, std::vector<std::int64_t>>& leads
) {
    std::vector<std::int64_t> line;
    for (std::size_t place = 0; place < kLeadsMax; ++place)
        for (const Order& order : orders) {
            const std::vector<std::int64_t>& own = leads.at(order.campaign_id);
            if (place < static_cast<std::size_t>(order.count) && place < own.size())
                line.push_back(own[place]);
        }
    return line;
}

// What one lead's failure says about the next one's chances.
bool ends_round(base::ErrorCode code) {
    return code != base::ErrorCode::conflict && code != base::ErrorCode::protocol &&
           code != base::ErrorCode::cancelled;
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

base::Task<std::vector<std::int64_t>> leads_in_turn(
    store::Database& db, std::vector<Order> orders, bool again
) {
    std::map<std::int64_t, std::vector<std::int64_t>> leads;
    for (const Order& order : orders) {
        auto read = [id = order.campaign_id, again](store::Connection& connection) {
            return waiting_leads(connection, id, again);
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
    auto read = [what, day_begin](store::Connection& connection) {
        return situation(connection, what, day_begin);
    };
    const Situation now = co_await context.db.read(store::Role::campaign, read);
    PlanLimits limits{what.capacity, now.written_today, context.limits.drafts_per_day};
    if (what.only) limits.capacity = now.stocks.front().ready + what.count;
    const std::vector<Order> orders = plan_drafts(now.stocks, limits);
    const auto leads = co_await leads_in_turn(context.db, orders, what.again);
    DraftWriter writer(context);
    Pregenerated done;
    if (leads.empty() && limits.written_today >= limits.written_max)
        done.stopped = fmt::format("the {} new drafts of the day are written", limits.written_max);
    int count = 0;
    for (const std::int64_t lead : leads) {
        if (!what.wanted()) {
            done.stopped = "the rest is for the next round";
            break;
        }
        const base::Result<std::string> status =
            co_await write_one(context, writer, lead, what.again);
        if (status)
            ++(*status == "rejected" ? done.rejected : done.ready);
        else if (!ends_round(status.error().code))
            ++done.left_out;
        if (!status) base::log::info("campaign", "lead {}: {}", lead, status.error().describe());
        if (!status && ends_round(status.error().code)) {
            done.stopped = status.error().describe();
            break;
        }
        if (what.progress) what.progress(++count, static_cast<int>(leads.size()));
    }
    co_return done;
}

}  // namespace campaign
