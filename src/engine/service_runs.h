// The table service_runs: what `serve` has begun, and how it ended. Everything here runs inside a
// job on the operator's role. (task, due) is unique, so nobody begins one occurrence twice: not
// this process after a restart, not another one on the same store.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/connection.h"

namespace engine {

struct ServiceRun {
    std::string task;
    base::Timestamp due;
    base::Timestamp started_at;
    std::optional<base::Timestamp> finished_at;
    std::string result;  // "" while it runs, done, failed, interrupted
    std::string words;
};
BOOST_DESCRIBE_STRUCT(ServiceRun, (), (task, due, started_at, finished_at, result, words))

// False where somebody has begun it before.
bool begin_run(
    store::Connection& connection, const std::string& task, base::Timestamp due, base::Timestamp now
);
// Also forgets the task's runs that were due before `keep_from`.
void finish_run(store::Connection& connection, const ServiceRun& run, base::Timestamp keep_from);
// What a service that is gone has left open; how many.
std::int64_t note_interrupted(store::Connection& connection, base::Timestamp now);
// The latest run of each task, in order of their names.
std::vector<ServiceRun> latest_runs(store::Connection& connection);

}  // namespace engine
