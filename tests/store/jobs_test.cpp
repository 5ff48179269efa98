// Jobs: whole or not at all, in groups, in the right order, delivered only after the commit.
#include <future>

#include "tests/store/store_fixture.h"

namespace tests {
namespace {

using store::Connection;
using store::Role;
using store::StoreError;
using store::Urgency;
using store::values;

constexpr const char* kInsert = "INSERT INTO warmup_cycles (started_at) VALUES (:at)";

class StoreJobs : public StoreTest {
  protected:
    std::int64_t rows() { return count(Role::warmup, "SELECT COUNT(*) FROM warmup_cycles"); }
};

TEST_P(StoreJobs, AreRolledBackWhole) {
    const auto job = [](Connection& connection) {
        connection.execute(kInsert, values(1));
        throw std::runtime_error("enough");
    };
    EXPECT_THROW(run(Role::warmup, job), std::runtime_error);
    EXPECT_EQ(rows(), 0);
    EXPECT_EQ(refusal(Role::warmup, kInsert, values(1)), std::nullopt);
    EXPECT_EQ(rows(), 1);
}

TEST_P(StoreJobs, DoNotGoOnAfterAStoreError) {
    const auto job = [](Connection& connection) {
        connection.execute(kInsert, values(1));
        try {
            connection.execute(
                "INSERT INTO warmup_cycles (id, started_at) VALUES (:id, NULL)", values(1)
            );
        } catch (const StoreError&) {
            EXPECT_THROW(connection.execute(kInsert, values(2)), StoreError);
        }
    };
    EXPECT_THROW(run(Role::warmup, job), StoreError);
    EXPECT_EQ(rows(), 0);
}

TEST_P(StoreJobs, ReturnWhatTheySaw) {
    execute(Role::warmup, kInsert, values(5));
    const auto seen = read(Role::warmup, [](Connection& connection) {
        return connection.text("SELECT result FROM warmup_cycles ORDER BY id");
    });
    EXPECT_EQ(seen, "{}");
    EXPECT_EQ(
        run(Role::warmup, [](Connection& connection) { return connection.role(); }), Role::warmup
    );
}

TEST_P(StoreJobs, AFailingJobDoesNotSpoilItsNeighbours) {
    std::vector<base::Task<bool>> tasks;
    const auto attempt = [](store::Database& database, int number) -> base::Task<bool> {
        const auto job = [number](Connection& connection) {
            connection.execute(kInsert, values(number));
            if (number % 3 == 0)
                connection.execute("INSERT INTO warmup_cycles (id, started_at) VALUES (1, NULL)");
            if (number % 5 == 0) throw std::runtime_error("five");
        };
        auto task = database.run(Role::warmup, job);
        try {
            co_await std::move(task);
        } catch (const std::runtime_error&) {
            co_return false;
        }
        co_return true;
    };
    for (int i = 0; i < 200; ++i) tasks.push_back(attempt(*database_, i));
    const std::vector<bool> done = [&] {
        const auto results = base::run_to_end(loop_, base::when_all(std::move(tasks)));
        return std::vector<bool>(results.begin(), results.end());
    }();
    std::int64_t expected = 0;
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(done[static_cast<std::size_t>(i)], i % 3 != 0 && i % 5 != 0) << i;
        if (i % 3 != 0 && i % 5 != 0) ++expected;
    }
    EXPECT_EQ(rows(), expected);
}

TEST_P(StoreJobs, ConcurrentIncrementsAreAllCounted) {
    execute(Role::warmup, kInsert, values(1));
    std::vector<base::Task<>> tasks;
    for (int i = 0; i < 100; ++i)
        tasks.push_back(database_->run(Role::warmup, [](Connection& connection) {
            const std::int64_t sent =
                connection.integer("SELECT sent FROM warmup_cycles ORDER BY id");
            connection.execute("UPDATE warmup_cycles SET sent = :sent", values(sent + 1));
        }));
    base::run_to_end(loop_, base::when_all(std::move(tasks)));
    EXPECT_EQ(count(Role::warmup, "SELECT sent FROM warmup_cycles ORDER BY id"), 100);
}

TEST_P(StoreJobs, WaitingOnesEndBeforeTheDatabaseDoes) {
    int ended = 0;
    for (int i = 0; i < 50; ++i)
        base::start(
            database_->run(
                Role::warmup,
                [i](Connection& connection) { connection.execute(kInsert, values(i)); }
            ),
            [&](std::exception_ptr problem) { ended += problem ? 0 : 1; }
        );
    database_.reset();
    bool emptied = false;
    loop_.post([&] { emptied = true; });
    loop_.run_until(emptied);
    EXPECT_EQ(ended, 50);
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    StoreJobs,
    testing::Values(
        Kind::sqlite_file,
        Kind::sqlite_inline,
        Kind::sqlite_memory,
        Kind::sqlite_memory_inline,
        Kind::postgresql,
        Kind::postgresql_inline
    ),
    [](const auto& info) { return name_of(info.param); }
);

// Persistence is for stores that outlive their handle.
class StoreOnDisk : public StoreTest {};

TEST_P(StoreOnDisk, KeepsRowsAndInstanceIdWhenReopened) {
    execute(Role::warmup, kInsert, values(7));
    const auto id_of = [&] {
        return read(Role::warmup, [](Connection& connection) {
            return connection.text("SELECT value FROM store_meta WHERE name = 'instance_id'");
        });
    };
    const auto id = id_of();
    ASSERT_TRUE(id);
    EXPECT_EQ(id->size(), 16U);
    database_.reset();
    options_.create = false;
    open();
    EXPECT_EQ(count(Role::warmup, "SELECT started_at FROM warmup_cycles ORDER BY id"), 7);
    EXPECT_EQ(id_of(), id);
    EXPECT_EQ(
        count(
            Role::warmup,
            "SELECT CAST(value AS BIGINT) FROM store_meta WHERE name = 'schema_version'"
        ),
        store::schema_version_latest()
    );
}

TEST_P(StoreOnDisk, RefusesAStoreOfANewerProgramAndNamesBothVersions) {
    execute(Role::owner, "UPDATE store_meta SET value = '99' WHERE name = 'schema_version'");
    database_.reset();
    try {
        open();
        FAIL() << "opened";
    } catch (const StoreError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("schema version 99"));
        EXPECT_THAT(
            error.what(),
            testing::HasSubstr("up to " + std::to_string(store::schema_version_latest()))
        );
    }
}

TEST_P(StoreOnDisk, RefusesADatabaseOfAnotherProgram) {
    execute(Role::owner, "DROP TABLE store_meta");
    database_.reset();
    try {
        open();
        FAIL() << "opened";
    } catch (const StoreError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("is no Pilotlight store"));
    }
}

TEST_P(StoreOnDisk, TwoHandlesWorkOnOneStore) {
    BlockingLoop other_loop;
    const auto other = store::open_database(options_, other_loop);
    for (int i = 0; i < 20; ++i) {
        execute(Role::warmup, kInsert, values(i));
        base::run_to_end(other_loop, other->run(Role::warmup, [i](Connection& connection) {
            connection.execute(kInsert, values(100 + i));
        }));
        EXPECT_EQ(count(Role::warmup, "SELECT COUNT(*) FROM warmup_cycles"), 2 * (i + 1));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    StoreOnDisk,
    testing::Values(Kind::sqlite_file, Kind::sqlite_inline, Kind::postgresql),
    [](const auto& info) { return name_of(info.param); }
);

}  // namespace
}  // namespace tests
