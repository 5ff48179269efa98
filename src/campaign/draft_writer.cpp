#include "campaign/draft_writer.h"

#include <fmt/format.h>

#include "base/log.h"
#include "campaign/campaign_store.h"
#include "campaign/draft_endings.h"

namespace campaign {

namespace {

auto no_draft(std::int64_t id) {
    return base::fail(
        base::ErrorCode::not_found, "campaign.draft", fmt::format("there is no draft {}", id)
    );
}

base::Result<Released> edit_and_release(
    store::Connection& connection,
    std::int64_t id,
    DraftText text,
    const std::string& by,
    base::Timestamp now
) {
    const auto draft = find_draft(connection, id);
    if (!draft) return no_draft(id);
    if (draft->lead_id)
        if (const auto living = living_draft(connection, *draft->lead_id, draft->followup_number);
            living && living->id != id)
            return base::fail(
                base::ErrorCode::conflict,
                "campaign.draft",
                fmt::format(
                    "draft {} is written for that mail already ({})", living->id, living->status
                )
            );
    text.body = without_line_ends(text.body);
    if (draft->campaign_id) {
        const auto settings = load_settings(connection, *draft->campaign_id);
        if (!settings) return base::pass_on(settings);
        WritingPlan plan;
        plan.task.settings = *settings;
        base::Result<DraftText> whole = finished(plan, std::move(text));
        if (!whole) return base::pass_on(whole);
        text = std::move(*whole);
    }
    const auto edited = edit_draft(connection, id, text, "person", by, now);
    if (!edited) return base::pass_on(edited);
    return review_and_release(connection, id, {}, now);
}

base::Result<> reject_draft(
    store::Connection& connection, std::int64_t id, const std::string& reason, base::Timestamp now
) {
    const auto draft = find_draft(connection, id);
    if (!draft) return no_draft(id);
    bool rejected = draft->status == "rejected" && draft->followup_number > 0;  // by review, as yet
    for (const char* from : {"ready_to_send", "generating"})
        rejected = rejected || set_draft_status(connection, id, from, "rejected", reason, now);
    if (rejected) {
        follow_up_given_up(connection, *draft, reason, now);
        return {};
    }
    return base::fail(
        base::ErrorCode::conflict,
        "campaign.draft",
        fmt::format("draft {} is {}: it can't be rejected any more", id, draft->status)
    );
}

}  // namespace

base::Task<base::Result<WrittenDraft>> DraftWriter::compose(WritingPlan plan, int attempt) {
    WrittenDraft written;
    if (plan.text) {
        base::Result<WrittenDraft> rendered = render_draft(plan, attempt);
        if (!rendered) co_return rendered;
        written = std::move(*rendered);
    } else {
        const PromptMarks marks = draw_marks(context_.random);
        llm::Question question = writing_question(plan.task, marks);
        const auto answer = co_await context_.model.ask(std::move(question));
        if (!answer) co_return base::pass_on(answer);
        const auto text = read_writing(answer->json, plan.task, marks);
        if (!text) co_return base::pass_on(text);
        written = {{text->subject, text->body, std::nullopt}, "model", {}};
    }
    base::Result<DraftText> whole = finished(plan, std::move(written.text));
    if (!whole) co_return base::pass_on(whole);
    written.text = std::move(*whole);
    co_return written;
}

// A model that gives no opinion holds nothing up: the rules decide.
base::Task<std::optional<Opinion>> DraftWriter::ask_opinion(WritingPlan plan, DraftText text) {
    if (!plan.task.settings.model_review) co_return std::nullopt;
    const PromptMarks marks = draw_marks(context_.random);
    llm::Question question = opinion_question(text.subject, text.body, plan.task, marks);
    const auto answer = co_await context_.model.ask(std::move(question));
    base::Result<Opinion> opinion = base::fail(base::ErrorCode::unavailable, "campaign.model", "");
    if (answer)
        opinion = read_opinion(answer->json, text.subject, text.body, marks);
    else
        opinion = base::pass_on(answer);
    if (opinion) co_return std::move(*opinion);
    base::log::warn("campaign", "no second opinion about a draft: {}", opinion.error().describe());
    co_return std::nullopt;
}

base::Task<base::Result<std::int64_t>> DraftWriter::write(std::int64_t lead_id, int step) {
    const base::Timestamp begin = context_.clock.now();
    const Limits limits = context_.limits;
    auto read = [=](store::Connection& connection) {
        return plan_writing(connection, lead_id, step, limits, begin);
    };
    base::Result<WritingPlan> plan = co_await context_.db.read(store::Role::campaign, read);
    if (!plan) co_return base::pass_on(plan);
    if (plan->done) co_return *plan->done;
    const bool varies = can_vary(*plan);
    for (int attempt = plan->attempt;; ++attempt) {
        base::Result<WrittenDraft> written = co_await compose(*plan, attempt);
        if (!written) co_return base::pass_on(written);
        std::optional<Opinion> opinion;
        if (written->impossible.empty()) opinion = co_await ask_opinion(*plan, written->text);
        const bool last = attempt >= kRewritesMax || !varies;
        auto store = [plan = *plan, written = *written, opinion, last, now = context_.clock.now()](
                         store::Connection& connection
                     ) { return store_draft(connection, plan, written, opinion, last, now); };
        const auto stored = co_await context_.db.run(store::Role::campaign, std::move(store));
        if (!stored) co_return base::pass_on(stored);
        if (stored->status != "generating" || last) co_return stored->id;
        plan->draft = stored->id;
        plan->rewrites = stored->rewrites;
        plan->task.reasons = stored->findings;
    }
}

base::Task<base::Result<Released>> DraftWriter::approve(std::int64_t draft_id, std::string by) {
    auto job =
        [draft_id, by = std::move(by), now = context_.clock.now()](store::Connection& connection) {
            // A refused approval leaves the draft as it is.
            const auto draft = find_draft(connection, draft_id);
            const bool waits = draft && draft->status == "generating";
            return review_and_release(
                connection, draft_id, {.opinion = {}, .approved_by = by, .reject = !waits}, now
            );
        };
    co_return co_await context_.db.run(store::Role::campaign, std::move(job));
}

base::Task<base::Result<Released>> DraftWriter::edit(
    std::int64_t draft_id, DraftText text, std::string by
) {
    auto job = [draft_id, text = std::move(text), by = std::move(by), now = context_.clock.now()](
                   store::Connection& connection
               ) { return edit_and_release(connection, draft_id, text, by, now); };
    co_return co_await context_.db.run(store::Role::campaign, std::move(job));
}

base::Task<base::Result<>> DraftWriter::reject(
    std::int64_t draft_id, std::string reason, std::string by
) {
    auto job = [=, now = context_.clock.now()](store::Connection& connection) {
        const std::string words = by.empty() ? reason : reason + " (" + by + ")";
        return reject_draft(connection, draft_id, words, now);
    };
    co_return co_await context_.db.run(store::Role::campaign, std::move(job));
}

base::Task<int> DraftWriter::review_again(int count_max) {
    const base::Timestamp now = context_.clock.now();
    auto read = [=](store::Connection& connection) {
        return due_for_review(connection, now, count_max);
    };
    const std::vector<std::int64_t> due = co_await context_.db.read(store::Role::campaign, read);
    for (const std::int64_t id : due) {
        auto job = [id, now](store::Connection& connection) {
            return review_and_release(connection, id, {}, now);
        };
        const auto released = co_await context_.db.run(store::Role::campaign, job);
        if (!released) base::log::warn("campaign", "draft {}: {}", id, released.error().describe());
    }
    co_return static_cast<int>(due.size());
}

}  // namespace campaign
