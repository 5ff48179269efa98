#include "tests/warmup/scripted_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tests {

std::vector<llm::Question> ScriptedModel::questions_about(std::string_view schema_name) const {
    std::vector<llm::Question> some;
    std::ranges::copy_if(questions, std::back_inserter(some), [&](const llm::Question& question) {
        return question.schema_name == schema_name;
    });
    return some;
}

base::Task<base::Result<llm::Answer>> ScriptedModel::ask(llm::Question question) {
    questions.push_back(question);
    switch (mood) {
        case Mood::refuses:
            co_return base::fail(
                base::ErrorCode::protocol, "llm.groq", "the model refused", "I can't help with that"
            );
        case Mood::times_out: {
            const base::MonotonicTime end = clock_.in(std::chrono::seconds(120));
            co_await clock_.sleep_until(end);
            co_return base::fail(base::ErrorCode::timed_out, "llm.groq", "no answer in 120 s");
        }
        case Mood::talks_nonsense:
            co_return llm::Answer{R"({"weather":"fine"})", "scripted", 1, 1};
        case Mood::not_configured:
            co_return base::fail(
                base::ErrorCode::unsupported, "llm.groq", "GROQ_API_KEY is not set"
            );
        case Mood::writes:
            break;
    }
    co_return llm::Answer{answer ? answer(question) : text_for(question), "scripted", 1, 1};
}

std::string ScriptedModel::text_for(const llm::Question& question) {
    if (question.schema_name == "warmup_reply")
        return fmt::format(
            R"({{"body":"Thanks, that suits me well. I have put down item {} for us."}})", ++count_
        );
    int wanted = 0;
    for (const char c : question.user.substr(question.user.find("Write ") + 6)) {
        if (c < '0' || c > '9') break;
        wanted = wanted * 10 + (c - '0');
    }
    std::string list;
    for (int i = 0; i < wanted; ++i) {
        ++count_;
        list += fmt::format(
            R"({}{{"subject":"Item {} of the list","body":"Hello,\n\nI have come to item {} of our )"
            R"(list. Can you have a look at it?\n\nBest wishes"}})",
            list.empty() ? "" : ",",
            count_,
            count_
        );
    }
    return R"({"templates":[)" + list + "]}";
}

}  // namespace tests
