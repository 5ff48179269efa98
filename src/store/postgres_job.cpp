#include "store/postgres_job.h"

#include <chrono>
#include <thread>

namespace store {
namespace {

constexpr int kConflictsMax = 20;
constexpr int kStatusQuestionsMax = 50;

enum class Outcome { done, failed, conflict, lost };

struct Attempt {
    Outcome outcome = Outcome::done;
    std::exception_ptr problem;
    std::string transaction;  // set from just before the COMMIT of a job that changed something
};

Attempt attempt(PostgresSession& session, const Job& job) {
    Attempt result;
    try {
        SociConnection& connection = session.begin(job.role, job.read_only);
        job.run(connection);
        connection.finish_job();
        if (!job.read_only)
            result.transaction = session.ask("SELECT pg_current_xact_id_if_assigned()::text");
        session.commit();
    } catch (...) {
        result.problem = std::current_exception();
        if (session.lost())
            result.outcome = Outcome::lost;
        else
            result.outcome = session.conflict() ? Outcome::conflict : Outcome::failed;
        session.rollback();
    }
    return result;
}

// Reconnects and asks what became of a transaction. "" where the server does not know.
std::string status_after_loss(PostgresSession& session, const std::string& transaction) {
    session.reconnect();
    if (transaction.empty()) return "aborted";
    for (int i = 0; i < kStatusQuestionsMax; ++i) {
        // The number came from the server itself.
        const std::string status =
            session.ask("SELECT pg_xact_status('" + transaction + "'::xid8)");
        if (status != "in progress") return status;
        // The old connection's server process has not noticed the loss yet.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
}

}  // namespace

std::exception_ptr run_on_postgres(PostgresSession& session, const Job& job) {
    bool reconnected = false;
    for (int conflicts = 0;;) {
        const Attempt result = attempt(session, job);
        if (result.outcome == Outcome::done || result.outcome == Outcome::failed)
            return result.problem;
        if (result.outcome == Outcome::conflict) {
            if (++conflicts > kConflictsMax) return result.problem;
            // Unequal pauses, so that two jobs that keep meeting part.
            const auto spread = std::hash<std::thread::id>{}(std::this_thread::get_id()) % 7;
            std::this_thread::sleep_for(
                std::chrono::microseconds(200 * (1U << std::min(conflicts, 6)) * (1 + spread) / 4)
            );
            continue;
        }
        if (reconnected) return result.problem;
        reconnected = true;
        try {
            const std::string status = status_after_loss(session, result.transaction);
            if (status == "committed") return nullptr;
            if (status != "aborted") return result.problem;
        } catch (const StoreError&) {
            return result.problem;
        }
    }
}

}  // namespace store
