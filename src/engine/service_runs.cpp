#include "engine/service_runs.h"

namespace engine {

bool begin_run(
    store::Connection& connection, const std::string& task, base::Timestamp due, base::Timestamp now
) {
    return connection.execute(
               "INSERT INTO service_runs (task, due, started_at) VALUES (:task, :due, :now) "
               "ON CONFLICT (task, due) DO NOTHING",
               store::values(task, due, now)
           ) > 0;
}

void finish_run(store::Connection& connection, const ServiceRun& run, base::Timestamp keep_from) {
    connection.execute(
        "UPDATE service_runs SET finished_at = :at, result = :result, words = :words "
        "WHERE task = :task AND due = :due",
        store::values(run.finished_at, run.result, run.words, run.task, run.due)
    );
    connection.execute(
        "DELETE FROM service_runs WHERE task = :task AND due < :from",
        store::values(run.task, keep_from)
    );
}

std::int64_t note_interrupted(store::Connection& connection, base::Timestamp now) {
    return connection.execute(
        "UPDATE service_runs SET finished_at = :now, result = 'interrupted', "
        "words = 'the service ended before it did' WHERE finished_at IS NULL",
        store::values(now)
    );
}

std::vector<ServiceRun> latest_runs(store::Connection& connection) {
    return connection.select<ServiceRun>(
        "SELECT " + store::column_list<ServiceRun>() +
        " FROM service_runs r WHERE due = (SELECT MAX(due) FROM service_runs s WHERE s.task = "
        "r.task) ORDER BY task"
    );
}

}  // namespace engine
