#include "engine/sending_lock.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/manual_loop.h"

TEST(SendingLock, OneHolderAtATimeAndTheSecondIsToldWho) {
    std::string name = (std::filesystem::temp_directory_path() / "lock-XXXXXX").string();
    const std::filesystem::path folder = mkdtemp(name.data());
    const std::string path = folder / "pilotlight.db.sending";
    support::ManualLoop loop;
    const auto db = store::open_database(
        {.url = "sqlite:" + (folder / "pilotlight.db").string(), .create = true}, loop
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
    EXPECT_EQ(engine::SendingLock::holder(folder / "missing"), std::nullopt);
    EXPECT_TRUE(engine::SendingLock::take(*db, path));
    EXPECT_FALSE(engine::SendingLock::take(*db, folder / "no" / "such" / "folder"));
    std::filesystem::remove_all(folder);
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
