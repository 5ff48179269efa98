// What the campaign side works with; everything is handed in (DESIGN section 4). It names no warmup
// part: the templates of warmup can't be reached from here.
#pragma once
#include "base/clock.h"
#include "base/random.h"
#include "base/time_zone.h"
#include "delivery/token.h"
#include "llm/chat_model.h"
#include "mailbox/connector.h"
#include "mailbox/vault.h"
#include "store/database.h"

namespace campaign {

// Plain numbers that all campaigns share, filled by engine/ from pilotlight.toml
// (shared defaults: providers.md 4.4).
struct Limits {
    base::TimeZone zone;  // [sending] timezone
    int start_hour = 9;
    int end_hour = 17;
    int campaign_per_day = 30;  // of a mailbox, at most; it starts lower and grows
    int campaign_start = 5;
    int campaign_growth = 2;   // more a sending day
    int mailbox_per_day = 40;  // warmup, campaign and the human's own mail together
    int warmup_days_min = 14;  // before the first campaign mail
    bool ignore_warmup_days = false;
    base::Duration gap_any = std::chrono::seconds(90);
    base::Duration gap_campaign_min = std::chrono::minutes(7);
    base::Duration gap_campaign_max = std::chrono::minutes(12);
    int organisation_per_day = 1;
    int organisation_in_sequence = 3;
    int domain_per_day_young = 100;  // of a sending domain, in its first domain_young_days
    int domain_per_day = 200;
    int domain_young_days = 60;
    base::Duration lease = std::chrono::minutes(10);
    base::Duration look_fresh = std::chrono::minutes(15);  // before a follow-up
    base::Duration thread_id_wait = std::chrono::hours(24);
    int mails_max = 3;  // to one lead
    int drafts_per_day = 300;
    base::Duration drafts_ahead = std::chrono::hours(48);
    bool send_through_seeds = false;  // PRIMARY_SENDER_MODE=warmup
    bool sent_copies = true;
    std::string unsubscribe_url;  // base of the public URL ("https://u.example.com"); empty: none
    std::string token_header;     // of warmup's mail: what it marks is none of ours
};

struct Context {
    store::Database& db;
    mailbox::Connector& connector;
    llm::ChatModel& model;  // the campaigns' own (llm/campaign_model.h)
    base::Clock& clock;
    base::Random& random;
    const mailbox::Vault& vault;
    const delivery::TokenMint& mint;
    Limits limits;
};

}  // namespace campaign
