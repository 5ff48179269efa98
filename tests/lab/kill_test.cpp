// kill -9 at random moments of a cycle, each followed by a normal run: nothing lost, nothing twice.
//
// PILOTLIGHT_KILLS says how often (default 10), PILOTLIGHT_SEED repeats the moments of an earlier
// run.
#include "tests/lab/kill_test.h"

#include <cstdlib>

namespace lab {
namespace {

std::int64_t number_from_environment(const char* name, std::int64_t otherwise) {
    const char* text = std::getenv(name);
    if (text == nullptr) return otherwise;
    const std::optional<std::int64_t> value = base::parse_int(text);
    if (!value) throw std::runtime_error(std::string(name) + " must be a number, not " + text);
    return *value;
}

TEST_F(KillTest, LosesNothingAndDoublesNothing) {
    const std::int64_t kills = number_from_environment("PILOTLIGHT_KILLS", 10);
    base::SystemRandom system;
    const std::int64_t seed = number_from_environment(
        "PILOTLIGHT_SEED", static_cast<std::int64_t>(system.below(1'000'000))
    );
    base::SeededRandom random(static_cast<std::uint64_t>(seed));
    SCOPED_TRACE(
        fmt::format("to repeat its moments: PILOTLIGHT_SEED={} PILOTLIGHT_KILLS={}", seed, kills)
    );
    // Many sends and an answer to each, so that many moments lie close to a send.
    world_->set_up({
        {"warmup.sends_per_cycle", "3"},
        {"warmup.reply_rate", "1.0"},
        {"llm.warmup.requests_per_day", "1000000"},
    });

    ASSERT_NO_FATAL_FAILURE(play_rounds(kills, random));
    if (HasFailure()) return;
    // A loop that hit nothing would prove nothing.
    EXPECT_GE(2 * tally_.kills, kills) << "most runs ended before their moment";
    if (kills >= 10) EXPECT_GT(tally_.intent_left, 0) << "no kill met an unanswered intent";
}

}  // namespace
}  // namespace lab
