// Group commit: many jobs of one role, each in a SAVEPOINT, in one transaction and one disk sync.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "store/job.h"
#include "store/sqlite_session.h"

namespace store {

// Runs the jobs that `next` gives until it has none, then commits. A job that throws is rolled back
// to its savepoint and the others go on. Where the transaction itself fails (begin, commit, a full
// disk), every job of the group ends with that error: nothing of it is in the store.
std::vector<Ended> run_group(
    SqliteSession& session, Role role, const std::function<std::optional<Job>()>& next
);

}  // namespace store
