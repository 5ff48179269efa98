// What only the embedded engine has: groups, one writer, other processes, sudden death.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>

#include "tests/store/sqlite_fixture.h"

namespace tests {
namespace {

using store::Connection;
using store::Role;
using store::StoreError;
using store::Urgency;
using store::values;

constexpr const char* kInsert = kInsertCycle;

// Holds the writer inside a job until `release`.
struct Gate {
    std::promise<void> entered;
    std::promise<void> open;
    std::shared_future<void> opened = open.get_future().share();

    auto job() {
        return [this](Connection&) {
            entered.set_value();
            opened.wait();
        };
    }
};

TEST_F(SqliteStore, DeliversAGroupsResultsOnlyAfterItsCommit) {
    // A group also ends by its time, which a busy machine may overrun: then it is tried again.
    for (int round = 0;; ++round) {
        ASSERT_LT(round, 100) << "no group was quick enough";
        Gate first;
        Gate last;
        int ended = 0;
        const auto note = [&](std::exception_ptr) { ++ended; };
        base::start(database_->run(Role::warmup, first.job()), note);
        first.entered.get_future().wait();
        base::start(
            database_->run(Role::warmup, [](Connection& c) { c.execute(kInsert, values(1)); }), note
        );
        base::start(database_->run(Role::warmup, last.job()), note);
        first.open.set_value();
        last.entered.get_future().wait();
        // The writer is in the third job of the group; the first two have run, but are not
        // committed.
        const std::size_t told = loop_.waiting();
        const std::int64_t committed = count();
        last.open.set_value();
        bool all = false;
        base::start(database_->run(Role::warmup, [](Connection&) {}), [&](std::exception_ptr) {
            all = true;
        });
        loop_.run_until(all);
        EXPECT_EQ(ended, 3);
        EXPECT_EQ(count(), round + 1);
        if (told > 0) continue;
        EXPECT_EQ(committed, round);
        return;
    }
}

TEST_F(SqliteStore, RunsUrgentJobsFirstAndLetsRolesTakeTurns) {
    Gate gate;
    std::vector<int> order;
    std::size_t ended = 0;
    const auto add = [&](Role role, int number, Urgency urgency) {
        base::start(
            database_->run(
                role, [&order, number](Connection&) { order.push_back(number); }, urgency
            ),
            [&](std::exception_ptr) { ++ended; }
        );
    };
    base::start(database_->run(Role::operator_, gate.job()), [](std::exception_ptr) {});
    gate.entered.get_future().wait();
    for (int i = 0; i < 3; ++i) {
        add(Role::warmup, i, Urgency::normal);
        add(Role::campaign, 10 + i, Urgency::normal);
    }
    add(Role::warmup, 20, Urgency::urgent);
    add(Role::campaign, 30, Urgency::urgent);
    gate.open.set_value();
    while (ended < 8) {
        bool step = false;
        loop_.post([&] { step = true; });
        loop_.run_until(step);
    }
    EXPECT_THAT(
        std::vector<int>(order.begin(), order.begin() + 2), testing::UnorderedElementsAre(20, 30)
    );
    EXPECT_THAT(order, testing::UnorderedElementsAre(0, 1, 2, 10, 11, 12, 20, 30));
}

TEST_F(SqliteStore, SaysBusyWhereAnotherHandleHoldsTheFileTooLong) {
    options_.busy_timeout = std::chrono::milliseconds(30);
    BlockingLoop other_loop;
    const auto other = store::open_database(options_, other_loop);
    Gate gate;
    bool ended = false;
    base::start(database_->run(Role::warmup, gate.job()), [&](std::exception_ptr) {
        ended = true;
    });
    gate.entered.get_future().wait();
    const auto insert_there = [&] {
        base::run_to_end(other_loop, other->run(Role::warmup, [](Connection& c) {
            c.execute(kInsert, values(1));
        }));
    };
    try {
        insert_there();
        ADD_FAILURE() << "two writers";
    } catch (const StoreError& error) {
        EXPECT_EQ(error.kind, StoreError::Kind::busy) << error.what();
    }
    gate.open.set_value();
    loop_.run_until(ended);
    EXPECT_NO_THROW(insert_there());
}

TEST_F(SqliteStore, SharesItsFileWithAnotherProcess) {
    database_.reset();
    const auto work = [&](int first) {
        open();
        std::vector<base::Task<>> tasks;
        for (int i = 0; i < 300; ++i)
            tasks.push_back(database_->run(Role::warmup, [first, i](Connection& c) {
                c.execute(kInsert, values(first + i));
            }));
        base::run_to_end(loop_, base::when_all(std::move(tasks)));
    };
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            work(1000);
            database_.reset();
            ::_exit(0);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
            ::_exit(1);
        }
    }
    work(0);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(count(), 600);
}

// Writes pairs until it is killed, and tells the number of each pair whose result has arrived.
[[noreturn]] void write_pairs(const store::OpenOptions& options, int told) {
    BlockingLoop loop;
    const auto database = store::open_database(options, loop);
    const auto pair = [](store::Database& store, int number, int pipe) -> base::Task<> {
        const auto job = [number](Connection& connection) {
            connection.execute(kInsert, values(number));
            connection.execute(kInsert, values(number));
        };
        auto task = store.run(Role::warmup, job);
        co_await std::move(task);
        if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(3);
    };
    for (int number = 0;;) {
        std::vector<base::Task<>> tasks;
        for (int i = 0; i < 20; ++i) tasks.push_back(pair(*database, number++, told));
        base::run_to_end(loop, base::when_all(std::move(tasks)));
    }
}

TEST_F(SqliteStore, KeepsWhatItToldAndNoHalfJobAfterKillMinusNine) {
    for (int round = 0; round < 10; ++round) {
        run(Role::warmup,
            [](Connection& connection) { connection.execute("DELETE FROM warmup_cycles"); });
        database_.reset();
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) write_pairs(options_, ends[1]);
        ::close(ends[1]);
        std::vector<int> told;
        int number = 0;
        while (told.size() < 30U + 7U * static_cast<unsigned>(round) &&
               ::read(ends[0], &number, sizeof number) == sizeof number)
            told.push_back(number);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(ends[0], &number, sizeof number) == sizeof number) told.push_back(number);
        ::close(ends[0]);

        options_.check_integrity = true;
        open();
        EXPECT_EQ(
            count("SELECT COUNT(*) FROM (SELECT 1 FROM warmup_cycles GROUP BY started_at HAVING "
                  "COUNT(*) <> 2) t"),
            0
        );
        for (const int kept : told)
            EXPECT_EQ(
                count(
                    "SELECT COUNT(*) FROM warmup_cycles WHERE started_at = " + std::to_string(kept)
                ),
                2
            ) << kept;
    }
}

// Runs jobs while no file may grow, then again when it may. 0 where each told the truth.
int work_on_a_full_disk(store::Database& database, BlockingLoop& loop) {
    const auto insert = [&](std::size_t bytes) {
        const std::string result(bytes, 'x');
        auto task = database.run(Role::warmup, [result](Connection& connection) {
            connection.execute(
                "INSERT INTO warmup_cycles (started_at, result) VALUES (1, :r)", values(result)
            );
        });
        return task;
    };
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit full{256 * 1024, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    int lost = 0;
    for (int i = 0; i < 5; ++i) {
        try {
            base::run_to_end(loop, insert(1'000'000));
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::lost) ++lost;
        }
    }
    ::setrlimit(RLIMIT_FSIZE, &limit);
    base::run_to_end(loop, insert(1'000'000));
    const auto rows =
        base::run_to_end(loop, database.read(Role::warmup, [](Connection& connection) {
            return connection.integer("SELECT COUNT(*) FROM warmup_cycles");
        }));
    return lost == 5 && rows == 1 ? 0 : 1 + lost + 10 * static_cast<int>(rows);
}

TEST_F(SqliteStore, TellsLostOnAFullDiskAndGoesOnAfterwards) {
    database_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            open();
            ::_exit(work_on_a_full_disk(*database_, loop_));
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
            ::_exit(100);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    options_.check_integrity = true;
    open();
    EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace tests
