// kill -9 at random moments of a cycle, each followed by a normal run: nothing lost, nothing twice.
#include "tests/lab/kill_test.h"

namespace lab {
namespace {

TEST_F(KillTest, LosesNothingAndDoublesNothing) {
    // Many sends and an answer to each, so that many moments lie close to a send.
    world_->set_up({
        {"warmup.sends_per_cycle", "3"},
        {"warmup.reply_rate", "1.0"},
        {"llm.warmup.requests_per_day", "1000000"},
    });
    play_rounds(10);
}

}  // namespace
}  // namespace lab
