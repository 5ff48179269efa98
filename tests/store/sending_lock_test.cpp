// Two machines that work on one PostgreSQL store, each with its own copy of the key: only one
// sends.
#include "engine/sending_lock.h"

#include "tests/store/store_fixture.h"

namespace tests {
namespace {

using engine::SendingLock;

class StoreSendingLock : public StoreTest {};

TEST_P(StoreSendingLock, AnotherMachineIsRefusedUntilTheFirstIsDone) {
    const auto elsewhere = store::open_database(options_, loop_);
    const std::string here = folder_.file("here.key.sending");
    const std::string there = folder_.file("there.key.sending");
    {
        const auto first = SendingLock::take(*database_, here);
        ASSERT_TRUE(first) << first.error().describe();
        const auto second = SendingLock::take(*elsewhere, there);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, base::ErrorCode::conflict);
        EXPECT_THAT(second.error().message, testing::HasSubstr("on another machine"));
    }
    const auto second = SendingLock::take(*elsewhere, there);
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_FALSE(SendingLock::take(*database_, here));
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    StoreSendingLock,
    testing::Values(Kind::postgresql),
    [](const auto& kind) { return name_of(kind.param); }
);

}  // namespace
}  // namespace tests
