#include "campaign/writing_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "campaign/opt_out_words.h"
#include "campaign/text_template.h"
#include "campaign/variants.h"

namespace campaign {

namespace {

using base::ErrorCode;

constexpr std::string_view kStage = "campaign.write";

std::unexpected<base::Error> wrong(ErrorCode code, std::string words) {
    return base::fail(code, std::string(kStage), std::move(words));
}

base::Result<> may_be_written_to(const Lead& lead, int step) {
    const bool right = step == 0 ? lead.status == "ready" : lead.status == "active";
    if (right) return {};
    return wrong(
        ErrorCode::conflict,
        fmt::format(
            "lead {} is {}{}: no {} is written for it",
            lead.id,
            lead.status,
            lead.status_reason.empty() ? "" : " (" + lead.status_reason + ")",
            step == 0 ? "first mail" : "follow-up"
        )
    );
}

// Mails that this lead has from this campaign, oldest first.
std::vector<EarlierMail> earlier_mails(store::Connection& connection, const Lead& lead, int step) {
    std::vector<EarlierMail> mails;
    for (int earlier = 0; earlier < step; ++earlier)
        if (const auto draft = living_draft(connection, lead.id, earlier))
            mails.push_back({draft->subject, draft->body});
    return mails;
}

base::Result<std::optional<Text>> text_for(
    store::Connection& connection, const Settings& settings, const Lead& lead, int step
) {
    if (settings.writer == "model") return std::optional<Text>();
    const std::vector<Text> texts = texts_of_step(connection, *lead.campaign_id, step);
    if (const Text* chosen = choose_text(texts, lead.id)) return std::optional<Text>(*chosen);
    return wrong(
        ErrorCode::not_found,
        texts.empty()
            ? fmt::format("the campaign has no text for step {}; add one, or writer = model", step)
            : fmt::format("every text of step {} is held, since it landed in spam", step)
    );
}

// What all drafts of the campaign need, said once and not for every lead.
base::Result<> check_settings(const Settings& settings, int step) {
    if (step < 0 || step >= static_cast<int>(settings.steps.size()))
        return wrong(ErrorCode::not_found, fmt::format("the campaign has no step {}", step));
    if (const auto footer = append_footer("", settings); !footer) return base::pass_on(footer);
    return {};
}

// Of a draft that was begun, and refused or left by a crash.
void take_over(WritingPlan& plan, const Draft& draft) {
    plan.draft = draft.id;
    plan.rewrites = draft.rewrites;
    if (!draft.reviewed_at) return;
    plan.task.reasons = findings_from_json(draft.review);
    plan.attempt = static_cast<int>(std::min<std::int64_t>(draft.rewrites + 1, kRewritesMax));
}

struct Rendered {
    std::string text;
    std::string impossible;
};

base::Result<Rendered> render(
    const WritingPlan& plan,
    std::string_view source,
    std::string_view name,
    TextKind kind,
    int attempt
) {
    const base::Result<TextTemplate> parsed = TextTemplate::parse(without_line_ends(source));
    if (!parsed) {
        base::Error error = parsed.error();
        error.message = fmt::format(
            "step {}, variant {}, {}: {}", plan.text->step, plan.text->variant, name, error.message
        );
        return std::unexpected(error);
    }
    // The same chance for every part: an HTML body with the same variations says the same.
    base::SeededRandom chance = chance_of(plan.task.lead.id, plan.text->id + attempt);
    base::Result<std::string> text =
        parsed->render(merge_fields(plan.task.lead, plan.task.settings), chance, kind);
    if (!text) return Rendered{{}, fmt::format("{}: {}", name, text.error().message)};
    return Rendered{std::move(*text), {}};
}

NewDraft new_draft(const WritingPlan& plan, const WrittenDraft& written) {
    const WritingTask& task = plan.task;
    NewDraft draft;
    draft.lead_id = task.lead.id;
    draft.campaign_id = *task.lead.campaign_id;
    draft.to_email = task.lead.email;
    draft.to_name = field_value(task.lead.name);
    draft.step = task.step;
    draft.subject = written.text.subject;
    draft.body = written.text.body;
    draft.html_body = written.text.html_body;
    if (!plan.thread.from_account.empty()) draft.from_account = plan.thread.from_account;
    if (!plan.thread.in_reply_to.empty()) draft.in_reply_to = plan.thread.in_reply_to;
    if (!plan.thread.references.empty()) draft.references = plan.thread.references;
    if (plan.text) {
        draft.variant = plan.text->variant;
        draft.text_id = plan.text->id;
    }
    draft.written_by = written.written_by;
    return draft;
}

// A draft that can't be written stands among the rejected ones, where a person sees why.
base::Result<StoredDraft> store_impossible(
    store::Connection& connection,
    const WritingPlan& plan,
    const WrittenDraft& written,
    base::Timestamp now
) {
    const std::int64_t id =
        plan.draft ? *plan.draft : insert_draft(connection, new_draft(plan, written), now);
    const std::vector<Finding> findings = {{"empty_field", written.impossible, 100, true}};
    connection.execute(
        "UPDATE email_drafts SET review = :review, quality_score = 0, reviewed_at = :now WHERE id "
        "= :id",
        store::values(findings_json(findings), now, id)
    );
    set_draft_status(connection, id, "generating", "rejected", written.impossible, now);
    return StoredDraft{id, "rejected", findings, plan.rewrites};
}

// The draft that stands in the store where this plan must not touch it any more; nothing where the
// text may be stored.
base::Result<std::optional<StoredDraft>> decided_meanwhile(
    store::Connection& connection, const WritingPlan& plan
) {
    const auto at_work = [](std::int64_t id) {
        return wrong(ErrorCode::conflict, fmt::format("draft {} is written by another worker", id));
    };
    const auto as_it_is = [](const Draft& draft) {
        return std::optional(StoredDraft{draft.id, draft.status, {}, draft.rewrites});
    };
    if (plan.draft) {
        const auto draft = find_draft(connection, *plan.draft);
        if (!draft)
            return wrong(ErrorCode::conflict, fmt::format("draft {} was removed", *plan.draft));
        if (draft->status != "generating") return as_it_is(*draft);
        if (draft->rewrites != plan.rewrites) return at_work(draft->id);
    }
    const auto living = living_draft(connection, plan.task.lead.id, plan.task.step);
    if (!living || living->id == plan.draft) return std::optional<StoredDraft>();
    if (living->status == "generating") return at_work(living->id);
    return as_it_is(*living);
}

// Minutes may lie between reading the lead and storing: it may be erased, or answer.
base::Result<> lead_is_still_written_to(store::Connection& connection, const WritingTask& task) {
    const auto lead = lead_by_id(connection, task.lead.id);
    if (!lead || lead->email != task.lead.email)
        return wrong(ErrorCode::conflict, fmt::format("lead {} is another now", task.lead.id));
    return may_be_written_to(*lead, task.step);
}

}  // namespace

std::string without_line_ends(std::string_view text) {
    std::vector<std::string> lines;
    const std::string plain = base::replace_all(std::string(text), "\r\n", "\n");
    for (const std::string& line : base::split(plain, '\n')) {
        std::string_view kept = line;
        while (kept.ends_with(' ') || kept.ends_with('\t')) kept.remove_suffix(1);
        lines.emplace_back(kept);
    }
    return base::join(lines, "\n");
}

base::Result<WritingPlan> plan_writing(
    store::Connection& connection,
    std::int64_t lead_id,
    int step,
    const Limits& limits,
    base::Timestamp now
) {
    const auto lead = lead_by_id(connection, lead_id);
    if (!lead || !lead->campaign_id)
        return wrong(
            ErrorCode::not_found, fmt::format("there is no lead {} of a campaign", lead_id)
        );
    WritingPlan plan;
    const auto living = living_draft(connection, lead_id, step);
    if (living && living->status != "generating") {
        plan.done = living->id;
        return plan;
    }
    if (const auto may = may_be_written_to(*lead, step); !may) return base::pass_on(may);
    base::Result<Settings> settings = load_settings(connection, *lead->campaign_id);
    if (!settings) return base::pass_on(settings);
    if (const auto complete = check_settings(*settings, step); !complete)
        return base::pass_on(complete);
    auto text = text_for(connection, *settings, *lead, step);
    if (!text) return base::pass_on(text);
    plan.text = std::move(*text);
    plan.task.lead = *lead;
    plan.task.settings = std::move(*settings);
    plan.task.step = step;
    if (step > 0) {
        const bool same_thread =
            plan.task.settings.steps[static_cast<std::size_t>(step)].same_thread;
        auto thread = thread_for(connection, lead_id, step, same_thread, limits, now);
        if (!thread) return base::pass_on(thread);
        if (thread->wait_until)
            return wrong(
                ErrorCode::cancelled,
                "the Message-ID that the lead's side knows is not known yet; it waits until " +
                    base::to_iso(*thread->wait_until)
            );
        plan.thread = std::move(*thread);
        plan.task.same_thread = plan.thread.same_thread;
        plan.task.earlier = earlier_mails(connection, *lead, step);
    }
    if (living) take_over(plan, *living);
    return plan;
}

base::Result<WrittenDraft> render_draft(const WritingPlan& plan, int attempt) {
    const Text& text = *plan.text;
    WrittenDraft written;
    written.written_by = "template";
    const auto take = [&](std::string_view source, std::string_view name, TextKind kind) {
        base::Result<Rendered> part = render(plan, source, name, kind, attempt);
        if (part && written.impossible.empty()) written.impossible = part->impossible;
        return part;
    };
    const auto subject = take(text.subject, "subject", TextKind::plain);
    if (!subject) return base::pass_on(subject);
    const auto body = take(text.body, "body", TextKind::plain);
    if (!body) return base::pass_on(body);
    written.text.subject = base::trim(subject->text);
    written.text.body = body->text;
    if (text.html_body) {
        const auto html = take(*text.html_body, "html body", TextKind::html);
        if (!html) return base::pass_on(html);
        written.text.html_body = html->text;
    }
    return written;
}

base::Result<DraftText> finished(const WritingPlan& plan, DraftText text) {
    const Settings& settings = plan.task.settings;
    if (!plan.thread.subject.empty() && (plan.thread.same_thread || text.subject.empty()))
        text.subject = plan.thread.subject;
    base::Result<std::string> body = append_footer(text.body, settings);
    if (!body) return base::pass_on(body);
    text.body = std::move(*body);
    if (text.html_body) {
        base::Result<std::string> html = append_html_footer(*text.html_body, settings);
        if (!html) return base::pass_on(html);
        text.html_body = std::move(*html);
    }
    return text;
}

bool can_vary(const WritingPlan& plan) {
    if (!plan.text) return true;
    const auto subject = TextTemplate::parse(plan.text->subject);
    const auto body = TextTemplate::parse(plan.text->body);
    return subject && body && subject->variations() * body->variations() > 1;
}

base::Result<StoredDraft> store_draft(
    store::Connection& connection,
    const WritingPlan& plan,
    const WrittenDraft& written,
    const std::optional<Opinion>& opinion,
    bool last,
    base::Timestamp now
) {
    const WritingTask& task = plan.task;
    const auto decided = decided_meanwhile(connection, plan);
    if (!decided) return base::pass_on(decided);
    if (*decided) return **decided;
    if (const auto may = lead_is_still_written_to(connection, task); !may)
        return base::pass_on(may);
    if (!plan.thread.from_account.empty())
        if (const auto right = right_account(connection, task.lead.id, plan.thread.from_account);
            !right)
            return base::pass_on(right);
    if (!written.impossible.empty()) return store_impossible(connection, plan, written, now);
    std::int64_t id = 0;
    if (plan.draft) {
        id = *plan.draft;
        const auto edited = edit_draft(connection, id, written.text, written.written_by, "", now);
        if (!edited) return base::pass_on(edited);
    } else {
        id = insert_draft(connection, new_draft(plan, written), now);
    }
    const auto released = review_and_release(
        connection, id, {.opinion = opinion, .approved_by = "", .reject = last}, now
    );
    if (!released) return base::pass_on(released);
    const std::int64_t rewrites = plan.draft ? plan.rewrites + 1 : 0;
    return StoredDraft{id, released->status, released->review.findings, rewrites};
}

}  // namespace campaign
