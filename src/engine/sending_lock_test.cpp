#include "engine/sending_lock.h"

#include <unistd.h>

#include "tests/support/manual_loop.h"
#include "tests/support/temporary_folder.h"

TEST(SendingLock, OneHolderAtATimeAndTheSecondIsToldWho) {
    const support::TemporaryFolder folder;
    const std::string path = folder.file("pilotlight.db.sending");
    support::ManualLoop loop;
    const auto db = store::open_database(
        {.url = "sqlite:" + folder.file("pilotlight.db"), .create = true}, loop
    );
    {
        const auto first = engine::SendingLock::take(*db, path);
        ASSERT_TRUE(first);
        EXPECT_EQ(engine::SendingLock::holder(path), std::to_string(getpid()));
        const auto second = engine::SendingLock::take(*db, path);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, base::ErrorCode::conflict);
        EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos);
    }
    EXPECT_EQ(engine::SendingLock::holder(path), std::nullopt);
    EXPECT_EQ(engine::SendingLock::holder(folder.file("missing")), std::nullopt);
    EXPECT_TRUE(engine::SendingLock::take(*db, path));
    EXPECT_FALSE(engine::SendingLock::take(*db, folder.file("no/such/folder")));
}

TEST(SendingLockPath, LiesBesideTheStoreOrTheKey) {
    EXPECT_EQ(
        engine::sending_lock_path("sqlite:/a/pilotlight.db", "/k/pilotlight.key"),
        "/a/pilotlight.db.sending"
    );
    EXPECT_EQ(
        engine::sending_lock_path("postgresql://h/d", "/k/pilotlight.key"),
        "/k/pilotlight.key.sending"
    );
}
