#include "warmup/reply_writer.h"

#include <boost/json.hpp>

#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "warmup/grammar.h"
#include "warmup/text_rules.h"

namespace warmup {

namespace {

constexpr std::size_t kReceivedBytesMax = 4000;

struct Marks {
    std::string boundary;
    std::string canary;
};

llm::Question question_for(
    const std::string& subject, const std::string& received, const Marks& marks
) {
    llm::Question question;
    question.system = base::replace_all(
        base::replace_all(
            std::string(embedded::warmup("reply_prompt.txt")), "{boundary}", marks.boundary
        ),
        "{canary}",
        marks.canary
    );
    question.user = marks.boundary + "\nSubject: " + visible_text(subject, 200) +
                    visible_text(received, kReceivedBytesMax) + marks.boundary +
                    "\nAnswer with JSON: {\"body\": …}";
    question.schema_name = "warmup_reply";
    question.schema = R"({"type":"object","properties":{"body":{"type":"string"}},)"
                      R"("required":["body"],"additionalProperties":false})";
    question.tokens_max = 1000;
    return question;
}

base::Result<std::string> read_reply(const std::string& json, const Marks& marks) {
    const auto nonsense = [](const std::string& why) {
        return base::fail(
            base::ErrorCode::protocol, "warmup.reply", "the model answered nonsense: " + why
        );
    };
    boost::system::error_code problem;
    const boost::json::value value = boost::json::parse(json, problem);
    if (problem || !value.is_object()) return nonsense("no JSON object");
    const boost::json::value* body = value.get_object().if_contains("body");
    if (body == nullptr || !body->is_string()) return nonsense("no body");
    std::string text(base::trim(body->get_string()));
    for (const std::string& mark : {marks.boundary, marks.canary})
        if (const auto bad = reply_problem(text, mark)) return nonsense(*bad);
    return text;
}

// True where the model gave no answer at all, whatever was asked.
bool is_silence(base::ErrorCode code) {
    return code != base::ErrorCode::protocol && code != base::ErrorCode::refused &&
           code != base::ErrorCode::limit_exceeded;
}

}  // namespace

WrittenReply fallback_reply(base::Random& random) {
    return {Grammar::local().reply(random), "fallback", std::nullopt, false};
}

base::Task<WrittenReply> write_reply(
    llm::ChatModel& model, std::string subject, std::string received, base::Random& random
) {
    const Marks marks{"=====" + random.alphanumeric(20), random.letters(16)};
    llm::Question question = question_for(subject, received, marks);
    const auto answer = co_await model.ask(std::move(question));
    base::Result<std::string> body;
    if (answer)
        body = read_reply(answer->json, marks);
    else
        body = base::pass_on(answer);
    if (body) co_return WrittenReply{*body, model.provider(), std::nullopt, false};
    base::log::warn("warmup", "a reply comes from the local grammar: {}", body.error().describe());
    WrittenReply reply = fallback_reply(random);
    reply.problem = body.error();
    reply.model_silent = is_silence(body.error().code);
    co_return reply;
}

}  // namespace warmup
