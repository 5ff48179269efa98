// Warmup's model over the real HTTP client against a server on loopback: what a provider may
// answer, from the socket up. Unit tests of each part lie in src/llm and src/net.
#include "llm/warmup_model.h"
#include "net/asio_loop.h"
#include "net/curl_http_client.h"
#include "tests/llm/scripted_model_server.h"
#include "tests/store/store_fixture.h"

namespace {

using base::Duration;
using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::ScriptedAnswer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kKey = "gsk_loopback_4711";
constexpr const char* kSchema =
    R"({"type":"object","properties":{"subject":{"type":"string"},"body":{"type":"string"}},)"
    R"("required":["subject","body"],"additionalProperties":false})";

// The loop's clock, but a wait costs no time: it takes the time along, and is kept.
class SkippingClock : public base::Clock {
  public:
    explicit SkippingClock(net::AsioLoop& loop) : loop_(loop) {}
    base::Timestamp now() const override { return loop_.now() + skipped_; }
    base::MonotonicTime monotonic() const override { return loop_.monotonic() + skipped_; }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override {
        const Duration wait = std::max(Duration::zero(), time - monotonic());
        waits.push_back(wait);
        return loop_.call_at(loop_.monotonic(), [this, wait, run = std::move(work)] {
            skipped_ += wait;
            run();
        });
    }
    void cancel(TimerId timer) override { loop_.cancel(timer); }

    std::vector<Duration> waits;

  private:
    net::AsioLoop& loop_;
    Duration skipped_{0};
};

// The real client with less patience than the model asks for: what was asked is kept.
class ImpatientHttp : public net::HttpClient {
  public:
    explicit ImpatientHttp(net::HttpClient& real) : real_(real) {}
    base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override {
        asked.push_back(request.timeout);
        request.timeout = std::min(request.timeout, patience);
        base::Result<net::HttpResponse> answer = co_await real_.send(std::move(request));
        co_return answer;
    }

    Duration patience = seconds(20);
    std::vector<Duration> asked;

  private:
    net::HttpClient& real_;
};

class OverCurl : public testing::Test {
  protected:
    OverCurl() {
        settings_.llm_warmup.base_url = server_.base_url();
        settings_.llm_warmup.model = "first";
        settings_.llm_warmup.fallback_models = {"second"};
        settings_.llm_warmup.api_key = config::Secret(kKey);
        make_model(nullptr);
    }
    void make_model(store::Database* database) {
        model_ = llm::make_warmup_model(settings_, http_, clock_, random_, database);
    }

    base::Result<llm::Answer> ask() {
        return base::run_to_end(
            loop_, model_->ask({"Write.", "Write one mail.", "mail", kSchema, 500, 0.9})
        );
    }
    std::string model_of_answer() {
        const base::Result<llm::Answer> answer = ask();
        EXPECT_TRUE(answer) << answer.error().describe();
        return answer ? answer->model : "";
    }
    base::Error error() {
        base::Result<llm::Answer> answer = ask();
        EXPECT_FALSE(answer);
        return answer ? base::Error{} : answer.error();
    }

    // {"error":{…}} as Groq words it.
    void refuse(
        int status,
        const std::string& code = "code",
        std::vector<std::pair<std::string, std::string>> headers = {}
    ) {
        const std::string body = fmt::format(
            R"({{"error":{{"message":"words of {}","type":"t","code":"{}"}}}})", status, code
        );
        server_.answer({.status = status, .headers = std::move(headers), .body = body});
    }
    // A 200 with this as the model's message.
    void say(const std::string& message) {
        server_.answer(
            {.body = R"({"choices":[{"finish_reason":"stop","message":)" + message + "}]}"}
        );
    }
    // Which model each request was for, in order.
    std::vector<std::string> asked_models() const {
        std::vector<std::string> out;
        for (const support::RecordedRequest& request : server_.requests())
            out.emplace_back(request.body.contains(R"("model":"first")") ? "first" : "second");
        return out;
    }

    net::AsioLoop loop_;
    SkippingClock clock_{loop_};
    base::SeededRandom random_{1};
    net::CurlHttpClient curl_{loop_, {}};
    ImpatientHttp http_{curl_};
    support::ScriptedModelServer server_;
    config::Settings settings_;
    std::unique_ptr<llm::ChatModel> model_;
};

TEST_F(OverCurl, AnAnswerArrivesCheckedAndTheKeyWasSentOnce) {
    const base::Result<llm::Answer> answer = ask();
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(answer->model, "first");
    EXPECT_THAT(answer->json, HasSubstr("\"subject\""));
    EXPECT_GT(answer->tokens_out, 0);
    ASSERT_EQ(server_.requests().size(), 1U);
    const support::RecordedRequest request = server_.requests().front();
    EXPECT_EQ(request.line, "POST /openai/v1/chat/completions HTTP/1.1");
    EXPECT_EQ(request.header("authorization"), std::string("Bearer ") + kKey);
    EXPECT_EQ(request.header("content-type"), "application/json");
    EXPECT_THAT(request.body, Not(HasSubstr(kKey)));
    EXPECT_THAT(http_.asked, ElementsAre(Duration(seconds(60))));
    EXPECT_THAT(clock_.waits, IsEmpty());
}

TEST_F(OverCurl, A400GoesToTheNextModel) {
    refuse(400, "invalid_request_error");
    EXPECT_EQ(model_of_answer(), "second");
    EXPECT_THAT(asked_models(), ElementsAre("first", "second"));
    EXPECT_THAT(clock_.waits, IsEmpty());
}

TEST_F(OverCurl, A401StopsAndNamesTheVariable) {
    refuse(401, "invalid_api_key");
    const base::Error refused = error();
    EXPECT_EQ(refused.code, ErrorCode::unauthenticated);
    EXPECT_EQ(refused.reply_code, 401);
    EXPECT_THAT(refused.message, HasSubstr("GROQ_API_KEY"));
    EXPECT_EQ(refused.server_words, "words of 401");
    EXPECT_THAT(asked_models(), ElementsAre("first"));
}

TEST_F(OverCurl, A404ModelNotFoundGoesToTheNextModelForGood) {
    refuse(404, "model_not_found");
    EXPECT_EQ(model_of_answer(), "second");
    EXPECT_EQ(model_of_answer(), "second");
    EXPECT_THAT(asked_models(), ElementsAre("first", "second", "second"));
}

TEST_F(OverCurl, AllModelsGoneIsNotFound) {
    refuse(404, "model_not_found");
    refuse(404, "model_decommissioned");
    EXPECT_EQ(error().code, ErrorCode::not_found);
    // Nothing is asked any more.
    EXPECT_THAT(error().message, HasSubstr("first, second"));
    EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(OverCurl, A413StopsSinceNoModelTakesALongerQuestion) {
    refuse(413);
    EXPECT_EQ(error().code, ErrorCode::limit_exceeded);
    EXPECT_THAT(asked_models(), ElementsAre("first"));
}

TEST_F(OverCurl, A429WithAShortRetryAfterIsWaitedForExactly) {
    refuse(429, "rate_limit_exceeded", {{"Retry-After", "2"}});
    EXPECT_EQ(model_of_answer(), "first");
    ASSERT_EQ(clock_.waits.size(), 1U);
    EXPECT_LE(clock_.waits[0], seconds(2));
    EXPECT_GT(clock_.waits[0], milliseconds(1900));
}

TEST_F(OverCurl, A429WithALongRetryAfterBlocksTheModel) {
    refuse(429, "rate_limit_exceeded", {{"retry-after", "600"}});
    EXPECT_EQ(model_of_answer(), "second");
    EXPECT_EQ(model_of_answer(), "second") << "the first is blocked";
    EXPECT_THAT(asked_models(), ElementsAre("first", "second", "second"));
    EXPECT_THAT(clock_.waits, IsEmpty());
}

TEST_F(OverCurl, A429WithoutRetryAfterBlocksTheModelForAMinute) {
    refuse(429, "rate_limit_exceeded");
    EXPECT_EQ(model_of_answer(), "second");
    EXPECT_EQ(model_of_answer(), "second");
    base::run_to_end(loop_, clock_.sleep_until(clock_.in(seconds(61))));
    EXPECT_EQ(model_of_answer(), "first");
}

TEST_F(OverCurl, TheLimitHeadersOf200HoldBackTheNextRequest) {
    server_.answer(
        {.headers =
             {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "2m59.56s"}}}
    );
    EXPECT_EQ(model_of_answer(), "first");
    EXPECT_EQ(model_of_answer(), "second");
}

class OverCurlOutage : public OverCurl, public testing::WithParamInterface<int> {};

TEST_P(OverCurlOutage, IsTriedAgainTwiceThenTheNextModelIsAsked) {
    for (int i = 0; i < 3; ++i) refuse(GetParam());
    EXPECT_EQ(model_of_answer(), "second");
    EXPECT_THAT(asked_models(), ElementsAre("first", "first", "first", "second"));
    ASSERT_EQ(clock_.waits.size(), 2U);
    EXPECT_LT(clock_.waits[0], clock_.waits[1]);
    EXPECT_GT(clock_.waits[0], milliseconds(500));
}

TEST_P(OverCurlOutage, ThatLastsIsUnavailableWithTheServersWords) {
    for (int i = 0; i < 6; ++i) refuse(GetParam());
    const base::Error failed = error();
    EXPECT_EQ(failed.code, ErrorCode::unavailable);
    EXPECT_EQ(failed.reply_code, GetParam());
    EXPECT_EQ(failed.server_words, fmt::format("words of {}", GetParam()));
    EXPECT_TRUE(failed.retryable());
}

INSTANTIATE_TEST_SUITE_P(
    Statuses,
    OverCurlOutage,
    testing::Values(498, 500, 503),
    [](const auto& info) { return "Http" + std::to_string(info.param); }
);

TEST_F(OverCurl, AHangEndsAtTheRequestsTimeoutAndStops) {
    http_.patience = milliseconds(150);
    server_.answer({.hang = true});
    const base::Error failed = error();
    EXPECT_EQ(failed.code, ErrorCode::timed_out);
    EXPECT_TRUE(failed.retryable());
    EXPECT_THAT(asked_models(), ElementsAre("first"));
    // And the next question is answered: nothing of the hang is left.
    http_.patience = seconds(20);
    EXPECT_EQ(model_of_answer(), "first");
}

TEST_F(OverCurl, AQuestionsTimeIsOverEvenWhenEachRequestIsInTime) {
    for (int i = 0; i < 20; ++i) refuse(503, "busy", {{"retry-after", "10"}});
    EXPECT_EQ(error().code, ErrorCode::unavailable);
    Duration waited{0};
    for (const Duration wait : clock_.waits) waited += wait;
    EXPECT_LE(waited, seconds(120));
    for (const Duration asked : http_.asked) EXPECT_LE(asked, seconds(60));
}

TEST_F(OverCurl, ACutBodyIsALostConnectionAndTriedAgain) {
    server_.answer({.cut_body = true});
    EXPECT_EQ(model_of_answer(), "first");
    EXPECT_THAT(asked_models(), ElementsAre("first", "first"));
}

TEST_F(OverCurl, ACutThatLastsIsANetworkFailure) {
    server_.answer_always({.cut_body = true});
    const base::Error failed = error();
    EXPECT_EQ(failed.code, ErrorCode::network);
    EXPECT_TRUE(failed.retryable());
    EXPECT_THAT(asked_models(), ElementsAre("first", "first", "first"));
}

TEST_F(OverCurl, AConnectionThatIsSlammedIsTriedAgain) {
    server_.answer({.slam = true});
    EXPECT_EQ(model_of_answer(), "first");
}

TEST_F(OverCurl, CutJsonInAWholeBodyIsNonsense) {
    server_.answer({.body = R"({"choices":[{"message":{"content":"{\"sub)"});
    EXPECT_EQ(model_of_answer(), "second");
    say(R"({"content":"{\"subject\":\"cut"})");
    say(R"({"content":"{\"subject\":\"no body\"}"})");
    const base::Error failed = error();
    EXPECT_EQ(failed.code, ErrorCode::protocol);
    EXPECT_THAT(failed.message, HasSubstr("body is missing"));
}

TEST_F(OverCurl, EmptyContentGoesToTheNextModel) {
    say(R"({"content":""})");
    EXPECT_EQ(model_of_answer(), "second");
    say(R"({"content":null})");
    say(R"({"content":"  \n"})");
    const base::Error failed = error();
    EXPECT_EQ(failed.code, ErrorCode::protocol);
    EXPECT_THAT(failed.message, HasSubstr("empty"));
}

TEST_F(OverCurl, ARefusalGoesToTheNextModelWhicheverWayItIsSaid) {
    say(R"({"refusal":"I can't help with that.","content":null})");
    EXPECT_EQ(model_of_answer(), "second");
    say(R"({"content":"I'm sorry, but I can't help with that."})");
    say(R"({"refusal":"No."})");
    const base::Error failed = error();
    EXPECT_EQ(failed.code, ErrorCode::protocol);
    EXPECT_THAT(failed.message + failed.server_words, HasSubstr("No."));
}

TEST_F(OverCurl, TheKeyIsMaskedWhereTheProviderRepeatsIt) {
    server_.answer(
        {.status = 401,
         .body = fmt::format(R"({{"error":{{"message":"Incorrect API key: {}"}}}})", kKey)}
    );
    const base::Error refused = error();
    EXPECT_THAT(refused.describe(), Not(HasSubstr(kKey)));
    EXPECT_THAT(refused.server_words, HasSubstr("***"));
}

TEST_F(OverCurl, AnAnswerOverAMegabyteIsRefused) {
    server_.answer({.body = std::string((1 << 20) + 1, 'x')});
    EXPECT_EQ(error().code, ErrorCode::limit_exceeded);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(OverCurl, NobodyThereIsANetworkFailure) {
    settings_.llm_warmup.base_url = "http://127.0.0.1:1/v1";  // tcpmux: nobody has it
    make_model(nullptr);
    EXPECT_EQ(error().code, ErrorCode::network);
    EXPECT_EQ(clock_.waits.size(), 2U);
}

TEST_F(OverCurl, BlocksAndCountsSurviveARestart) {
    tests::TemporaryFolder folder;
    const store::OpenOptions options{.url = "sqlite:" + folder.file("store.db"), .create = true};
    std::unique_ptr<store::Database> database = store::open_database(options, loop_);
    make_model(database.get());
    refuse(429, "rate_limit_exceeded", {{"retry-after", "600"}});
    EXPECT_EQ(model_of_answer(), "second");

    model_.reset();
    database = store::open_database(options, loop_);
    make_model(database.get());
    EXPECT_EQ(model_of_answer(), "second") << "the block was forgotten";
    settings_.llm_warmup.requests_per_day = 3;
    make_model(database.get());
    const base::Error used_up = error();
    EXPECT_EQ(used_up.code, ErrorCode::unavailable);
    EXPECT_THAT(used_up.message, HasSubstr("the 3 requests of the day"));
    EXPECT_EQ(server_.requests().size(), 3U);
    model_.reset();
}

}  // namespace
