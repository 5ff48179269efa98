// Database over SQLite. Threads: one writer for all write connections, two readers with read-only
// ones. Consecutive write jobs of one role form a group (sqlite_group.h): it closes when no further
// job of that role waits, after kGroupJobs, or after kGroupTime; nobody waits for a group to fill.
// Results are posted to the loop after the COMMIT.
//
// With `inline_jobs` there are no threads: a job runs and ends inside submit(), before its caller
// awaits.
// ":memory:" is one connection whose guard changes roles, used by the writer alone; its read jobs
// stand in the same queue.
#pragma once
#include <memory>
#include <span>

#include "store/database.h"
#include "store/migrate.h"

namespace store {

inline constexpr int kGroupJobs = 64;
inline constexpr std::chrono::milliseconds kGroupTime{10};

// open_database for "sqlite:…"; `known` is another list of migrations in tests only.
std::unique_ptr<Database> open_sqlite(
    const OpenOptions& options,
    base::Loop& loop,
    std::span<const Migration> known = known_migrations()
);

}  // namespace store
