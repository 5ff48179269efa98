#include "campaign/followups.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/message_id.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "mailbox/presets.h"

namespace campaign {

namespace {

constexpr std::chrono::hours kAskAgain{1};
// Providers whose submission servers are known to leave a valid Message-ID alone
// (providers.md 4.1); of others a copy has to show it.
constexpr std::array<std::string_view, 2> kKeepers = {"gmail", "workspace"};

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
    std::int64_t campaign_id = 0;
    int step = 0;
    std::int64_t mailbox_id = 0;
    base::Timestamp due_at;
    std::string mailbox_status;
};
BOOST_DESCRIBE_STRUCT(DueRow, (), (lead_id, campaign_id, step, mailbox_id, due_at, mailbox_status))

std::vector<DueRow> due_rows(store::Connection& connection, base::Timestamp now, int count_max) {
    // A paused mailbox makes its leads wait: they are not even looked at.
    return connection.select<DueRow>(
        "SELECT l.id, l.campaign_id, l.next_step, COALESCE(l.sender_mailbox_id, 0), "
        "l.next_step_at, COALESCE(m.status, 'removed') FROM leads l JOIN campaigns c "
        "ON c.id = l.campaign_id AND c.status = 'active' LEFT JOIN mailboxes m "
        "ON m.id = l.sender_mailbox_id WHERE l.next_step_at <= :now AND l.status = 'active' AND "
        "COALESCE(l.wait_until, 0) <= :again AND COALESCE(m.status, 'removed') <> 'paused' AND "
        "NOT EXISTS (SELECT 1 FROM email_drafts d WHERE d.lead_id = l.id AND d.followup_number = "
        "l.next_step AND d.status <> 'cancelled') ORDER BY l.next_step_at, l.id LIMIT :count",
        store::values(now, now, count_max)
    );
}

void wait_for(store::Connection& connection, std::int64_t lead_id, base::Timestamp until) {
    connection.execute(
        "UPDATE leads SET wait_until = :until WHERE id = :id", store::values(until, lead_id)
    );
}

}  // namespace

bool keeps_message_ids(const std::string& provider) {
    return std::ranges::find(kKeepers, mailbox::family_of(provider)) != kKeepers.end();
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

std::vector<DueFollowup> due_followups(
    store::Connection& connection, base::Timestamp now, int count_max
) {
    std::vector<DueFollowup> out;
    for (const DueRow& row : due_rows(connection, now, count_max))
        if (row.mailbox_status == "active")
            out.push_back({row.lead_id, row.campaign_id, row.step, row.mailbox_id, row.due_at});
    return out;
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

std::vector<DueFollowup> take_due_followups(
    store::Connection& connection, const Limits& limits, base::Timestamp now, int count_max
) {
    std::vector<DueFollowup> out;
    for (const DueRow& row : due_rows(connection, now, count_max)) {
        const auto settings = load_settings(connection, row.campaign_id);
        if (!settings) continue;
        const auto stop = [&](const char* status, const char* reason) {
            stop_lead(connection, row.lead_id, status, reason, now);
        };
        const auto step = static_cast<std::size_t>(row.step);
        if (step >= settings->steps.size() || row.step >= limits.mails_max) {
            stop("finished", "it got its last mail");
            continue;
        }
        if (row.mailbox_status == "removed") {
            stop("stopped", "the mailbox of the first mail was removed");
            continue;
        }
        const auto plan = thread_for(
            connection, row.lead_id, row.step, settings->steps[step].same_thread, limits, now
        );
        if (!plan)
            stop("stopped", plan.error().message.c_str());
        else if (plan->wait_until)
            wait_for(connection, row.lead_id, *plan->wait_until);
        else
            out.push_back({row.lead_id, row.campaign_id, row.step, row.mailbox_id, row.due_at});
    }
    return out;
}

}  // namespace campaign
