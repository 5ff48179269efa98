#include "bench/campaign_drafts.h"

#include <fmt/format.h>

#include <stdexcept>

#include "bench/sample_mail.h"
#include "campaign/campaign_store.h"

namespace bench {

namespace {

constexpr auto kRole = store::Role::campaign;
constexpr std::int64_t kRowsPerJob = 20'000;

std::string account_of(std::int64_t number) { return fmt::format("sender{}@sender.test", number); }

void add_mailboxes(
    store::Connection& connection,
    const DraftLoad& load,
    const mailbox::Vault& vault,
    base::Random& random
) {
    for (int i = 0; i < load.mailboxes; ++i) {
        mailbox::NewMailbox added;
        added.email = *base::Email::parse(account_of(i));
        added.name = fmt::format("Person {}", i);
        added.smtp_url = fmt::format("smtps://{}:{}", load.host, load.port);
        added.imap_url = fmt::format("imaps://{}:993", load.host);
        const auto id = mailbox::add(connection, added, vault, random, {1});
        if (!id) throw std::runtime_error(id.error().describe());
    }
}

void add_campaigns(store::Connection& connection, const DraftLoad& load) {
    campaign::Settings settings;
    settings.sender_name = "Ada Sender";
    settings.postal_address = "1 Main Street, Springfield";
    settings.weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    settings.start_hour = 0;
    settings.end_hour = 24;
    for (int i = 0; i < load.campaigns; ++i) {
        const auto id =
            campaign::create_campaign(connection, fmt::format("campaign {}", i), settings, {}, {1});
        if (!id) throw std::runtime_error(id.error().describe());
        campaign::set_campaign_status(connection, *id, "active", "", {1});
    }
}

void add_rows(store::Connection& connection, const DraftLoad& load, std::int64_t first) {
    const std::int64_t end = std::min(first + kRowsPerJob, load.drafts + 1);
    for (std::int64_t i = first; i < end; ++i) {
        const bool followup = i % 10 == 0;
        const std::int64_t mailbox = i / 10 % load.mailboxes;
        const std::int64_t campaign = i % load.campaigns + 1;
        const std::string email = fmt::format("lead{}@company{}.test", i, i);
        connection.execute(
            "INSERT INTO leads (id, campaign_id, email, email_key, organisation, status, "
            "sender_mailbox_id, created_at) VALUES (:id, :campaign, :email, :key, :company, "
            ":status, :sender, 1)",
            store::values(
                i,
                campaign,
                email,
                email,
                fmt::format("company{}.test", i),
                followup ? "active" : "ready",
                followup ? std::optional(mailbox + 1) : std::nullopt
            )
        );
        const std::string text = sample_text(static_cast<std::size_t>(i), kBodyBytes);
        connection.execute(
            "INSERT INTO email_drafts (id, lead_id, campaign_id, to_email, to_name, email_type, "
            "followup_number, subject, body, html_body, from_account, status, review_passed, "
            "created_at) VALUES (:id, :lead, :campaign, :to, 'Charles Lead', :type, :number, "
            ":subject, :body, :html, :account, 'ready_to_send', 1, 1)",
            store::values(
                i,
                i,
                campaign,
                email,
                followup ? "followup" : "initial",
                followup ? 1 : 0,
                fmt::format("A question, number {}", i),
                text,
                load.html ? std::optional(sample_html(text)) : std::nullopt,
                followup ? std::optional(account_of(mailbox)) : std::nullopt
            )
        );
    }
}

}  // namespace

base::Task<> fill_drafts(
    store::Database& db, DraftLoad load, const mailbox::Vault& vault, base::Random& random
) {
    const mailbox::Vault* const key = &vault;
    base::Random* const chance = &random;
    co_await db.run(store::Role::operator_, [=](store::Connection& connection) {
        add_mailboxes(connection, load, *key, *chance);
    });
    co_await db.run(kRole, [load](store::Connection& connection) {
        add_campaigns(connection, load);
    });
    for (std::int64_t first = 1; first <= load.drafts; first += kRowsPerJob)
        co_await db.run(kRole, [load, first](store::Connection& connection) {
            add_rows(connection, load, first);
        });
}

campaign::Limits free_limits() {
    campaign::Limits limits;
    limits.start_hour = 0;
    limits.end_hour = 24;
    limits.campaign_per_day = 1'000'000'000;
    limits.campaign_start = 1'000'000'000;
    limits.mailbox_per_day = 1'000'000'000;
    limits.domain_per_day = 1'000'000'000;
    limits.domain_per_day_young = 1'000'000'000;
    limits.ignore_warmup_days = true;
    limits.gap_any = {};
    limits.gap_campaign_min = {};
    limits.gap_campaign_max = {};
    limits.look_fresh = std::chrono::hours(24);
    return limits;
}

base::Task<campaign::ClaimRules> rules_for(store::Database& db, campaign::Limits limits) {
    campaign::PlanListing listing =
        co_await db.read(kRole, [limits](store::Connection& connection) {
            return campaign::read_plans(connection, limits);
        });
    auto plans = std::make_shared<const campaign::Plans>(std::move(listing.plans));
    co_return campaign::ClaimRules{"bench", limits, std::move(plans), {}};
}

base::Task<std::vector<mailbox::Mailbox>> senders_of(
    store::Database& db, const mailbox::Vault& vault
) {
    const mailbox::Vault* const key = &vault;
    const mailbox::Listing listing = co_await db.read(kRole, [key](store::Connection& connection) {
        return mailbox::list(connection, *key, base::TimeZone());
    });
    co_return listing.mailboxes;
}

base::Task<> note_looks(store::Database& db, base::Timestamp at) {
    co_await db.run(kRole, [at](store::Connection& connection) {
        connection.execute(
            "INSERT INTO imap_cursors (mailbox_id, folder, side, kind, uidvalidity, last_uid, "
            "searched_at) SELECT id, 'INBOX', 'campaign', 'inbox', 1, 1, :at FROM mailboxes",
            store::values(at)
        );
    });
}

}  // namespace bench
