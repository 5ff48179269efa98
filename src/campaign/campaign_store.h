// The tables `campaigns` and `campaign_texts`. Inside a job: writing on the campaign role, reading
// on the operator's too. Names are compared without case.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "campaign/records.h"
#include "campaign/settings.h"
#include "store/connection.h"

namespace campaign {

// A text as its owner wrote it.
struct NewText {
    int step = 0;
    std::string variant = "a";
    int share = 1;
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    bool operator==(const NewText&) const = default;
};

// Adds a campaign with status draft. already_exists names it, with the mend.
base::Result<std::int64_t> create_campaign(
    store::Connection& connection,
    const std::string& name,
    const Settings& settings,
    const std::vector<NewText>& texts,
    base::Timestamp now
);
// What an update did with the texts.
struct TextChanges {
    int kept = 0;
    int added = 0;
    int retired = 0;  // their rows stay: drafts name them
};
// New settings and texts for a campaign that is draft or paused; conflict otherwise. A text that
// says the same keeps its row (with its canary), one that says something else gets a new one.
base::Result<TextChanges> update_campaign(
    store::Connection& connection,
    std::int64_t id,
    const Settings& settings,
    const std::vector<NewText>& texts,
    base::Timestamp now
);

std::optional<Campaign> find_campaign(store::Connection& connection, std::string_view name);
// The same as a Result: not_found names the campaigns there are.
base::Result<Campaign> campaign_named(store::Connection& connection, const std::string& name);
std::optional<Campaign> campaign_by_id(store::Connection& connection, std::int64_t id);
// In order of id; at most 500.
std::vector<Campaign> list_campaigns(store::Connection& connection);

// draft → active → paused ⇄ active → finished, with the reason and a line in the ledger;
// started_at is set when it becomes active for the first time. False where nothing changed.
bool set_campaign_status(
    store::Connection& connection,
    std::int64_t id,
    std::string_view status,
    std::string_view reason,
    base::Timestamp now
);

// Why a draft waits whose campaign is not active.
inline constexpr std::string_view kWaitsForCampaign = "its campaign does not run";
// Makes due what waits for that reason, among the 500 ready drafts behind `after_id`; the id to go
// on behind, nothing where there are no more.
std::optional<std::int64_t> wake_drafts(
    store::Connection& connection, std::int64_t campaign_id, std::int64_t after_id
);

// The settings of a campaign; not_found, or what settings_from_json says.
base::Result<Settings> load_settings(store::Connection& connection, std::int64_t campaign_id);

// Texts that are not retired, by step and variant; at most 500.
std::vector<Text> texts_of(store::Connection& connection, std::int64_t campaign_id);
std::vector<Text> texts_of_step(store::Connection& connection, std::int64_t campaign_id, int step);
std::optional<Text> text_by_id(store::Connection& connection, std::int64_t id);

}  // namespace campaign
