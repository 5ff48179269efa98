#include "campaign/canary_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "campaign/campaign_store.h"
#include "campaign/canary.h"
#include "campaign/lead_store.h"
#include "campaign/writing_plan.h"
#include "delivery/halt.h"
#include "mailbox/mailboxes.h"
#include "mailbox/usage.h"

namespace campaign {

namespace {

constexpr int kCopiesMax = 50;
constexpr int kLeadsTried = 20;

// A copy that was prepared and did not leave, as after a 4xx or a crash.
struct Waiting {
    std::int64_t email_id = 0;
    std::int64_t from_mailbox_id = 0;
};
BOOST_DESCRIBE_STRUCT(Waiting, (), (email_id, from_mailbox_id))

struct Work {
    std::vector<Waiting> waiting;
    std::vector<CanaryToSend> copies;
    std::vector<mailbox::Mailbox> senders;  // the least loaded first
};

std::vector<mailbox::Mailbox> senders_by_load(
    store::Connection& connection, const Context& context, base::Timestamp now
) {
    std::vector<std::pair<std::int64_t, mailbox::Mailbox>> loaded;
    for (mailbox::Mailbox& one :
         mailbox::list(connection, context.vault, context.limits.zone).mailboxes) {
        const bool sends = one.role == mailbox::Role::sender &&
                           one.status == mailbox::Status::active && one.can_log_in() &&
                           one.policy_settled();
        if (sends)
            loaded.emplace_back(mailbox::sent_in_last_day(connection, one.id, now), std::move(one));
    }
    std::ranges::sort(loaded, {}, [](const auto& one) {
        return std::pair(one.first, one.second.id);
    });
    std::vector<mailbox::Mailbox> senders;
    for (auto& [load, one] : loaded) senders.push_back(std::move(one));
    return senders;
}

std::vector<Waiting> waiting_copies(store::Connection& connection, base::Timestamp now) {
    return connection.select<Waiting>(
        "SELECT e.id, e.from_mailbox_id FROM emails_campaign e JOIN campaign_canaries c ON "
        "c.email_id = e.id JOIN campaigns r ON r.id = e.campaign_id AND r.status = 'active' WHERE "
        "e.status = 'prepared' AND COALESCE(e.not_before, 0) <= :now ORDER BY e.id LIMIT 50",
        store::values(now)
    );
}

// What there is to send; where there is nothing, or nothing may leave, no mailbox is read.
Work look_at(store::Connection& connection, const Context& context, base::Timestamp now) {
    if (delivery::halted(connection)) return {};
    Work work{waiting_copies(connection, now), canaries_to_send(connection, kCopiesMax), {}};
    if (!work.waiting.empty() || !work.copies.empty())
        work.senders = senders_by_load(connection, context, now);
    return work;
}

// Sends again what waits; its sender is done for this round.
base::Task<> send_waiting(
    Context context, Work& work, CanariesSent& result, base::MonotonicTime end
) {
    for (const Waiting& one : work.waiting) {
        if (context.clock.monotonic() >= end) break;
        const auto from =
            std::ranges::find(work.senders, one.from_mailbox_id, &mailbox::Mailbox::id);
        if (from == work.senders.end()) continue;
        mailbox::Mailbox sender = *from;
        work.senders.erase(from);
        const base::MonotonicTime deadline =
            std::min(context.clock.in(std::chrono::minutes(2)), end);
        const delivery::Report report =
            co_await send_single_again(context, one.email_id, std::move(sender), deadline);
        if (report.ending == delivery::Ending::accepted) ++result.sent;
    }
}

// Nobody, who has a value wherever this lead has one: a copy that outlives the lead's data tells
// nothing of them, and an erased lead leaves no trace in it.
Lead invented_like(const Lead& lead) {
    const auto instead = [](const std::string& value, const char* words) {
        return value.empty() ? std::string() : std::string(words);
    };
    Lead nobody;
    nobody.id = lead.id;  // draws the same variations
    nobody.campaign_id = lead.campaign_id;
    nobody.email = "alex.morgan@example.com";
    nobody.name = instead(lead.name, "Alex Morgan");
    nobody.company = instead(lead.company, "Example Works");
    nobody.title = instead(lead.title, "Manager");
    nobody.country = lead.country;
    boost::json::object fields;
    for (const auto& [key, value] : own_fields(lead)) {
        const std::string name = field_name(key);
        const char* words = name == "first_name"  ? "Alex"
                            : name == "last_name" ? "Morgan"
                                                  : "example";
        fields[key] = field_value(value).empty() ? std::string() : std::string(words);
    }
    nobody.fields = boost::json::serialize(fields);
    return nobody;
}

// The text as a lead of the campaign would get it, with invented values; a lead that lacks one is
// passed over.
base::Result<SingleMail> written(store::Connection& connection, const CanaryToSend& copy) {
    const auto wrong = [](std::string words) {
        return base::fail(base::ErrorCode::invalid_input, "campaign.canary", std::move(words));
    };
    const auto text = text_by_id(connection, copy.text_id);
    base::Result<Settings> settings = load_settings(connection, copy.campaign_id);
    const auto to = base::Email::parse(copy.to);
    if (!text || !settings || !to) return wrong("text, settings or address can't be read");
    std::string why = "the campaign has no lead yet";
    for (const Lead& lead : leads_of_campaign(connection, copy.campaign_id, "", 0, kLeadsTried)) {
        WritingPlan plan;
        plan.text = text;
        plan.task.lead = invented_like(lead);
        plan.task.settings = *settings;
        const base::Result<WrittenDraft> draft = render_draft(plan, 0);
        if (!draft) return base::pass_on(draft);
        why = draft->impossible;
        if (!draft->impossible.empty()) continue;
        const auto whole = finished(plan, draft->text);
        if (!whole) return base::pass_on(whole);
        SingleMail mail;
        mail.campaign_id = copy.campaign_id;
        mail.to = *to;
        // A follow-up in a thread has no subject of its own.
        mail.subject = whole->subject.empty() ? "A note" : whole->subject;
        mail.body = whole->body;
        mail.html_body = whole->html_body;
        mail.settings = *settings;
        mail.send_key = canary_send_key(copy.text_id, copy.mailbox_id);
        return mail;
    }
    return wrong(why);
}

}  // namespace

base::Task<CanariesSent> send_canaries(
    Context context, UnsubscribeHeaders unsubscribe, base::MonotonicTime end
) {
    const base::Timestamp now = context.clock.now();
    auto changes = [now](store::Connection& connection) { return canaries_due(connection, now); };
    const bool settle_first = co_await context.db.read(store::Role::campaign, changes);
    auto settle = [now](store::Connection& connection) { settle_canaries(connection, now); };
    if (settle_first) co_await context.db.run(store::Role::campaign, settle);
    const Context* parts = &context;
    auto look = [parts, now](store::Connection& connection) {
        return look_at(connection, *parts, now);
    };
    Work work = co_await context.db.read(store::Role::campaign, look);
    CanariesSent result;
    co_await send_waiting(context, work, result, end);
    for (std::size_t i = 0; i < std::min(work.copies.size(), work.senders.size()); ++i) {
        if (context.clock.monotonic() >= end) break;
        const CanaryToSend copy = work.copies[i];
        auto write = [copy](store::Connection& connection) { return written(connection, copy); };
        base::Result<SingleMail> mail = co_await context.db.read(store::Role::campaign, write);
        if (!mail) {
            result.problems.push_back(mail.error().describe());
            continue;
        }
        mail->from = work.senders[i];
        mail->prepared = [copy, now](store::Connection& connection, std::int64_t email_id) {
            note_canary(connection, copy, email_id, now);
        };
        const base::MonotonicTime deadline =
            std::min(context.clock.in(std::chrono::minutes(2)), end);
        const base::Result<delivery::Report> report =
            co_await send_single(context, unsubscribe, std::move(*mail), deadline);
        if (report && report->ending == delivery::Ending::accepted)
            ++result.sent;
        else
            result.problems.push_back(
                report ? report->error.describe() : report.error().describe()
            );
    }
    co_return result;
}

}  // namespace campaign
