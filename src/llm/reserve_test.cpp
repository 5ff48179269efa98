#include "llm/reserve.h"

#include "llm/campaign_model.h"
#include "llm/model_chain.h"
#include "llm/warmup_model.h"
#include "tests/llm/scripted_http.h"
#include "tests/support/manual_loop.h"

namespace llm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

RateLimits limits(
    std::int64_t requests, std::int64_t tokens, base::Duration tokens_reset = seconds(20)
) {
    RateLimits made;
    made.limit_requests = 1000;
    made.remaining_requests = requests;
    made.reset_requests = hours(5);
    made.limit_tokens = 8000;
    made.remaining_tokens = tokens;
    made.reset_tokens = tokens_reset;
    return made;
}

TEST(Reserve, LeavesAHundredRequestsOfTheDay) {
    EXPECT_FALSE(reserve_hold({}, limits(101, 8000)));
    EXPECT_EQ(reserve_hold({}, limits(100, 8000)), hours(5));
    EXPECT_EQ(reserve_hold({}, limits(0, 8000)), hours(5));
}

TEST(Reserve, LeavesHalfTheTokensOfTheMinute) {
    EXPECT_FALSE(reserve_hold({}, limits(900, 4001)));
    EXPECT_EQ(reserve_hold({}, limits(900, 4000)), seconds(20));
    // The longer of two holds.
    EXPECT_EQ(reserve_hold({}, limits(50, 100)), hours(5));
}

TEST(Reserve, LeavesTheTokensOfItsRequestsWhereTheLimitIsOfTheDay) {
    RateLimits day = limits(900, 300'001, hours(7));
    day.limit_tokens = 1'000'000;
    EXPECT_FALSE(reserve_hold({}, day));
    day.remaining_tokens = 300'000;
    EXPECT_EQ(reserve_hold({}, day), hours(7));
    day.limit_tokens = 200'000;  // a small plan is shared
    day.remaining_tokens = 100'001;
    EXPECT_FALSE(reserve_hold({}, day));
}

TEST(Reserve, SaysNothingWithoutHeaders) {
    EXPECT_FALSE(reserve_hold({}, {}));
    RateLimits some;
    some.remaining_tokens = 0;
    EXPECT_FALSE(reserve_hold({}, some));
    some = {};
    some.remaining_requests = 10;
    EXPECT_EQ(reserve_hold({}, some), hours(1));
}

config::Settings shared_settings() {
    config::Settings settings;
    settings.llm_warmup.api_key = config::Secret("gsk_1");
    settings.llm_campaign.provider = "groq";
    settings.llm_campaign.base_url = settings.llm_warmup.base_url + "/";
    settings.llm_campaign.api_key = config::Secret("gsk_1");
    settings.llm_campaign.api_key_env = "GROQ_API_KEY";
    settings.llm_campaign.model = "m";
    return settings;
}

TEST(Reserve, IsForOneOrganisation) {
    config::Settings settings = shared_settings();
    EXPECT_TRUE(shares_organisation(settings));
    settings.llm_campaign.api_key = config::Secret("gsk_2");
    EXPECT_FALSE(shares_organisation(settings));
    settings = shared_settings();
    settings.llm_campaign.provider = "openai";
    EXPECT_FALSE(shares_organisation(settings));
    settings = shared_settings();
    settings.llm_campaign.base_url = "https://proxy.example/v1";
    EXPECT_FALSE(shares_organisation(settings));
}

// Both sides on one store and one organisation whose day has 1,000 requests.
class SharedOrganisationTest : public testing::Test {
  protected:
    void SetUp() override {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        database_ = store::open_database(options, loop_);
    }
    std::unique_ptr<ChatModel> campaign() {
        return make_campaign_model(
            shared_settings(), http_, loop_.clock(), random_, database_.get()
        );
    }
    std::unique_ptr<ChatModel> warmup() {
        return make_warmup_model(shared_settings(), http_, loop_.clock(), random_, database_.get());
    }
    void answer(std::int64_t requests_left, std::int64_t tokens_left = 250'000) {
        http_.answer(
            200,
            R"({"choices":[{"message":{"content":"{\"t\":\"x\"}"},"finish_reason":"stop"}],
                "usage":{"prompt_tokens":3,"completion_tokens":4}})",
            {{"x-ratelimit-limit-requests", "1000"},
             {"x-ratelimit-remaining-requests", std::to_string(requests_left)},
             {"x-ratelimit-reset-requests", "6h"},
             {"x-ratelimit-limit-tokens", "250000"},
             {"x-ratelimit-remaining-tokens", std::to_string(tokens_left)},
             {"x-ratelimit-reset-tokens", "30s"}}
        );
    }
    static Question question() {
        return {
            "s",
            "u",
            "n",
            R"({"type":"object","required":["t"],"properties":{"t":{"type":"string"}}})"
        };
    }
    bool ask(ChatModel& model) {
        return base::run_to_end(loop_, model.ask(question())).has_value();
    }
    static base::Task<> count(ChatModel& model, int& answered) {
        const auto got = co_await model.ask(question());
        if (got) ++answered;
    }
    std::int64_t requests_counted() {
        auto job = [](store::Connection& connection) {
            return connection.integer(
                "SELECT CAST(SUM(requests) AS BIGINT) FROM llm_usage WHERE purpose = 'campaign'"
            );
        };
        return base::run_to_end(loop_, database_->read(store::Role::operator_, job));
    }

    support::ManualLoop loop_;
    support::ScriptedHttp http_{loop_.clock()};
    base::SeededRandom random_{1};
    std::unique_ptr<store::Database> database_;
};

TEST_F(SharedOrganisationTest, CampaignsStopWhereWarmupsHundredBegins) {
    auto model = campaign();
    answer(101);
    EXPECT_TRUE(ask(*model));
    answer(100);
    EXPECT_TRUE(ask(*model));
    // Both models of the chain share the day's requests; each learns it from its own answer.
    const std::size_t before = http_.requests().size();
    answer(99);
    ask(*model);
    answer(98);
    EXPECT_FALSE(ask(*model));
    EXPECT_LE(http_.requests().size(), before + 1);
    auto restarted = campaign();
    const std::size_t then = http_.requests().size();
    EXPECT_FALSE(ask(*restarted));
    EXPECT_EQ(http_.requests().size(), then);
    auto other = warmup();
    EXPECT_TRUE(ask(*other));  // warmup goes on
    loop_.advance(hours(6) + minutes(1));
    answer(900);
    EXPECT_TRUE(ask(*restarted));
}

TEST_F(SharedOrganisationTest, CampaignsWaitForTheirHalfOfTheMinute) {
    auto model = campaign();
    answer(900, 125'000);
    EXPECT_TRUE(ask(*model));
    const base::MonotonicTime before = loop_.clock().monotonic();
    answer(899, 250'000);
    EXPECT_TRUE(ask(*model));
    EXPECT_GE(loop_.clock().monotonic() - before, seconds(30));
}

TEST_F(SharedOrganisationTest, CampaignsKeepToFifteenRequestsAMinute) {
    auto model = campaign();
    const base::MonotonicTime before = loop_.clock().monotonic();
    for (int i = 0; i < 31; ++i) {
        answer(900 - i);
        EXPECT_TRUE(ask(*model)) << i;
    }
    EXPECT_GE(loop_.clock().monotonic() - before, minutes(2));
}

// `send run` beside `serve`, and several questions of each that wait at once.
TEST_F(SharedOrganisationTest, AllProcessesTogetherKeepToFifteenRequestsAMinute) {
    auto one = campaign();
    auto two = campaign();
    int answered = 0;
    std::vector<base::Task<>> open;
    for (int i = 0; i < 20; ++i) {
        answer(900 - i);
        open.push_back(count(i % 2 == 0 ? *one : *two, answered));
    }
    base::run_to_end(loop_, base::when_all(std::move(open)));
    EXPECT_EQ(answered, 20);
    const std::vector<base::MonotonicTime>& times = http_.times();
    ASSERT_EQ(times.size(), 20U);
    for (std::size_t i = 15; i < times.size(); ++i)
        EXPECT_GE(times[i] - times[i - 15], minutes(1)) << i;
    EXPECT_EQ(requests_counted(), 20);
}

TEST_F(SharedOrganisationTest, AQuestionThatFindsNoPlaceInTimeIsNotCounted) {
    auto model = campaign();
    int answered = 0;
    std::vector<base::Task<>> open;
    for (int i = 0; i < 40; ++i) {
        answer(900 - i);
        open.push_back(count(*model, answered));
    }
    base::run_to_end(loop_, base::when_all(std::move(open)));
    EXPECT_GE(answered, 29);
    EXPECT_LT(answered, 40);
    EXPECT_EQ(requests_counted(), answered);
    EXPECT_EQ(http_.requests().size(), static_cast<std::size_t>(answered));
}

}  // namespace
}  // namespace llm
