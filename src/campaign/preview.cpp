#include "campaign/preview.h"

#include <fmt/format.h>

#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "campaign/variants.h"
#include "campaign/writing_plan.h"

namespace campaign {

namespace {

using base::ErrorCode;

std::unexpected<base::Error> wrong(ErrorCode code, std::string words) {
    return base::fail(code, "campaign.preview", std::move(words));
}

base::Result<Lead> lead_of(
    store::Connection& connection, std::int64_t campaign_id, const std::string& email
) {
    if (email.empty()) {
        auto first = leads_of_campaign(connection, campaign_id, "", 0, 1);
        if (first.empty())
            return wrong(ErrorCode::not_found, "the campaign has no leads yet; import some");
        return std::move(first.front());
    }
    const auto address = base::Email::parse(email);
    if (!address) return base::pass_on(address);
    for (Lead& lead : leads_by_key(connection, address_key(*address)))
        if (lead.campaign_id == campaign_id) return std::move(lead);
    return wrong(ErrorCode::not_found, fmt::format("{} is no lead of this campaign", email));
}

// In a thread the subject is that of the first mail, sent or as it would be.
std::string thread_subject(
    store::Connection& connection, const WritingPlan& plan, std::int64_t campaign_id
) {
    if (const auto first = living_draft(connection, plan.task.lead.id, 0)) return first->subject;
    WritingPlan first = plan;
    const std::vector<Text> texts = texts_of_step(connection, campaign_id, 0);
    const Text* chosen = choose_text(texts, plan.task.lead.id);
    if (chosen == nullptr) return {};
    first.text = *chosen;
    const auto rendered = render_draft(first, 0);
    return rendered ? rendered->text.subject : std::string();
}

// The draft as it would be stored, to be reviewed.
Draft as_draft(const WritingPlan& plan, const DraftText& text, bool in_thread) {
    Draft draft;
    draft.lead_id = plan.task.lead.id;
    draft.campaign_id = plan.task.lead.campaign_id;
    draft.to_email = plan.task.lead.email;
    draft.email_type = plan.task.step == 0 ? "initial" : "followup";
    draft.followup_number = plan.task.step;
    draft.subject = text.subject;
    draft.body = text.body;
    draft.html_body = text.html_body;
    if (plan.text) draft.text_id = plan.text->id;
    if (in_thread) draft.in_reply_to = "<id of the mail before it>";
    return draft;
}

base::Result<Review> reviewed(store::Connection& connection, const Draft& draft) {
    const auto subject = review_subject(connection, draft);
    if (!subject) return base::pass_on(subject);
    return review(*subject);
}

base::Result<Preview> of_draft(store::Connection& connection, const Draft& draft) {
    Preview made{.lead_id = *draft.lead_id, .to = draft.to_email, .draft_id = draft.id};
    made.variant = draft.variant;
    made.text = {draft.subject, draft.body, draft.html_body};
    const auto verdict = reviewed(connection, draft);
    if (!verdict) return base::pass_on(verdict);
    made.review = *verdict;
    return made;
}

// Rendered for the plan's lead, with footer and review.
base::Result<Preview> of_template(store::Connection& connection, WritingPlan plan) {
    const WritingTask& task = plan.task;
    auto written = render_draft(plan, 0);
    if (!written) return base::pass_on(written);
    Preview made{.lead_id = task.lead.id, .to = task.lead.email};
    made.variant = plan.text->variant;
    made.impossible = written->impossible;
    if (!made.impossible.empty()) return made;
    plan.thread.same_thread =
        task.step > 0 && task.settings.steps[static_cast<std::size_t>(task.step)].same_thread;
    if (plan.thread.same_thread)
        plan.thread.subject = "Re: " + thread_subject(connection, plan, *task.lead.campaign_id);
    base::Result<DraftText> whole = finished(plan, std::move(written->text));
    if (!whole) return base::pass_on(whole);
    made.text = std::move(*whole);
    const auto verdict = reviewed(connection, as_draft(plan, made.text, plan.thread.same_thread));
    if (!verdict) return base::pass_on(verdict);
    made.review = *verdict;
    return made;
}

}  // namespace

base::Result<Preview> preview(
    store::Connection& connection, std::int64_t campaign_id, const std::string& lead_email, int step
) {
    const auto lead = lead_of(connection, campaign_id, lead_email);
    if (!lead) return base::pass_on(lead);
    if (const auto living = living_draft(connection, lead->id, step))
        return of_draft(connection, *living);
    base::Result<Settings> settings = load_settings(connection, campaign_id);
    if (!settings) return base::pass_on(settings);
    if (step >= static_cast<int>(settings->steps.size()))
        return wrong(ErrorCode::not_found, fmt::format("the campaign has no step {}", step));
    if (settings->writer == "model")
        return wrong(
            ErrorCode::unsupported,
            "a model writes this campaign and has not written this mail yet; see `campaign "
            "generate`"
        );
    const std::vector<Text> texts = texts_of_step(connection, campaign_id, step);
    const Text* chosen = choose_text(texts, lead->id);
    if (chosen == nullptr)
        return wrong(
            ErrorCode::not_found, fmt::format("the campaign has no text for step {}", step)
        );
    WritingPlan plan;
    plan.text = *chosen;
    plan.task.lead = *lead;
    plan.task.settings = std::move(*settings);
    plan.task.step = step;
    return of_template(connection, std::move(plan));
}

}  // namespace campaign
