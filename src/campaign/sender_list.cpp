#include "campaign/sender_list.h"

#include <fmt/format.h>

#include "campaign/gap.h"
#include "delivery/halt.h"
#include "ledger/ledger.h"
#include "mailbox/gaps.h"
#include "mailbox/mailboxes.h"
#include "mailbox/pauses.h"
#include "mailbox/presets.h"

namespace campaign {

namespace {

constexpr auto kRole = store::Role::campaign;
constexpr std::size_t kMailboxesPerJob = 16;

struct Start {
    mailbox::Listing listing;
    PlanListing plans;
    std::optional<std::string> halted;
};

// Why a mailbox is left alone whatever its budget; "" where it is not.
std::string unusable(const mailbox::Mailbox& mailbox) {
    if (mailbox.status == mailbox::Status::paused)
        return mailbox.status_reason.empty() ? "it is paused" : "paused: " + mailbox.status_reason;
    if (!mailbox.can_log_in()) return "nobody can log in: its password is not known";
    if (!mailbox.policy_settled()) return "its provider's policy was not accepted";
    if (mailbox.mode == mailbox::Mode::measure) return "it is only measured";
    return {};
}

bool has_bound_drafts(store::Connection& connection, const std::string& account) {
    return connection.integer(
               "SELECT COUNT(*) FROM (SELECT id FROM email_drafts WHERE status = 'ready_to_send' "
               "AND from_account = :account ORDER BY not_before, id LIMIT 1) waiting",
               store::values(account)
           ) > 0;
}

// Notes why a mailbox is held, once for each reason.
void note_hold(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& reason,
    base::Timestamp now
) {
    const std::string before =
        connection
            .text(
                "SELECT campaign_hold FROM mailbox_gaps WHERE mailbox_id = :id ORDER BY mailbox_id",
                store::values(mailbox_id)
            )
            .value_or("");
    if (before == reason) return;
    connection.execute(
        "INSERT INTO mailbox_gaps (mailbox_id, last_mail_at, campaign_hold) VALUES (:id, 0, "
        ":reason) ON CONFLICT (mailbox_id) DO UPDATE SET campaign_hold = excluded.campaign_hold",
        store::values(mailbox_id, reason)
    );
    ledger::append(
        connection,
        {now,
         "campaign",
         "mailbox",
         mailbox_id,
         reason.empty() ? "campaigns go on" : "campaigns wait",
         reason,
         "{}"}
    );
}

// One mailbox; it becomes a sender or a hold.
void read_one(
    store::Connection& connection,
    const mailbox::Mailbox& mailbox,
    const Limits& limits,
    LoadReader& loads,
    SenderList& list,
    base::Timestamp now
) {
    const auto role = limits.send_through_seeds ? mailbox::Role::seed : mailbox::Role::sender;
    Sender sender;
    sender.mailbox = mailbox;
    sender.initials = mailbox.role == role;
    if (!sender.initials && !has_bound_drafts(connection, mailbox.email.str())) return;
    std::string reason = unusable(mailbox);
    if (reason.empty()) {
        const MailboxLoad load = loads.load_of(mailbox);
        const Budget budget = budget_of(load, limits);
        reason = budget.reason;
        sender.campaign_cap = campaign_cap(load.sending_days, limits);
        sender.state = {
            mailbox.id,
            mailbox::family_of(mailbox.provider),
            load.sent_campaign,
            budget.left,
            due_at(mailbox::gap_of(connection, mailbox.id), limits)
        };
    }
    note_hold(connection, mailbox.id, reason, now);
    if (reason.empty())
        list.senders.push_back(std::move(sender));
    else
        list.holds.push_back({mailbox.email.str(), reason});
}

}  // namespace

base::Task<SenderList> read_senders(Context context) {
    const Limits limits = context.limits;
    const mailbox::Vault vault = context.vault;
    const base::Timestamp now = context.clock.now();
    Start start =
        co_await context.db.run(kRole, [limits, vault, now](store::Connection& connection) {
            mailbox::lift_ended(connection, "campaign", now);
            return Start{
                mailbox::list(connection, vault, limits.zone),
                read_plans(connection, limits),
                delivery::halted(connection)
            };
        });
    SenderList list;
    list.halted = std::move(start.halted);
    list.problems = std::move(start.plans.problems);
    for (std::string& problem : start.listing.problems) list.problems.push_back(std::move(problem));
    list.plans = std::make_shared<const Plans>(std::move(start.plans.plans));
    const std::vector<mailbox::Mailbox>& all = start.listing.mailboxes;
    for (std::size_t begin = 0; begin < all.size(); begin += kMailboxesPerJob) {
        const std::size_t end = std::min(begin + kMailboxesPerJob, all.size());
        const std::vector<mailbox::Mailbox> some(
            all.begin() + static_cast<std::ptrdiff_t>(begin),
            all.begin() + static_cast<std::ptrdiff_t>(end)
        );
        SenderList read =
            co_await context.db.run(kRole, [some, limits, now](store::Connection& connection) {
                SenderList out;
                LoadReader loads(connection, limits, now);
                for (const mailbox::Mailbox& one : some)
                    read_one(connection, one, limits, loads, out, now);
                return out;
            });
        for (Sender& one : read.senders) list.senders.push_back(std::move(one));
        for (MailboxHold& one : read.holds) list.holds.push_back(std::move(one));
    }
    co_return list;
}

std::vector<ClaimResult> claim_some(
    store::Connection& connection,
    const std::vector<Sender>& senders,
    const ClaimRules& rules,
    int limit,
    base::Timestamp now
) {
    std::vector<ClaimTurn> turns;
    for (const Sender& sender : senders) turns.push_back({&sender.mailbox, sender.initials});
    return claim_each(connection, turns, rules, limit, now);
}

}  // namespace campaign
