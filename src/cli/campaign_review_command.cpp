// `pilotlight campaign review`: drafts that wait or were rejected, and a person's word about them.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "base/text.h"
#include "campaign/draft_writer.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/draft_output.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"

namespace cli {

namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;

std::unexpected<base::Error> refuse(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign review", std::move(words));
}

base::Result<std::int64_t> read_id(const std::string& text) {
    const auto id = base::parse_int(base::trim(text));
    if (!id) return refuse(fmt::format("\"{}\" is no draft's number", base::printable(text, 40)));
    return *id;
}

// "12,13 14".
base::Result<std::vector<std::int64_t>> read_ids(const std::string& text) {
    std::vector<std::int64_t> ids;
    for (const std::string& word : base::split(base::replace_all(text, ",", " "), ' ')) {
        if (word.empty()) continue;
        const auto id = read_id(word);
        if (!id) return base::pass_on(id);
        ids.push_back(*id);
    }
    return ids;
}

boost::json::object object_of(const campaign::Draft& draft, bool with_text) {
    boost::json::object object = {
        {"id", draft.id},
        {"to", draft.to_email},
        {"step", draft.followup_number},
        {"status", draft.status},
        {"score", nullptr},
        {"written_by", draft.written_by},
        {"rewrites", draft.rewrites},
        {"subject", draft.subject},
        {"reason", draft.error_message.value_or("")},
        {"findings", findings_array(campaign::findings_from_json(draft.review))}
    };
    if (draft.quality_score) object["score"] = std::lround(*draft.quality_score);
    if (with_text) object["body"] = draft.body;
    return object;
}

std::string score_of(const campaign::Draft& draft) {
    return draft.quality_score ? fmt::format("{:.0f}", *draft.quality_score) : std::string("–");
}

// The draft, where it is one of this campaign.
base::Result<campaign::Draft> pick_draft(
    engine::Runtime& runtime, const NamedCampaign& picked, std::int64_t id
) {
    const auto draft = runtime.job(store::Role::operator_, [id](store::Connection& connection) {
        return campaign::find_draft(connection, id);
    });
    if (!draft || draft->campaign_id != picked.row.id)
        return base::fail(
            base::ErrorCode::not_found,
            "campaign review",
            fmt::format("campaign '{}' has no draft {}", picked.row.name, id)
        );
    return *draft;
}

void print_list(const std::vector<campaign::Draft>& drafts, std::int64_t ready, bool json) {
    if (json) {
        boost::json::array list;
        for (const campaign::Draft& draft : drafts) list.push_back(object_of(draft, false));
        print(
            boost::json::serialize(boost::json::object{{"ready", ready}, {"drafts", list}}) + "\n"
        );
        return;
    }
    std::vector<std::vector<std::string>> rows = {{"id", "to", "step", "status", "score", "reason"}
    };
    for (const campaign::Draft& draft : drafts) {
        const std::string reason = draft.error_message.value_or(
            campaign::findings_in_words(campaign::findings_from_json(draft.review))
        );
        rows.push_back(
            {std::to_string(draft.id),
             base::printable(draft.to_email, 60),
             std::to_string(draft.followup_number),
             draft.status,
             score_of(draft),
             base::printable(reason, 160)}
        );
    }
    const std::string tail = fmt::format("{} drafts are ready to be sent.\n", ready);
    if (drafts.empty()) return print("No draft waits for you. " + tail);
    print(table(rows) + "\n" + tail);
}

base::Result<int> list(const Invocation& invocation, engine::Runtime& runtime, std::int64_t id) {
    const auto count = invocation.integer("--count", 50, 1, 500);
    if (!count) return base::pass_on(count);
    campaign::DraftFilter waiting{id, {"generating", "rejected"}, 0, static_cast<int>(*count)};
    campaign::DraftFilter ready{id, {"ready_to_send"}, 0, 1};
    if (invocation.flag("--ready")) waiting.statuses = {"ready_to_send"};
    const auto drafts =
        runtime.job(store::Role::operator_, [waiting](store::Connection& connection) {
            return campaign::list_drafts(connection, waiting);
        });
    const auto ready_count =
        runtime.job(store::Role::operator_, [ready](store::Connection& connection) {
            return campaign::count_drafts(connection, ready);
        });
    print_list(drafts, ready_count, invocation.json);
    return 0;
}

base::Result<int> show(
    const Invocation& invocation, engine::Runtime& runtime, const NamedCampaign& picked
) {
    const auto id = read_id(invocation.text("--show"));
    if (!id) return base::pass_on(id);
    const auto draft = pick_draft(runtime, picked, *id);
    if (!draft) return base::pass_on(draft);
    if (invocation.json) {
        print(boost::json::serialize(object_of(*draft, true)) + "\n");
        return 0;
    }
    print(draft_text({draft->subject, draft->body, draft->html_body}));
    campaign::Review review;
    review.score = static_cast<int>(draft->quality_score.value_or(0));
    review.passed = draft->review_passed;
    review.findings = campaign::findings_from_json(draft->review);
    const std::string about = fmt::format(
        "\nDraft {} to {}: {}, written by {}\n{}{}",
        draft->id,
        base::printable(draft->to_email, 200),
        draft->status,
        draft->written_by,
        draft->html_body ? "It has an HTML body too, which --edit can't change.\n" : "",
        review_text(review)
    );
    // Apart from the text, which may go into a file to be edited.
    std::fputs(about.c_str(), stderr);
    return 0;
}

// What a person's word led to, draft by draft.
struct Outcome {
    std::int64_t id = 0;
    base::Result<campaign::Released> released;
};

int print_outcomes(const std::vector<Outcome>& outcomes, bool json) {
    bool all_ready = true;
    boost::json::array list;
    std::string text;
    for (const auto& [id, released] : outcomes) {
        const bool ready = released && released->status == "ready_to_send";
        all_ready = all_ready && ready;
        if (released) {
            list.push_back(
                {{"id", id},
                 {"status", released->status},
                 {"score", released->review.score},
                 {"findings", findings_array(released->review.findings)}}
            );
            text += fmt::format(
                "draft {}: {}\n{}", id, released->status, review_text(released->review)
            );
        } else {
            list.push_back({{"id", id}, {"error", released.error().describe()}});
            text += fmt::format("draft {}: {}\n", id, released.error().describe());
        }
    }
    print(json ? boost::json::serialize(boost::json::object{{"drafts", list}}) + "\n" : text);
    return all_ready ? 0 : 1;
}

base::Result<int> approve(
    const Invocation& invocation, engine::Runtime& runtime, const NamedCampaign& picked
) {
    const auto ids = read_ids(invocation.text("--approve"));
    if (!ids) return base::pass_on(ids);
    campaign::DraftWriter writer(runtime.campaign_context());
    std::vector<Outcome> outcomes;
    for (const std::int64_t id : *ids) {
        const auto draft = pick_draft(runtime, picked, id);
        if (!draft)
            outcomes.push_back({id, base::pass_on(draft)});
        else
            outcomes.push_back({id, runtime.run(writer.approve(id, who_says(invocation)))});
    }
    return print_outcomes(outcomes, invocation.json);
}

base::Result<int> edit(
    const Invocation& invocation, engine::Runtime& runtime, const NamedCampaign& picked
) {
    const auto id = read_id(invocation.text("--edit"));
    if (!id) return base::pass_on(id);
    const std::string file = invocation.text("--file");
    if (file.empty()) return refuse("give the new text with --file FILE (see --show)");
    const auto draft = pick_draft(runtime, picked, *id);
    if (!draft) return base::pass_on(draft);
    // Half a mail would say one thing and the other half another.
    if (draft->html_body && !invocation.flag("--drop-html"))
        return refuse(fmt::format(
            "draft {} has an HTML body, which the file does not hold; add --drop-html to send the "
            "text alone",
            *id
        ));
    const auto given =
        file == "-" ? read_standard_input(kFileBytesMax) : read_file(file, kFileBytesMax);
    if (!given) return base::pass_on(given);
    const auto text = read_draft_text(*given);
    if (!text) return base::pass_on(text);
    campaign::DraftWriter writer(runtime.campaign_context());
    const auto released = runtime.run(writer.edit(*id, *text, who_says(invocation)));
    return print_outcomes({{*id, released}}, invocation.json);
}

base::Result<int> reject(
    const Invocation& invocation, engine::Runtime& runtime, const NamedCampaign& picked
) {
    const auto id = read_id(invocation.text("--reject"));
    if (!id) return base::pass_on(id);
    const std::string reason = invocation.text("--reason");
    if (reason.empty()) return refuse("say why with --reason TEXT");
    const auto draft = pick_draft(runtime, picked, *id);
    if (!draft) return base::pass_on(draft);
    campaign::DraftWriter writer(runtime.campaign_context());
    const auto done = runtime.run(writer.reject(*id, reason, who_says(invocation)));
    if (!done) return base::pass_on(done);
    print(
        invocation.json
            ? boost::json::serialize(boost::json::object{{"id", *id}, {"status", "rejected"}}) +
                  "\n"
            : fmt::format("draft {} is rejected\n", *id)
    );
    return 0;
}

base::Result<int> run(const Invocation& invocation) {
    int wishes = 0;
    for (const char* wish : {"--show", "--approve", "--edit", "--reject"})
        if (invocation.flag(wish)) ++wishes;
    if (wishes > 1) return refuse("one of --show, --approve, --edit and --reject at a time");
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto picked = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    if (invocation.flag("--show")) return show(invocation, **runtime, *picked);
    if (invocation.flag("--approve")) return approve(invocation, **runtime, *picked);
    if (invocation.flag("--edit")) return edit(invocation, **runtime, *picked);
    if (invocation.flag("--reject")) return reject(invocation, **runtime, *picked);
    return list(invocation, **runtime, picked->row.id);
}

}  // namespace

Command campaign_review_command() {
    return {
        .path = "campaign review",
        .summary = "see drafts that were rejected, approve, edit or reject them",
        .help =
            "Lists drafts that wait or were rejected, with the reasons. Approving lifts a low "
            "score; a rule\n"
            "that must be mended (a field that was not filled, a wrong name, a missing opt-out "
            "sentence,\n"
            "…) stays broken until the text is edited, and an edited text is reviewed again.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign review shops\n"
            "  pilotlight campaign review shops --show 17 > draft.txt\n"
            "  pilotlight campaign review shops --edit 17 --file draft.txt\n"
            "  pilotlight campaign review shops --approve 18,19 --by Eva\n"
            "  pilotlight campaign review shops --reject 20 --reason \"not our customer\"\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--show", .value = "ID", .help = "print one draft, as --edit reads it"},
             {.name = "--approve", .value = "IDS", .help = "let these go (17,18)"},
             {.name = "--edit", .value = "ID", .help = "give it the text of --file"},
             {.name = "--file", .value = "FILE", .help = "the edited draft; - is standard input"},
             {.name = "--drop-html",
              .value = "",
              .help = "the edited draft is text alone, without its HTML body"},
             {.name = "--reject",
              .value = "ID",
              .help = "keep it back; only `campaign generate --again` writes another"},
             {.name = "--reason", .value = "TEXT", .help = "why it is rejected"},
             {.name = "--by", .value = "WHO", .help = "who says so; default: your login"},
             {.name = "--ready", .value = "", .help = "list what is ready to be sent"},
             {.name = "--count", .value = "N", .help = "how many to list (50 unless told)"}},
        .run = run,
    };
}

}  // namespace cli
