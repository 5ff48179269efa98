#include "campaign/followups.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/message_id.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "mailbox/presets.h"

namespace campaign {

namespace {

constexpr std::chrono::hours kAskAgain{1};
// The providers whose submission servers are known to leave a valid Message-ID alone (Gmail and
// Workspace, providers.md 4.1); of others a copy has to show it.
constexpr std::string_view kKeeper = "gmail";

auto conflict(std::string words) {
    return base::fail(base::ErrorCode::conflict, "campaign.followup", std::move(words));
}

// A mail of ours to a lead, as far as its thread needs it.
struct Sent {
    std::string message_id;
    std::string provider_message_id;
    std::string subject;
    std::string in_reply_to;
    int step = 0;
    std::int64_t mailbox_id = 0;
    std::string account;
    std::string provider;
    std::string mailbox_status;
};
BOOST_DESCRIBE_STRUCT(
    Sent,
    (),
    (message_id,
     provider_message_id,
     subject,
     in_reply_to,
     step,
     mailbox_id,
     account,
     provider,
     mailbox_status)
)

std::vector<Sent> sent_to(store::Connection& connection, std::int64_t lead_id) {
    return connection.select<Sent>(
        "SELECT e.message_id, COALESCE(e.provider_message_id, ''), e.subject, "
        "COALESCE(e.in_reply_to, ''), e.followup_number, e.from_mailbox_id, "
        "COALESCE(m.email, ''), COALESCE(m.provider, ''), COALESCE(m.status, 'removed') "
        "FROM emails_campaign e LEFT JOIN mailboxes m ON m.id = e.from_mailbox_id "
        "WHERE e.lead_id = :lead AND e.email_type <> 'answer' AND e.status = 'accepted' "
        "ORDER BY e.followup_number, e.id",
        store::values(lead_id)
    );
}

// What the lead's side knows a mail by; nothing while nobody knows.
std::optional<base::MessageId> known_id(const Sent& mail) {
    if (!mail.provider_message_id.empty()) return base::MessageId::parse(mail.provider_message_id);
    if (keeps_message_ids(mail.provider)) return base::MessageId::parse(mail.message_id);
    return std::nullopt;
}

ThreadPlan thread_of(const std::vector<Sent>& mails) {
    ThreadPlan plan;
    plan.from_account = mails.front().account;
    plan.same_thread = true;
    plan.subject = "Re: " + mails.front().subject;
    for (const Sent& mail : mails) {
        // Others opened a thread of their own.
        if (mail.step != 0 && mail.in_reply_to.empty()) continue;
        const auto id = known_id(mail);
        if (!id) continue;
        plan.references += (plan.references.empty() ? "" : " ") + id->bracketed();
        plan.in_reply_to = id->bracketed();
    }
    return plan;
}

struct DueRow {
    std::int64_t lead_id = 0;
    int step = 0;
    std::int64_t mailbox_id = 0;
    base::Timestamp due_at;
    std::string mailbox_status;
};
BOOST_DESCRIBE_STRUCT(DueRow, (), (lead_id, step, mailbox_id, due_at, mailbox_status))

struct Running {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Running, (), (id))

std::vector<DueRow> due_rows(
    store::Connection& connection, std::int64_t campaign_id, base::Timestamp now, int count_max
) {
    // A paused mailbox makes its leads wait: they are not even looked at. A draft that was begun
    // and left by a crash is none: whoever writes takes it over.
    return connection.select<DueRow>(
        "SELECT l.id, l.next_step, COALESCE(l.sender_mailbox_id, 0), l.next_step_at, "
        "COALESCE(m.status, 'removed') FROM leads l LEFT JOIN mailboxes m ON m.id = "
        "l.sender_mailbox_id WHERE l.campaign_id = :campaign AND l.status = 'active' AND "
        "l.next_step_at IS NOT NULL AND l.next_step_at <= :now AND COALESCE(l.wait_until, 0) <= "
        ":again AND COALESCE(m.status, 'removed') <> 'paused' AND NOT EXISTS (SELECT 1 FROM "
        "email_drafts d WHERE d.lead_id = l.id AND d.followup_number = l.next_step AND d.status "
        "NOT IN ('cancelled', 'generating')) ORDER BY l.next_step_at, l.id LIMIT :count",
        store::values(campaign_id, now, now, count_max)
    );
}

void look_at(
    store::Connection& connection,
    const DueRow& row,
    const Settings& settings,
    const Limits& limits,
    FollowupLook& look,
    base::Timestamp now
) {
    const auto step = static_cast<std::size_t>(row.step);
    if (step >= settings.steps.size() || row.step >= limits.mails_max)
        return look.endings.push_back({row.lead_id, "finished", "it got its last mail"});
    if (row.mailbox_status == "removed")
        return look.endings.push_back(
            {row.lead_id, "stopped", "the mailbox of the first mail was removed"}
        );
    const bool same_thread = settings.steps[step].same_thread;
    const auto plan = thread_for(connection, row.lead_id, row.step, same_thread, limits, now);
    if (!plan)
        look.endings.push_back({row.lead_id, "stopped", plan.error().message});
    else if (plan->wait_until)
        look.waits.push_back({row.lead_id, *plan->wait_until});
    else
        look.write.push_back({row.lead_id, row.step, row.due_at});
}

}  // namespace

bool keeps_message_ids(const std::string& provider) {
    return mailbox::family_of(provider) == kKeeper;
}

std::optional<std::string> message_id_in_reply(const std::string& server_reply) {
    const std::size_t open = server_reply.find('<');
    const std::size_t close = open == std::string::npos ? open : server_reply.find('>', open);
    if (close == std::string::npos) return std::nullopt;
    const std::string inside = server_reply.substr(open + 1, close - open - 1);
    if (inside.find('@') == std::string::npos) return std::nullopt;
    const auto id = base::MessageId::parse(inside);
    return id ? std::optional(id->str()) : std::nullopt;
}

base::Result<ThreadPlan> thread_for(
    store::Connection& connection,
    std::int64_t lead_id,
    int step,
    bool same_thread,
    const Limits& limits,
    base::Timestamp now
) {
    const std::vector<Sent> mails = sent_to(connection, lead_id);
    if (mails.empty() || mails.front().step != 0)
        return conflict(fmt::format("no first mail to lead {} was accepted", lead_id));
    if (mails.front().mailbox_status == "removed")
        return conflict("the mailbox of the first mail was removed");
    if (step <= mails.back().step)
        return conflict(fmt::format("step {} went to lead {} already", step, lead_id));
    ThreadPlan alone;
    alone.from_account = mails.front().account;
    if (!same_thread) return alone;
    if (known_id(mails.front())) return thread_of(mails);
    const auto due = connection.integer(
        "SELECT COALESCE(next_step_at, 0) FROM leads WHERE id = :id ORDER BY id",
        store::values(lead_id)
    );
    const base::Timestamp patience =
        (due == 0 ? now : base::Timestamp{due}) + limits.thread_id_wait;
    if (now >= patience) {
        // The step was meant for a thread and has no subject of its own.
        alone.subject = mails.front().subject;
        return alone;
    }
    alone.same_thread = true;
    alone.wait_until = std::min(now + kAskAgain, patience);
    return alone;
}

base::Result<> right_account(
    store::Connection& connection, std::int64_t lead_id, const std::string& from_account
) {
    const auto account = connection.text(
        "SELECT m.email FROM leads l JOIN mailboxes m ON m.id = l.sender_mailbox_id "
        "WHERE l.id = :id ORDER BY l.id",
        store::values(lead_id)
    );
    if (account && *account == from_account) return {};
    return conflict("account mismatch: the first mail to this lead went from another mailbox");
}

FollowupLook look_at_followups(
    store::Connection& connection, const Limits& limits, base::Timestamp now, int count_max
) {
    FollowupLook look;
    const auto running = connection.select<Running>(
        "SELECT id FROM campaigns WHERE status = 'active' ORDER BY id LIMIT 500"
    );
    for (const Running& campaign : running) {
        const std::vector<DueRow> due = due_rows(connection, campaign.id, now, count_max);
        if (due.empty()) continue;
        const auto settings = load_settings(connection, campaign.id);
        if (!settings) continue;
        for (const DueRow& row : due) look_at(connection, row, *settings, limits, look, now);
    }
    std::ranges::sort(look.write, {}, [](const DueFollowup& one) {
        return std::pair(one.due_at, one.lead_id);
    });
    if (look.write.size() > static_cast<std::size_t>(count_max))
        look.write.resize(static_cast<std::size_t>(count_max));
    return look;
}

void put_off_followups(
    store::Connection& connection, const FollowupLook& look, base::Timestamp now
) {
    for (const FollowupLook::Ending& one : look.endings)
        stop_lead(connection, one.lead_id, one.status, one.reason, now);
    for (const FollowupLook::Wait& one : look.waits)
        connection.execute(
            "UPDATE leads SET wait_until = :until WHERE id = :id AND COALESCE(wait_until, 0) < "
            ":later",
            store::values(one.until, one.lead_id, one.until)
        );
}

}  // namespace campaign
