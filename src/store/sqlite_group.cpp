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

void check_transaction(const SqliteSession& session) {
    if (!session.in_transaction())
        throw StoreError(StoreError::Kind::lost, "the database ended the transaction of the group");
}

// What `next` gives, one after the other, until one throws: that is the answer. `jobs` are those
// taken.
std::exception_ptr run_together(
    SociConnection& connection,
    std::vector<Job>& jobs,
    const std::function<std::optional<Job>()>& next
) {
    try {
        while (std::optional<Job> job = next()) {
            jobs.push_back(std::move(*job));
            connection.start_job();
            jobs.back().run(connection);
            connection.finish_job();
        }
        return nullptr;
    } catch (...) {
        return std::current_exception();
    }
}

void run_again(
    SqliteSession& session,
    Role role,
    const std::vector<Job>& jobs,
    std::vector<std::exception_ptr>& problems
) {
    SociConnection& connection = session.begin(role, false);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        problems[i] = run_in_savepoint(session, connection, jobs[i]);
        check_transaction(session);
    }
    session.commit();
}

}  // namespace

std::vector<Ended> run_group(
    SqliteSession& session, Role role, const std::function<std::optional<Job>()>& next
) {
    std::vector<Job> jobs;
    std::vector<std::exception_ptr> problems;
    try {
        SociConnection& connection = session.begin(role, false);
        const std::exception_ptr problem = run_together(connection, jobs, next);
        problems.assign(jobs.size(), jobs.size() == 1 ? problem : nullptr);
        if (!problem) {
            check_transaction(session);
            session.commit();
        } else {
            session.rollback();
            if (jobs.size() > 1) run_again(session, role, jobs, problems);
        }
    } catch (const StoreError&) {
        const std::exception_ptr why = std::current_exception();
        session.rollback();
        // Begin failed: those who would have been in the group have waited long enough.
        if (jobs.empty())
            while (std::optional<Job> job = next()) jobs.push_back(std::move(*job));
        // The whole group is gone; a job that had failed by itself keeps its own error.
        problems.resize(jobs.size());
        for (std::exception_ptr& problem : problems)
            if (!problem) problem = why;
    }
    std::vector<Ended> ended;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        ended.push_back({std::move(jobs[i].on_end), problems[i]});
    return ended;
}

}  // namespace store
