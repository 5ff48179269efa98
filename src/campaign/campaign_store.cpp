#include "campaign/campaign_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

constexpr int kWokenAtOnce = 500;

const std::string& select_campaigns() {
    static const std::string sql = "SELECT " + store::column_list<Campaign>() + " FROM campaigns ";
    return sql;
}

const std::string& select_texts() {
    static const std::string sql = "SELECT " + store::column_list<Text>() + " FROM campaign_texts ";
    return sql;
}

void add_text(
    store::Connection& connection,
    std::int64_t campaign_id,
    const NewText& text,
    base::Timestamp now
) {
    connection.insert(
        "INSERT INTO campaign_texts (campaign_id, step, variant, share, subject, body, html_body, "
        "created_at) VALUES (:campaign, :step, :variant, :share, :subject, :body, :html, :now)",
        store::values(
            campaign_id,
            text.step,
            text.variant,
            text.share,
            text.subject,
            text.body,
            text.html_body,
            now
        )
    );
}

bool says_the_same(const Text& known, const NewText& wanted) {
    return known.step == wanted.step && known.variant == wanted.variant &&
           known.subject == wanted.subject && known.body == wanted.body &&
           known.html_body == wanted.html_body;
}

// A new split is no new text.
void set_share(store::Connection& connection, const Text& known, int share) {
    if (known.share == share) return;
    connection.execute(
        "UPDATE campaign_texts SET share = :share WHERE id = :id", store::values(share, known.id)
    );
}

TextChanges replace_texts(
    store::Connection& connection, std::int64_t id, std::vector<NewText> wanted, base::Timestamp now
) {
    TextChanges changes;
    for (const Text& known : texts_of(connection, id)) {
        const auto same = std::ranges::find_if(wanted, [&](const NewText& text) {
            return says_the_same(known, text);
        });
        if (same == wanted.end()) {
            connection.execute(
                "UPDATE campaign_texts SET retired_at = :now WHERE id = :id",
                store::values(now, known.id)
            );
            ++changes.retired;
            continue;
        }
        set_share(connection, known, same->share);
        wanted.erase(same);
        ++changes.kept;
    }
    for (const NewText& text : wanted) add_text(connection, id, text, now);
    changes.added = static_cast<int>(wanted.size());
    return changes;
}

std::unexpected<base::Error> no_campaign(std::string words) {
    return base::fail(base::ErrorCode::not_found, "campaign", std::move(words));
}

}  // namespace

std::optional<Campaign> find_campaign(store::Connection& connection, std::string_view name) {
    return connection.select_one<Campaign>(
        select_campaigns() + "WHERE lower(name) = lower(:name) ORDER BY id", store::values(name)
    );
}

base::Result<Campaign> campaign_named(store::Connection& connection, const std::string& name) {
    if (auto found = find_campaign(connection, name)) return std::move(*found);
    std::vector<std::string> names;
    for (const Campaign& campaign : list_campaigns(connection)) names.push_back(campaign.name);
    const std::string shown = base::printable(name, 100);
    if (names.empty())
        return no_campaign(fmt::format(
            "there is no campaign '{}', and no other; make it: pilotlight campaign create", shown
        ));
    return no_campaign(fmt::format(
        "there is no campaign '{}'; there are: {}",
        shown,
        base::printable(base::join(names, ", "), 1000)
    ));
}

std::optional<Campaign> campaign_by_id(store::Connection& connection, std::int64_t id) {
    return connection.select_one<Campaign>(
        select_campaigns() + "WHERE id = :id ORDER BY id", store::values(id)
    );
}

std::vector<Campaign> list_campaigns(store::Connection& connection) {
    return connection.select<Campaign>(select_campaigns() + "ORDER BY id LIMIT 500");
}

base::Result<std::int64_t> create_campaign(
    store::Connection& connection,
    const std::string& name,
    const Settings& settings,
    const std::vector<NewText>& texts,
    base::Timestamp now
) {
    if (find_campaign(connection, name))
        return base::fail(
            base::ErrorCode::already_exists,
            "campaign.create",
            fmt::format("there is a campaign '{}' already", base::printable(name, 100))
        );
    const std::int64_t id = connection.insert(
        "INSERT INTO campaigns (name, settings, created_at) VALUES (:name, :settings, :now)",
        store::values(name, to_json(settings), now)
    );
    for (const NewText& text : texts) add_text(connection, id, text, now);
    ledger::append(connection, {now, "campaign", "campaign", id, "created", "by its owner", "{}"});
    return id;
}

base::Result<TextChanges> update_campaign(
    store::Connection& connection,
    std::int64_t id,
    const Settings& settings,
    const std::vector<NewText>& texts,
    base::Timestamp now
) {
    const auto campaign = campaign_by_id(connection, id);
    if (!campaign) return no_campaign("there is no such campaign");
    if (campaign->status != "draft" && campaign->status != "paused")
        return base::fail(
            base::ErrorCode::conflict,
            "campaign.create",
            fmt::format(
                "'{}' is {}: pause it before you change it (pilotlight campaign pause)",
                base::printable(campaign->name, 100),
                campaign->status
            )
        );
    connection.execute(
        "UPDATE campaigns SET settings = :settings WHERE id = :id",
        store::values(to_json(settings), id)
    );
    const TextChanges changes = replace_texts(connection, id, texts, now);
    ledger::append(
        connection,
        {now,
         "campaign",
         "campaign",
         id,
         "changed",
         "its owner's file",
         fmt::format(
             R"({{"texts_kept": {}, "texts_added": {}, "texts_retired": {}}})",
             changes.kept,
             changes.added,
             changes.retired
         )}
    );
    return changes;
}

bool set_campaign_status(
    store::Connection& connection,
    std::int64_t id,
    std::string_view status,
    std::string_view reason,
    base::Timestamp now
) {
    const auto campaign = campaign_by_id(connection, id);
    if (!campaign || (campaign->status == status && campaign->status_reason == reason))
        return false;
    const bool first_start = status == "active" && !campaign->started_at;
    connection.execute(
        "UPDATE campaigns SET status = :status, status_reason = :reason, started_at = :started "
        "WHERE id = :id",
        store::values(status, reason, first_start ? std::optional(now) : campaign->started_at, id)
    );
    ledger::append(
        connection,
        {now, "campaign", "campaign", id, std::string(status), std::string(reason), "{}"}
    );
    return true;
}

std::optional<std::int64_t> wake_drafts(
    store::Connection& connection, std::int64_t campaign_id, std::int64_t after_id
) {
    std::int64_t last = after_id;
    connection.query(
        fmt::format(
            "SELECT id FROM email_drafts WHERE campaign_id = :campaign AND status = "
            "'ready_to_send' AND id > :after ORDER BY id LIMIT {}",
            kWokenAtOnce
        ),
        store::values(campaign_id, after_id),
        std::vector<store::Column>{store::Column::integer},
        [&](const store::Values& row) { last = std::get<std::int64_t>(row[0]); }
    );
    if (last == after_id) return std::nullopt;
    connection.execute(
        "UPDATE email_drafts SET not_before = 0, wait_reason = '' WHERE campaign_id = :campaign "
        "AND status = 'ready_to_send' AND id > :after AND id <= :last AND wait_reason = :reason",
        store::values(campaign_id, after_id, last, kWaitsForCampaign)
    );
    return last;
}

base::Result<Settings> load_settings(store::Connection& connection, std::int64_t campaign_id) {
    const auto json = connection.text(
        "SELECT settings FROM campaigns WHERE id = :id ORDER BY id", store::values(campaign_id)
    );
    if (!json) return no_campaign("there is no such campaign");
    return settings_from_json(*json);
}

std::vector<Text> texts_of(store::Connection& connection, std::int64_t campaign_id) {
    return connection.select<Text>(
        select_texts() +
            "WHERE campaign_id = :campaign AND retired_at IS NULL "
            "ORDER BY step, variant, id LIMIT 500",
        store::values(campaign_id)
    );
}

std::vector<Text> texts_of_step(store::Connection& connection, std::int64_t campaign_id, int step) {
    return connection.select<Text>(
        select_texts() +
            "WHERE campaign_id = :campaign AND step = :step AND retired_at IS NULL "
            "ORDER BY variant, id LIMIT 500",
        store::values(campaign_id, step)
    );
}

std::optional<Text> text_by_id(store::Connection& connection, std::int64_t id) {
    return connection.select_one<Text>(
        select_texts() + "WHERE id = :id ORDER BY id", store::values(id)
    );
}

}  // namespace campaign
