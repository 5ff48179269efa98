// Group commit: many jobs of one role in one transaction and one disk sync.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "store/job.h"
#include "store/sqlite_session.h"

namespace store {

// Runs the jobs that `next` gives until it has none, then commits. Where one throws, all is rolled
// back and the jobs run again, each in a SAVEPOINT of its own: the one that throws is undone and
// the others stand. (Savepoints from the start would cost every job a copy of all pages it
// changes.) Where the transaction itself fails (begin, commit, a full disk), every job of the group
// ends with that error: nothing of it is in the store.
std::vector<Ended> run_group(
    SqliteSession& session, Role role, const std::function<std::optional<Job>()>& next
);

}  // namespace store
