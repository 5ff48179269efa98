// `pilotlight campaign variants`: the texts of a campaign, whether they may go, and what their
// replies show.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/canary.h"
#include "campaign/variants.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

struct StepResult {
    int step = 0;
    std::vector<campaign::Text> texts;
    campaign::Comparison comparison;
};

campaign::Comparison compare(engine::Runtime& runtime, std::int64_t id, int step) {
    std::vector<campaign::VariantCount> counts;
    const base::Timestamp now = runtime.clock().now();
    std::int64_t after = 0;
    do {
        auto page = runtime.job(
            store::Role::operator_,
            [id, step, after, now, counts](store::Connection& connection) {
                auto more = counts;
                const std::int64_t last =
                    campaign::count_variants(connection, id, step, after, now, more);
                return std::pair(last, more);
            }
        );
        after = page.first;
        counts = std::move(page.second);
    } while (after != 0);
    return campaign::compare_variants(std::move(counts));
}

std::vector<StepResult> read_steps(engine::Runtime& runtime, const NamedCampaign& picked) {
    std::vector<StepResult> steps;
    for (int step = 0; step < static_cast<int>(picked.settings.steps.size()); ++step) {
        StepResult result{step, {}, compare(runtime, picked.row.id, step)};
        result.texts = runtime.job(
            store::Role::operator_,
            [id = picked.row.id, step](store::Connection& connection) {
                return campaign::texts_of_step(connection, id, step);
            }
        );
        steps.push_back(std::move(result));
    }
    return steps;
}

std::string canary_words(const campaign::Text& text) {
    if (text.canary.empty()) return "not tried yet";
    return text.canary + (text.canary_reason.empty() ? "" : ": " + text.canary_reason);
}

void print_json(const std::vector<StepResult>& steps) {
    boost::json::array list;
    for (const StepResult& step : steps) {
        boost::json::array texts;
        for (const campaign::Text& text : step.texts)
            texts.push_back(
                {{"id", text.id},
                 {"variant", text.variant},
                 {"share", text.share},
                 {"canary", text.canary},
                 {"canary_reason", text.canary_reason}}
            );
        boost::json::array counts;
        for (const campaign::VariantCount& count : step.comparison.counts)
            counts.push_back(
                {{"text_id", count.text_id},
                 {"variant", count.variant},
                 {"sent", count.sent},
                 {"replied", count.replied},
                 {"young", count.young}}
            );
        list.push_back(
            {{"step", step.step},
             {"texts", texts},
             {"counts", counts},
             {"winner", step.comparison.winner},
             {"result", step.comparison.words}}
        );
    }
    print(boost::json::serialize(boost::json::object{{"steps", list}}) + "\n");
}

void print_text(const std::vector<StepResult>& steps) {
    std::vector<std::vector<std::string>> rows = {
        {"text", "step", "variant", "share", "spam check", "subject"}
    };
    std::string results;
    for (const StepResult& step : steps) {
        for (const campaign::Text& text : step.texts)
            rows.push_back(
                {std::to_string(text.id),
                 std::to_string(text.step),
                 text.variant,
                 std::to_string(text.share),
                 base::printable(canary_words(text), 80),
                 base::printable(text.subject, 60)}
            );
        if (!step.comparison.counts.empty())
            results += fmt::format("step {}: {}\n", step.step, step.comparison.words);
    }
    print(
        (rows.size() > 1 ? table(rows) : std::string("a model writes this campaign; no texts\n")) +
        (results.empty() ? "" : "\n" + results)
    );
}

base::Result<int> clear(
    const Invocation& invocation, engine::Runtime& runtime, const NamedCampaign& picked
) {
    const auto id = invocation.integer("--clear", 0, 1, 1'000'000'000'000);
    if (!id) return base::pass_on(id);
    const base::Timestamp now = runtime.clock().now();
    const bool done = runtime.job(
        store::Role::campaign,
        [text_id = *id, campaign_id = picked.row.id, by = who_says(invocation), now](
            store::Connection& connection
        ) {
            const auto text = campaign::text_by_id(connection, text_id);
            return text && text->campaign_id == campaign_id &&
                   campaign::clear_canary(connection, text_id, by, now);
        }
    );
    if (!done)
        return base::fail(
            base::ErrorCode::not_found,
            "campaign variants",
            fmt::format("campaign '{}' has no text {}", picked.row.name, *id)
        );
    print(
        invocation.json
            ? boost::json::serialize(boost::json::object{{"text", *id}, {"canary", "clear"}}) + "\n"
            : fmt::format("text {} may go; `campaign start` lets a paused campaign go on\n", *id)
    );
    return 0;
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto picked = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    if (invocation.flag("--clear")) return clear(invocation, **runtime, *picked);
    const std::vector<StepResult> steps = read_steps(**runtime, *picked);
    if (invocation.json)
        print_json(steps);
    else
        print_text(steps);
    return 0;
}

}  // namespace

Command campaign_variants_command() {
    return {
        .path = "campaign variants",
        .summary = "compare the texts of a campaign by their replies",
        .help =
            "Lists the texts of each step with their share, and whether a copy in the seed "
            "mailboxes was\n"
            "found outside spam (a new text goes there first, and holds its campaign where it is "
            "not).\n"
            "\n"
            "A variant is called better only when the numbers carry it: the test allows for a look "
            "after\n"
            "every reply and errs in 5 % of all comparisons at most. Mails count five days after "
            "they were\n"
            "sent, with the replies of that time.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign variants shops\n"
            "  pilotlight campaign variants shops --clear 3    # that text may go all the same\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--clear", .value = "TEXT", .help = "let a text go that is held or waits"},
             {.name = "--by", .value = "WHO", .help = "who says so; default: your login"}},
        .run = run,
    };
}

}  // namespace cli
