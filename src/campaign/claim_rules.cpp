#include "campaign/claim_rules.h"

#include <fmt/format.h>

#include "campaign/campaign_store.h"
#include "campaign/canary.h"
#include "campaign/review_gate.h"

namespace campaign {

namespace {

using What = Judgement::What;

constexpr std::chrono::hours kUntilCampaignGoesOn{1};
constexpr std::chrono::hours kUntilLeadIsReady{1};
constexpr std::chrono::minutes kUntilLook{5};
constexpr std::chrono::minutes kUntilReviewed{10};
constexpr std::chrono::minutes kUntilClear{10};
constexpr std::chrono::hours kDay{24};

Judgement wait(base::Timestamp until, std::string reason) {
    return {What::wait, until, std::move(reason)};
}

// Its campaign's window as it stands, but for a lead that has clocks of its own.
class WindowOf {
  public:
    WindowOf(const Candidate& candidate, const Plan& plan) : window_(&plan.window) {
        if (candidate.zone.empty()) return;
        own_ = in_zone(plan.window, candidate.zone);
        window_ = &*own_;
    }
    WindowOf(const WindowOf&) = delete;
    WindowOf& operator=(const WindowOf&) = delete;
    const SendWindow& operator*() const { return *window_; }

  private:
    std::optional<SendWindow> own_;
    const SendWindow* window_;
};

// The next opening from `time` on; a year ahead where there is none.
base::Timestamp opening_from(const SendWindow& window, base::Timestamp time) {
    return next_opening(window, time).value_or(time + kDay * 365);
}

Judgement judge_lead(const Candidate& candidate, base::Timestamp now) {
    if (candidate.lead_id == 0) return {What::fail, {}, "it has no lead"};
    const std::string& status = candidate.lead_status;
    if (status == "new" || status == "needs_basis")
        return wait(now + kUntilLeadIsReady, "its lead is " + status);
    const bool goes_on = status == "active" || (status == "ready" && !candidate.followup());
    if (!goes_on) return {What::cancel, {}, "its lead is " + status};
    if (candidate.wait_until > now)
        return wait(candidate.wait_until, "its lead is away or has to be waited for");
    return {};
}

}  // namespace

Judgement judge(
    const Candidate& candidate, const Plans& plans, std::int64_t mailbox_id, base::Timestamp now
) {
    if (Judgement lead = judge_lead(candidate, now); lead.what != What::take) return lead;
    const bool bound = candidate.sender_mailbox_id != 0;
    if (candidate.followup() ? candidate.sender_mailbox_id != mailbox_id
                             : bound && candidate.sender_mailbox_id != mailbox_id)
        return {
            What::fail,
            {},
            "account mismatch: the first mail to this lead went from another mailbox"
        };
    const auto plan = plans.find(candidate.campaign_id);
    if (plan == plans.end())
        return wait(now + kUntilCampaignGoesOn, std::string(kWaitsForCampaign));
    const WindowOf window(candidate, plan->second);
    if (!is_open(*window, now))
        return wait(opening_from(*window, now), "outside its sending hours");
    return {};
}

Judgement judge(
    const Candidate& candidate,
    const Plans& plans,
    const Counted& counted,
    const Limits& limits,
    base::Timestamp now
) {
    if (candidate.of_this_step > 0)
        return {What::cancel, {}, "a mail of this step went to its lead already"};
    if (candidate.mails >= limits.mails_max)
        return {What::cancel, {}, fmt::format("its lead got its {} mails", candidate.mails)};
    if (!candidate.in_reply_to.empty() && candidate.subject != "Re: " + candidate.first_subject)
        return {What::fail, {}, "its subject is not `Re: ` and the first mail's subject"};
    if (!review_holds(candidate.reviewed_at, candidate.written_by, now))
        return wait(now + kUntilReviewed, "it has to be reviewed again");
    const Plan& plan = plans.at(candidate.campaign_id);
    if (!text_is_clear(candidate.canary, plan.settings))
        return wait(now + kUntilClear, "its text has not been found outside spam yet");
    if (!counted.looked)
        return wait(now + kUntilLook, "its mailbox has not been looked into for replies lately");
    if (counted.organisation_day >= limits.organisation_per_day) {
        const WindowOf window(candidate, plan);
        const base::TimeZone& zone = (*window).zone;
        const base::Date tomorrow =
            base::date_from_days(base::days_from_date(zone.day_at(now)) + 1);
        return wait(
            opening_from(*window, zone.start_of_day(tomorrow)), "its company got its mail of today"
        );
    }
    if (!candidate.followup() && counted.organisation_leads >= limits.organisation_in_sequence) {
        const WindowOf window(candidate, plan);
        return wait(
            opening_from(*window, now + kDay),
            fmt::format("{} others of its company are in sequence", counted.organisation_leads)
        );
    }
    return {};
}

base::Timestamp day_of_lead(const Candidate& candidate, const Plans& plans, base::Timestamp now) {
    const WindowOf window(candidate, plans.at(candidate.campaign_id));
    const base::TimeZone& zone = (*window).zone;
    return zone.start_of_day(zone.day_at(now));
}

}  // namespace campaign
