// The test build of the program: its days pass in two minutes, on real servers, and nothing of that
// is in the program that is shipped.
#include "tests/lab/cycle_test.h"

namespace lab {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(FastProgram, IsNotTheShippedOne) {
    EXPECT_TRUE(read_file(World::binary(true)).contains("PILOTLIGHT_FAST_SINCE"));
    const std::string shipped = read_file(World::binary(false));
    ASSERT_TRUE(shipped.contains("pilotlight"));
    EXPECT_FALSE(shipped.contains("PILOTLIGHT_FAST_SINCE"));
}

class FastProgramTest : public CycleTest {
  protected:
    Stage stage() override { return {.verbose = true}; }
};

// Two cycles four hours apart are due within half a minute; each waits for its mail as it needs.
TEST_F(FastProgramTest, RunsACycleEachFourHoursOfItsOwn) {
    // Within so many hours of the program's time it would put copies into Sent.
    world_->set_up(
        {{"warmup.sends_per_cycle", "1"},
         {"warmup.reply_rate", "1.0"},
         {"sending.sent_copy", "\"never\""}}
    );
    world_->hurry();
    const std::int64_t begin = world_->now_micros();
    Process service = world_->start({"serve"}, "serve");
    const std::string log = world_->servers().folder() + "/serve.err";
    const bool done = await(minutes(8), [&] {
        return read_file(log).contains("cycle 2: sent") || service.await_exit(Limit::zero());
    });
    EXPECT_TRUE(done);
    EXPECT_TRUE(service.stop(seconds(40)));
    EXPECT_EQ(service.exit_code(), 0) << tail(read_file(log), 60);
    ASSERT_TRUE(world_->servers().await_delivery(seconds(30)));

    const StoreView::Rows cycles =
        world_->store()->query("SELECT started_at FROM warmup_cycles ORDER BY id");
    ASSERT_GE(cycles.size(), 2U) << tail(read_file(log), 60);
    const std::int64_t hours =
        (std::stoll(cycles[1][0]) - std::stoll(cycles[0][0])) / 3'600'000'000;
    EXPECT_GE(hours, 3);
    EXPECT_LT(std::stoll(cycles[1][0]), world_->now_micros());
    EXPECT_GE(std::stoll(cycles[0][0]), begin);
    EXPECT_GE(openings().size(), 6U) << "each sender writes once a cycle";
    expect_nothing_twice();
}

}  // namespace
}  // namespace lab
