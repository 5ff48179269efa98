#include "store/sqlite_group.h"

#include <fmt/format.h>

namespace store {
namespace {

std::exception_ptr run_in_savepoint(
    SqliteSession& session, SociConnection& connection, const Job& job
) {
    try {
        session.control_often("SAVEPOINT job");
        connection.start_job();
        job.run(connection);
        connection.finish_job();
        session.control_often("RELEASE job");
        return nullptr;
    } catch (...) {
        const std::exception_ptr problem = std::current_exception();
        // Where SQLite has ended the transaction by itself there is no savepoint to go back to.
        if (session.in_transaction()) session.control("ROLLBACK TO job; RELEASE job");
        return problem;
    }
}

// The whole group is gone; a job that had failed by itself keeps its own error.
void lose_all(std::vector<Ended>& ended, const std::exception_ptr& why) {
    for (Ended& job : ended)
        if (!job.problem) job.problem = why;
}

}  // namespace

std::vector<Ended> run_group(
    SqliteSession& session, Role role, const std::function<std::optional<Job>()>& next
) {
    std::vector<Ended> ended;
    try {
        SociConnection& connection = session.begin(role, false);
        while (std::optional<Job> job = next()) {
            ended.push_back({std::move(job->on_end), nullptr});
            ended.back().problem = run_in_savepoint(session, connection, *job);
            if (!session.in_transaction())
                throw StoreError(
                    StoreError::Kind::lost, "the database ended the transaction of the group"
                );
        }
        session.commit();
    } catch (const StoreError&) {
        const std::exception_ptr why = std::current_exception();
        session.rollback();
        lose_all(ended, why);
        // Begin failed: those who would have been in the group have waited long enough.
        if (ended.empty())
            while (std::optional<Job> job = next()) ended.push_back({std::move(job->on_end), why});
    }
    return ended;
}

}  // namespace store
