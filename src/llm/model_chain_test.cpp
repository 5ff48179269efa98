#include "llm/model_chain.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/log.h"
#include "tests/llm/scripted_http.h"
#include "tests/support/manual_loop.h"

namespace llm {
namespace {

using base::ErrorCode;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kGood =
    R"({"choices":[{"message":{"content":"{\"text\":\"hi\"}"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":3,"completion_tokens":4}})";
constexpr const char* kGone =
    R"({"error":{"message":"The model does not exist","code":"model_not_found"}})";

class ModelChainTest : public testing::Test {
  protected:
    ModelChainTest() {
        before_ = base::log::set_sink([this](const base::log::Line& line) {
            lines_.push_back(line.text);
        });
    }
    ~ModelChainTest() override { base::log::set_sink(before_); }

    ModelChain::Options options(std::vector<std::string> models = {"a", "b", "c"}) {
        ModelChain::Options made;
        made.client = {
            "groq", "https://api.groq.com/openai/v1", config::Secret("gsk_planted"), false
        };
        made.models = std::move(models);
        made.section = "llm.warmup";
        made.api_key_env = "GROQ_API_KEY";
        made.budget = {"warmup", store::Role::warmup, 50};
        return made;
    }
    ModelChain chain(ModelChain::Options with) {
        return ModelChain(std::move(with), http_, loop_.clock(), random_, nullptr);
    }
    base::Result<Answer> ask(ModelChain& chain) {
        Question question{
            "s",
            "u",
            "n",
            R"({"type":"object","required":["text"],"properties":{"text":{"type":"string"}}})"
        };
        return base::run_to_end(loop_, chain.ask(std::move(question)));
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> models;
        for (const net::HttpRequest& request : http_.requests())
            models.emplace_back(boost::json::parse(request.body).at("model").as_string());
        return models;
    }
    base::Duration elapsed() { return loop_.clock().monotonic() - start_; }

    support::ManualLoop loop_;
    base::MonotonicTime start_ = loop_.clock().monotonic();
    support::ScriptedHttp http_{loop_.clock()};
    base::SeededRandom random_{1};
    std::vector<std::string> lines_;
    base::log::Sink before_;
};

TEST_F(ModelChainTest, AsksTheFirstModelWithTheKey) {
    ModelChain models = chain(options());
    http_.answer(200, kGood);
    const auto answer = ask(models);
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(answer->json, R"({"text":"hi"})");
    EXPECT_EQ(answer->model, "a");
    EXPECT_EQ(answer->tokens_out, 4);
    const net::HttpRequest& request = http_.requests().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://api.groq.com/openai/v1/chat/completions");
    EXPECT_FALSE(request.allow_private_addresses);
    EXPECT_EQ(request.timeout, seconds(60));
    EXPECT_THAT(
        request.headers,
        testing::Contains(std::pair<std::string, std::string>("Authorization", "Bearer gsk_planted")
        )
    );
    EXPECT_EQ(request.body.find("gsk_planted"), std::string::npos);
}

TEST_F(ModelChainTest, WithoutAKeyNothingIsSent) {
    ModelChain::Options keyless = options();
    keyless.client.api_key = {};
    ModelChain models = chain(keyless);
    EXPECT_FALSE(models.configured());
    EXPECT_EQ(models.provider(), "groq");
    const auto answer = ask(models);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unsupported);
    EXPECT_THAT(answer.error().message, HasSubstr("GROQ_API_KEY is not set"));
    EXPECT_TRUE(http_.requests().empty());
}

TEST_F(ModelChainTest, WithoutAModelItIsNotConfigured) {
    ModelChain models = chain(options({"", ""}));
    EXPECT_FALSE(models.configured());
    EXPECT_THAT(ask(models).error().message, HasSubstr("set llm.warmup.model"));
}

TEST_F(ModelChainTest, RepeatedAndEmptyNamesAreDropped) {
    EXPECT_THAT(chain(options({"", "b", "a", "b"})).models(), ElementsAre("b", "a"));
}

TEST_F(ModelChainTest, ARetiredModelIsSkippedFromThenOnWithOneWarning) {
    ModelChain models = chain(options());
    http_.answer(404, kGone);
    http_.answer(200, kGood);
    http_.answer(200, kGood);
    EXPECT_EQ(ask(models)->model, "b");
    EXPECT_EQ(ask(models)->model, "b");
    EXPECT_THAT(asked(), ElementsAre("a", "b", "b"));
    ASSERT_EQ(lines_.size(), 1u);
    EXPECT_EQ(
        lines_[0],
        "llm.groq: the model a is not available (HTTP 404) (server said: \"The model does not "
        "exist\"); "
        "it is not asked again until a restart"
    );
}

TEST_F(ModelChainTest, WhenAllModelsAreGoneItSaysSo) {
    ModelChain models = chain(options());
    for (int i = 0; i < 3; ++i) http_.answer(404, kGone);
    for (int round = 0; round < 2; ++round) {
        const auto answer = ask(models);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::not_found);
        EXPECT_THAT(answer.error().message, HasSubstr("no model is there any more (a, b, c)"));
    }
    EXPECT_EQ(http_.requests().size(), 3u);
}

TEST_F(ModelChainTest, ARefusedKeyStopsAndNamesTheVariable) {
    ModelChain models = chain(options());
    http_.answer(401, R"({"error":{"message":"Invalid API Key gsk_planted"}})");
    const auto answer = ask(models);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unauthenticated);
    EXPECT_THAT(
        answer.error().describe(), HasSubstr("check the environment variable GROQ_API_KEY")
    );
    EXPECT_EQ(answer.error().describe().find("gsk_planted"), std::string::npos);
    EXPECT_EQ(http_.requests().size(), 1u);
}

TEST_F(ModelChainTest, AQuestionThatIsTooLongStops) {
    ModelChain models = chain(options());
    http_.answer(413, "");
    EXPECT_EQ(ask(models).error().code, ErrorCode::limit_exceeded);
    EXPECT_EQ(http_.requests().size(), 1u);
}

TEST_F(ModelChainTest, ARefusedRequestGoesToTheNextModel) {
    ModelChain models = chain(options());
    http_.answer(400, R"({"error":{"message":"response_format is not supported"}})");
    http_.answer(422, "");
    http_.answer(200, kGood);
    EXPECT_EQ(ask(models)->model, "c");
    EXPECT_EQ(elapsed(), seconds(0));
}

TEST_F(ModelChainTest, AShortRetryAfterIsWaitedForExactly) {
    ModelChain models = chain(options());
    http_.answer(429, "", {{"retry-after", "7"}});
    http_.answer(200, kGood);
    EXPECT_EQ(ask(models)->model, "a");
    EXPECT_EQ(elapsed(), seconds(7));
    EXPECT_THAT(asked(), ElementsAre("a", "a"));
}

TEST_F(ModelChainTest, ALongRetryAfterBlocksTheModelForAsLong) {
    ModelChain models = chain(options({"a", "b"}));
    http_.answer(429, "", {{"retry-after", "120"}});
    http_.answer(200, kGood);
    http_.answer(200, kGood);
    EXPECT_EQ(ask(models)->model, "b");
    EXPECT_EQ(elapsed(), seconds(0));
    EXPECT_EQ(ask(models)->model, "b");
    loop_.advance(seconds(121));
    http_.answer(200, kGood);
    EXPECT_EQ(ask(models)->model, "a");
    EXPECT_THAT(asked(), ElementsAre("a", "b", "b", "a"));
}

TEST_F(ModelChainTest, WhenAllAreBlockedItSaysUntilWhen) {
    ModelChain models = chain(options({"a"}));
    http_.answer(429, R"({"error":{"message":"Rate limit reached"}})");
    const auto first = ask(models);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().code, ErrorCode::unavailable);
    EXPECT_EQ(first.error().reply_code, 429);
    EXPECT_EQ(first.error().server_words, "Rate limit reached");
    const auto second = ask(models);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    EXPECT_THAT(
        second.error().message,
        HasSubstr("a: the provider's rate limit holds until 2026-11-23T13:01:00Z")
    );
    EXPECT_EQ(http_.requests().size(), 1u);
}

TEST_F(ModelChainTest, ABlockThatEndsSoonIsWaitedFor) {
    ModelChain models = chain(options({"a"}));
    http_.answer(
        200, kGood, {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "4s"}}
    );
    http_.answer(200, kGood);
    EXPECT_TRUE(ask(models));
    EXPECT_EQ(elapsed(), seconds(0));
    EXPECT_TRUE(ask(models));
    EXPECT_EQ(elapsed(), seconds(4));
}

TEST_F(ModelChainTest, OutagesAreRetriedTwiceThenTheNextModelIsAsked) {
    for (const int status : {498, 500, 502, 503}) {
        ModelChain models = chain(options({"a", "b"}));
        const std::size_t before = http_.requests().size();
        for (int i = 0; i < 3; ++i) http_.answer(status, "");
        http_.answer(200, kGood);
        const auto answer = ask(models);
        ASSERT_TRUE(answer) << status;
        EXPECT_EQ(answer->model, "b");
        EXPECT_EQ(http_.requests().size() - before, 4u);
        const base::Duration waited = http_.times()[before + 2] - http_.times()[before];
        EXPECT_GE(waited, seconds(2)) << status;
        EXPECT_LE(waited, seconds(4)) << status;
    }
}

TEST_F(ModelChainTest, ALastingOutageIsUnavailable) {
    ModelChain models = chain(options());
    for (int i = 0; i < 9; ++i) http_.answer(503, R"({"error":{"message":"Service Unavailable"}})");
    const auto answer = ask(models);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(answer.error().reply_code, 503);
    EXPECT_EQ(http_.left(), 0u);
}

TEST_F(ModelChainTest, AHangEndsAtTheTimeoutAndStops) {
    ModelChain models = chain(options());
    http_.hang();
    const auto answer = ask(models);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::timed_out);
    EXPECT_EQ(answer.error().stage, "llm.groq");
    EXPECT_EQ(elapsed(), seconds(60));
    EXPECT_EQ(http_.requests().size(), 1u);
}

TEST_F(ModelChainTest, AQuestionNeverTakesLongerThanItsTimeout) {
    ModelChain::Options slow = options({"a", "b", "c", "d", "e"});
    slow.question_timeout = seconds(30);
    ModelChain models = chain(slow);
    for (int i = 0; i < 15; ++i) http_.answer(429, "", {{"retry-after", "9"}});
    EXPECT_EQ(ask(models).error().code, ErrorCode::unavailable);
    EXPECT_LE(elapsed(), seconds(30));
    EXPECT_LE(http_.requests().back().timeout, seconds(30));
}

TEST_F(ModelChainTest, ALostConnectionIsRetriedAndThenGivenUp) {
    ModelChain models = chain(options());
    http_.fail(ErrorCode::network, "connection refused");
    http_.answer(200, kGood);
    EXPECT_EQ(ask(models)->model, "a");
    for (int i = 0; i < 3; ++i) http_.fail(ErrorCode::network, "connection refused");
    EXPECT_EQ(ask(models).error().code, ErrorCode::network);
    EXPECT_EQ(http_.left(), 0u);
    http_.fail(ErrorCode::tls, "certificate");
    EXPECT_EQ(ask(models).error().code, ErrorCode::tls);
    EXPECT_EQ(http_.requests().size(), 6u);
}

TEST_F(ModelChainTest, NonsenseGoesToTheNextModelAndIsNamedAtTheEnd) {
    ModelChain models = chain(options());
    const char* bodies[] = {
        R"({"choices":[{"message":{"content":""}}]})",
        R"({"choices":[{"message":{"content":"As an AI, I can't."}}]})",
        R"({"choices":[{"message":{"content":"{\"tex"},"finish_reason":"length"}]})",
    };
    for (const char* body : bodies) http_.answer(200, body);
    const auto answer = ask(models);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::protocol);
    EXPECT_THAT(answer.error().message, HasSubstr("c: the answer was cut"));
    EXPECT_THAT(asked(), ElementsAre("a", "b", "c"));
}

TEST_F(ModelChainTest, FailingAtEachRequestInTurnStillAnswersOrSaysWhy) {
    // The same story with a failure put in at position `at`: whatever fails, nothing is lost or
    // doubled.
    for (int at = 0; at < 4; ++at) {
        ModelChain models = chain(options());
        for (int i = 0; i < at; ++i) http_.answer(500, "");
        http_.answer(404, kGone);
        for (int i = 0; i < 12; ++i) http_.answer(200, kGood);
        const auto answer = ask(models);
        ASSERT_TRUE(answer) << at;
        EXPECT_EQ(answer->json, R"({"text":"hi"})");
        while (http_.left() > 0) ask(models);
    }
}

TEST_F(ModelChainTest, TheDaysBudgetCountsEveryRequest) {
    ModelChain::Options small = options({"a"});
    small.budget.requests_per_day = 3;
    ModelChain models = chain(small);
    http_.answer(500, "");
    http_.answer(200, kGood);
    http_.answer(200, kGood);
    EXPECT_TRUE(ask(models));
    EXPECT_TRUE(ask(models));
    const auto answer = ask(models);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(
        answer.error().message,
        "the 3 requests of the day (llm.warmup.requests_per_day) are used up; they come back at "
        "2026-11-24T00:00:00Z"
    );
    EXPECT_EQ(http_.requests().size(), 3u);
}

TEST_F(ModelChainTest, QuestionsMayBeOpenTogether) {
    ModelChain models = chain(options({"a"}));
    for (int i = 0; i < 5; ++i) http_.answer(429, "", {{"retry-after", "2"}});
    for (int i = 0; i < 5; ++i) http_.answer(200, kGood);
    std::vector<base::Task<base::Result<Answer>>> tasks;
    const Question question{"s", "u", "n", R"({"type":"object"})"};
    for (int i = 0; i < 5; ++i) tasks.push_back(models.ask(question));
    const auto answers = base::run_to_end(loop_, base::when_all(std::move(tasks)));
    for (const auto& answer : answers) EXPECT_TRUE(answer);
    EXPECT_EQ(elapsed(), seconds(2));
}

TEST_F(ModelChainTest, CountsInTheStoreAndGoesOnAfterARestart) {
    store::OpenOptions open;
    open.url = "sqlite::memory:";
    open.inline_jobs = true;
    open.create = true;
    const auto database = store::open_database(open, loop_);
    ModelChain::Options small = options({"a"});
    small.budget.requests_per_day = 2;
    http_.answer(429, "", {{"retry-after", "300"}});
    http_.answer(200, kGood);
    {
        ModelChain first(small, http_, loop_.clock(), random_, database.get());
        EXPECT_EQ(ask(first).error().code, ErrorCode::unavailable);
    }
    ModelChain second(small, http_, loop_.clock(), random_, database.get());
    EXPECT_THAT(ask(second).error().message, HasSubstr("holds until 2026-11-23T13:05:00Z"));
    EXPECT_EQ(http_.requests().size(), 1u);
    loop_.advance(minutes(5));
    EXPECT_TRUE(ask(second));
    EXPECT_THAT(ask(second).error().message, HasSubstr("are used up"));
}

}  // namespace
}  // namespace llm
