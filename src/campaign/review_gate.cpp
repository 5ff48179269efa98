#include "campaign/review_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "campaign/campaign_store.h"
#include "campaign/draft_store.h"
#include "campaign/lead_store.h"
#include "campaign/review_rules.h"
#include "campaign/words.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

using store::values;

constexpr std::size_t kLookedUpAtOnce = 300;
constexpr int kForeignMax = 3;

struct Who {
    std::string name;
    std::string company;
};
BOOST_DESCRIBE_STRUCT(Who, (), (name, company))

// Leads of the campaign that are called so, or whose company is; looked up by index, a few hundred
// names at a time.
void look_up(
    store::Connection& connection,
    const Lead& lead,
    std::string_view column,
    const std::vector<std::string>& names,
    std::vector<std::string>& found
) {
    for (std::size_t start = 0; start < names.size(); start += kLookedUpAtOnce) {
        store::Values bound = values(lead.campaign_id);
        std::string list;
        const std::size_t end = std::min(start + kLookedUpAtOnce, names.size());
        for (std::size_t i = start; i < end; ++i) {
            list += fmt::format("{}:n{}", i == start ? "" : ", ", i);
            bound.push_back(store::to_value(names[i]));
        }
        bound.push_back(store::to_value(lead.id));
        const auto rows = connection.select<Who>(
            fmt::format(
                "SELECT name, company FROM leads WHERE campaign_id = :campaign AND {} IN ({}) AND "
                "id <> :lead ORDER BY {}, id LIMIT {}",
                column,
                list,
                column,
                kForeignMax
            ),
            bound
        );
        for (const Who& who : rows) found.push_back(column == "name" ? who.name : who.company);
    }
}

// Names and companies of other leads that stand in the text.
std::vector<std::string> names_of_others(
    store::Connection& connection, const ReviewSubject& subject
) {
    const std::vector<std::string> runs = name_candidates(subject);
    std::vector<std::string> companies = runs;
    std::vector<std::string> people;
    for (const std::string& run : runs) {
        if (run.find(' ') != std::string::npos) people.push_back(run);
        companies.push_back(run + ".");  // "Acme S.A.": words end before their point
        // The text may say "Acme" of "Acme GmbH".
        if (run.find(' ') == std::string::npos)
            for (const std::string_view form : {"GmbH", "AG", "Inc", "Inc.", "Ltd", "Ltd.", "LLC"})
                companies.push_back(fmt::format("{} {}", run, form));
    }
    std::vector<std::string> found;
    look_up(connection, subject.lead, "company", companies, found);
    look_up(connection, subject.lead, "name", people, found);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

// The subject of the thread that a draft goes into: its lead's first mail's, whole, as writing and
// the claim have it.
std::string thread_subject(store::Connection& connection, const Draft& draft) {
    return connection
        .text(
            "SELECT subject FROM emails_campaign WHERE lead_id = :lead AND followup_number = 0 AND "
            "email_type = 'initial' AND status IN ('accepted', 'in_doubt', 'parked') ORDER BY id",
            values(draft.lead_id)
        )
        .value_or("");
}

std::string text_of_steps(store::Connection& connection, const Draft& draft) {
    std::string all;
    for (const Text& text : texts_of(connection, *draft.campaign_id))
        all += text.subject + "\n" + text.body + "\n" + text.html_body.value_or("") + "\n";
    // A text that was changed meanwhile is still what this draft was made from.
    if (draft.text_id)
        if (const auto text = text_by_id(connection, *draft.text_id); text && text->retired_at)
            all += text->subject + "\n" + text->body + "\n" + text->html_body.value_or("") + "\n";
    return all;
}

auto conflict(std::string words) {
    return base::fail(base::ErrorCode::conflict, "campaign.review", std::move(words));
}

bool may_be_reviewed(std::string_view status) {
    return status == "generating" || status == "rejected" || status == "ready_to_send";
}

// What a person's word changes: a low score is lifted, a broken rule is not mended.
void take_approval(Review& verdict, const std::string& by) {
    const bool hard = std::ranges::any_of(verdict.findings, &Finding::hard);
    if (by.empty() || hard) return;
    verdict.score = std::max(verdict.score, kScorePassed);
    verdict.passed = true;
}

// Looks at the draft as it stands in the store now.
Review judge(
    store::Connection& connection, const Draft& draft, const Release& how, const std::string& by
) {
    base::Result<ReviewSubject> subject = review_subject(connection, draft);
    if (!subject) return {0, false, {{"no_lead", subject.error().message, 100, true}}};
    subject->opinion = how.opinion;
    Review verdict = review(*subject);
    take_approval(verdict, by);
    return verdict;
}

void note(
    store::Connection& connection, const Draft& draft, const Released& released, base::Timestamp now
) {
    const Review& verdict = released.review;
    ledger::append(
        connection,
        {.at = now,
         .side = "campaign",
         .subject_kind = "draft",
         .subject_id = draft.id,
         .decision = verdict.passed                  ? "review_passed"
                     : released.status == "rejected" ? "rejected"
                                                     : "review_failed",
         // The words of a finding hold names; the ledger keeps the rules alone.
         .reason =
             [&] {
                 std::string rules;
                 for (const Finding& finding : verdict.findings)
                     rules += (rules.empty() ? "" : ", ") + finding.rule;
                 return rules.empty() ? std::string("no rule is broken") : rules;
             }(),
         .numbers = boost::json::serialize(
             boost::json::object{{"score", verdict.score}, {"rewrites", draft.rewrites}}
         )}
    );
}

// Of two drafts of one mail the other one lives: one that is ready must not wait beside it, to be
// looked at before all others again and again.
std::string give_way(
    store::Connection& connection, const Draft& draft, const Draft& living, base::Timestamp now
) {
    std::string words =
        fmt::format("draft {} is written for that mail already ({})", living.id, living.status);
    if (draft.status == "ready_to_send")
        set_draft_status(connection, draft.id, "ready_to_send", "cancelled", words, now);
    return words;
}

}  // namespace

base::Result<ReviewSubject> review_subject(store::Connection& connection, const Draft& draft) {
    if (!draft.lead_id || !draft.campaign_id)
        return conflict("the draft belongs to no lead or no campaign");
    auto lead = lead_by_id(connection, *draft.lead_id);
    if (!lead) return conflict("the lead of the draft is not there any more");
    base::Result<Settings> settings = load_settings(connection, *draft.campaign_id);
    if (!settings) return base::pass_on(settings);
    ReviewSubject subject;
    subject.subject = draft.subject;
    subject.body = draft.body;
    subject.html_body = draft.html_body;
    subject.first_mail = draft.email_type == "initial";
    subject.answers = !draft.in_reply_to.value_or("").empty();
    if (subject.answers) subject.thread_subject = thread_subject(connection, draft);
    subject.lead = std::move(*lead);
    subject.settings = std::move(*settings);
    subject.campaign_text = text_of_steps(connection, draft);
    if (subject.lead.email != draft.to_email)
        return conflict("the draft goes to another address than its lead's");
    subject.names_of_others = names_of_others(connection, subject);
    return subject;
}

base::Result<Released> review_and_release(
    store::Connection& connection, std::int64_t draft_id, const Release& how, base::Timestamp now
) {
    const auto draft = find_draft(connection, draft_id);
    if (!draft)
        return base::fail(
            base::ErrorCode::not_found,
            "campaign.review",
            fmt::format("there is no draft {}", draft_id)
        );
    if (!may_be_reviewed(draft->status))
        return conflict(fmt::format("draft {} is {}: nothing to review", draft_id, draft->status));
    if (draft->lead_id) {
        const auto living = living_draft(connection, *draft->lead_id, draft->followup_number);
        if (living && living->id != draft_id)
            return conflict(give_way(connection, *draft, *living, now));
    }
    // An approval stands as long as the text does (edit_draft takes it back).
    const std::string by = how.approved_by.empty() ? draft->approved_by : how.approved_by;
    Released released;
    released.review = judge(connection, *draft, how, by);
    const Review& verdict = released.review;
    released.status = verdict.passed ? "ready_to_send" : how.reject ? "rejected" : "generating";
    connection.execute(
        "UPDATE email_drafts SET status = :status, quality_score = :score, review_passed = "
        ":passed, "
        "reviewed_at = :now, review = :review, approved_by = :by, error_message = :reason WHERE id "
        "= :id",
        values(
            released.status,
            static_cast<double>(verdict.score),
            verdict.passed,
            now,
            findings_json(verdict.findings),
            verdict.passed ? by : draft->approved_by,
            released.status == "rejected"
                ? std::optional<std::string>(findings_in_words(verdict.findings))
                : std::nullopt,
            draft_id
        )
    );
    note(connection, *draft, released, now);
    return released;
}

bool review_holds(
    const std::optional<base::Timestamp>& reviewed_at,
    std::string_view written_by,
    base::Timestamp now
) {
    if (reviewed_at) return *reviewed_at + kReviewValid > now;
    return written_by != "import";
}

std::string due_for_review_sql(bool never_reviewed, std::size_t count_max) {
    return fmt::format(
        "SELECT id FROM email_drafts WHERE status = 'ready_to_send' AND {} LIMIT {}",
        never_reviewed ? "reviewed_at IS NULL AND written_by = 'import' ORDER BY id"
                       : "reviewed_at < :limit ORDER BY reviewed_at, id",
        count_max
    );
}

std::vector<std::int64_t> due_for_review(
    store::Connection& connection, base::Timestamp now, int count_max
) {
    const auto wanted = static_cast<std::size_t>(std::clamp(count_max, 1, 500));
    std::vector<std::int64_t> ids;
    for (const bool never_reviewed : {false, true}) {
        if (ids.size() == wanted) break;
        connection.query(
            due_for_review_sql(never_reviewed, wanted - ids.size()),
            never_reviewed ? store::Values() : values(now - kReviewValid),
            std::vector<store::Column>{store::Column::integer},
            [&](const store::Values& row) { ids.push_back(std::get<std::int64_t>(row[0])); }
        );
    }
    return ids;
}

}  // namespace campaign
