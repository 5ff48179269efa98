#include "llm/failure.h"

namespace llm {
namespace {

using base::ErrorCode;
using std::chrono::hours;
using std::chrono::seconds;

Attempt failed(int status, const char* body = "") {
    static const Question question{"s", "u", "n", R"({"type":"object"})"};
    return read_response({status, {}, body}, question, "m", "llm.groq", "", {});
}

Attempt broken(ErrorCode code) { return {base::fail(code, "llm.groq", "x"), {}}; }

TEST(Failure, EachKindLeadsToItsStep) {
    struct Case {
        Attempt attempt;
        Step first;
        Step last;  // after the retries
    };
    const Case cases[] = {
        {failed(400), Step::next_model, Step::next_model},
        {failed(422), Step::next_model, Step::next_model},
        {failed(401), Step::stop, Step::stop},
        {failed(403), Step::stop, Step::stop},
        {failed(404, R"({"error":{"code":"model_not_found"}})"), Step::next_model, Step::next_model
        },
        {failed(404), Step::stop, Step::stop},
        {failed(413), Step::stop, Step::stop},
        {failed(429), Step::next_model, Step::next_model},
        {failed(408), Step::retry, Step::next_model},
        {failed(424), Step::retry, Step::next_model},
        {failed(498), Step::retry, Step::next_model},
        {failed(499), Step::retry, Step::next_model},
        {failed(500), Step::retry, Step::next_model},
        {failed(502), Step::retry, Step::next_model},
        {failed(503), Step::retry, Step::next_model},
        {failed(200, "nonsense"), Step::next_model, Step::next_model},
        {broken(ErrorCode::network), Step::retry, Step::stop},
        {broken(ErrorCode::closed), Step::retry, Step::stop},
        {broken(ErrorCode::timed_out), Step::stop, Step::stop},
        {broken(ErrorCode::tls), Step::stop, Step::stop},
        {broken(ErrorCode::permission), Step::stop, Step::stop},
        {broken(ErrorCode::limit_exceeded), Step::stop, Step::stop},
    };
    base::SeededRandom random(1);
    for (const Case& one : cases) {
        EXPECT_EQ(decide(one.attempt, 0, random).step, one.first)
            << one.attempt.result.error().describe();
        EXPECT_EQ(decide(one.attempt, kRetriesMax, random).step, one.last)
            << one.attempt.result.error().describe();
    }
}

TEST(Failure, BackoffGrowsAndIsSpread) {
    base::SeededRandom random(7);
    std::set<std::int64_t> waits;
    for (int i = 0; i < 100; ++i) {
        const base::Duration first = decide(failed(500), 0, random).wait;
        const base::Duration second = decide(failed(500), 1, random).wait;
        EXPECT_GE(first, std::chrono::milliseconds(750));
        EXPECT_LE(first, std::chrono::milliseconds(1250));
        EXPECT_GE(second, std::chrono::milliseconds(1500));
        EXPECT_LE(second, std::chrono::milliseconds(2500));
        waits.insert(first.count());
    }
    EXPECT_GT(waits.size(), 50u);
}

TEST(Failure, AShortRateLimitIsWaitedForAndALongOneBlocks) {
    base::SeededRandom random(1);
    Attempt limited = failed(429);
    limited.limits.retry_after = seconds(10);
    Decision decision = decide(limited, 0, random);
    EXPECT_EQ(decision.step, Step::retry);
    EXPECT_EQ(decision.wait, seconds(10));
    EXPECT_FALSE(decision.block);
    decision = decide(limited, kRetriesMax, random);
    EXPECT_EQ(decision.step, Step::next_model);
    EXPECT_EQ(decision.block, seconds(10));
    limited.limits.retry_after = seconds(11);
    decision = decide(limited, 0, random);
    EXPECT_EQ(decision.step, Step::next_model);
    EXPECT_EQ(decision.block, seconds(11));
}

TEST(Failure, ARateLimitWithoutRetryAfterUsesTheResetOrAMinute) {
    base::SeededRandom random(1);
    Attempt limited = failed(429);
    EXPECT_EQ(decide(limited, 0, random).block, seconds(60));
    limited.limits.remaining_requests = 0;
    limited.limits.reset_requests = hours(3);
    EXPECT_EQ(decide(limited, 0, random).block, hours(3));
    limited.limits.remaining_requests = 4;
    limited.limits.remaining_tokens = 0;
    limited.limits.reset_tokens = seconds(2);
    EXPECT_EQ(decide(limited, 0, random).step, Step::retry);
}

TEST(Failure, AnOutageThatNamesALongTimeBlocks) {
    base::SeededRandom random(1);
    Attempt outage = failed(503);
    outage.limits.retry_after = seconds(120);
    EXPECT_EQ(decide(outage, 0, random).step, Step::next_model);
    EXPECT_EQ(decide(outage, 0, random).block, seconds(120));
    outage.limits.retry_after = seconds(4);
    EXPECT_EQ(decide(outage, 0, random).wait, seconds(4));
}

TEST(Failure, TheLastAllowedRequestBlocksTheNext) {
    base::SeededRandom random(1);
    Attempt answered{Answer{}, {}};
    EXPECT_EQ(decide(answered, 0, random).step, Step::done);
    EXPECT_FALSE(decide(answered, 0, random).block);
    answered.limits.remaining_requests = 0;
    answered.limits.reset_requests = hours(2);
    EXPECT_EQ(decide(answered, 0, random).step, Step::done);
    EXPECT_EQ(decide(answered, 0, random).block, hours(2));
}

}  // namespace
}  // namespace llm
