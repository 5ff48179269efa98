#include "warmup/template_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "warmup/grammar.h"
#include "warmup/text_rules.h"

namespace warmup {

namespace {

// More at once makes answers long enough to be cut.
constexpr int kTextsAtOnce = 10;

llm::Question question_for(int count) {
    llm::Question question;
    question.system = std::string(embedded::warmup("template_prompt.txt"));
    question.user = fmt::format(
        "Write {} emails. Answer with JSON: {{\"templates\": [{{\"subject\": …, \"body\": …}}]}} "
        "with exactly "
        "{} entries.",
        count,
        count
    );
    question.schema_name = "warmup_templates";
    question.schema =
        R"({"type":"object","properties":{"templates":{"type":"array","items":{"type":"object",)"
        R"("properties":{"subject":{"type":"string"},"body":{"type":"string"}},)"
        R"("required":["subject","body"],"additionalProperties":false}}},)"
        R"("required":["templates"],"additionalProperties":false})";
    question.tokens_max = 1000 + 400 * count;
    return question;
}

std::string text_of(const boost::json::object& object, std::string_view key) {
    const boost::json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

bool stands_in(const std::vector<std::string>& known, std::string_view body) {
    return std::ranges::any_of(known, [&](const std::string& one) {
        return base::trim(one) == base::trim(body);
    });
}

WrittenTemplates from_grammar(int count, std::vector<std::string> known, base::Random& random) {
    WrittenTemplates written{{}, "fallback"};
    while (static_cast<int>(written.texts.size()) < count) {
        const PlainText text = Grammar::local().opening(random);
        if (stands_in(known, text.body)) continue;
        known.push_back(text.body);
        written.texts.push_back({text.subject, text.body, std::nullopt});
    }
    return written;
}

}  // namespace

base::Result<std::vector<WrittenText>> read_templates(
    const std::string& json, int count, const std::vector<std::string>& known
) {
    const auto nonsense = [](const std::string& why) {
        return base::fail(
            base::ErrorCode::protocol, "warmup.templates", "the model answered nonsense: " + why
        );
    };
    boost::system::error_code problem;
    const boost::json::value value = boost::json::parse(json, problem);
    if (problem || !value.is_object()) return nonsense("no JSON object");
    const boost::json::value* list = value.get_object().if_contains("templates");
    if (list == nullptr || !list->is_array()) return nonsense("no list of templates");
    std::vector<WrittenText> texts;
    std::vector<std::string> bodies = known;
    std::string last_problem = "the list is empty";
    for (const boost::json::value& entry : list->get_array()) {
        if (static_cast<int>(texts.size()) == count) break;
        if (!entry.is_object()) continue;
        WrittenText text;
        text.subject = base::trim(text_of(entry.get_object(), "subject"));
        text.body = base::trim(text_of(entry.get_object(), "body"));
        if (const auto bad = template_problem(text.subject, text.body, "")) {
            last_problem = *bad;
        } else if (stands_in(bodies, text.body)) {
            last_problem = "a text that is there already";
        } else {
            bodies.push_back(text.body);
            texts.push_back(std::move(text));
        }
    }
    if (texts.empty()) return nonsense(last_problem);
    return texts;
}

base::Task<std::vector<WrittenTemplates>> write_templates(
    llm::ChatModel& model,
    int count,
    int at_least,
    std::vector<std::string> known,
    base::Random& random
) {
    std::vector<WrittenTemplates> groups;
    int written = 0;
    while (written < count) {
        const int wanted = std::min(count - written, kTextsAtOnce);
        llm::Question question = question_for(wanted);
        const auto answer = co_await model.ask(std::move(question));
        base::Result<std::vector<WrittenText>> texts;
        if (answer)
            texts = read_templates(answer->json, wanted, known);
        else
            texts = base::pass_on(answer);
        if (!texts) {
            const int from_grammar_count = std::max(0, at_least - written);
            const std::string what =
                from_grammar_count > 0
                    ? fmt::format("{} templates come from the local grammar", from_grammar_count)
                    : std::string("no new templates, those of today are used again");
            base::log::warn("warmup", "{}: {}", what, texts.error().describe());
            break;
        }
        for (const WrittenText& text : *texts) known.push_back(text.body);
        written += static_cast<int>(texts->size());
        groups.push_back({std::move(*texts), model.provider()});
    }
    if (written < at_least)
        groups.push_back(from_grammar(at_least - written, std::move(known), random));
    co_return groups;
}

}  // namespace warmup
