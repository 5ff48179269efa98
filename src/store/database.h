// The store runs jobs: each is one transaction on a connection of one role, off the loop.
//
//   auto id = co_await db.run(Role::warmup, [row](Connection& c) { return c.insert(…); });
//   auto rows = co_await db.read(Role::operator_, [](Connection& c) { return c.select<Row>(…); });
//
// The result arrives on the loop after the COMMIT. What the job throws (StoreError) is thrown at
// the await, after its ROLLBACK. Jobs must be safe to run again from the start, take at most 20 ms
// or 500 rows, own what they capture (by value), and never await. `urgent` jobs (intent and result
// of a send) go before all others.
#pragma once
#include <chrono>
#include <memory>

#include "base/loop.h"
#include "base/random.h"
#include "store/connection.h"

namespace store {

enum class Urgency { normal, urgent };

// Held until it is destroyed, its process ends, or its connection is lost.
class StoreLock {
  public:
    virtual ~StoreLock() = default;
};

class Database {
  public:
    virtual ~Database() = default;

    template <class Job>
    base::Task<std::invoke_result_t<Job, Connection&>> run(
        Role role, Job job, Urgency urgency = Urgency::normal
    ) {
        return call(role, std::move(job), urgency, false);
    }
    // A read-only job; it may run beside others and sees the last commit.
    template <class Job>
    base::Task<std::invoke_result_t<Job, Connection&>> read(Role role, Job job) {
        return call(role, std::move(job), Urgency::normal, true);
    }

    // "sqlite" or "postgresql".
    virtual std::string_view engine() const = 0;

    // Holds a name against every other session on this store, from whatever machine; null where
    // another has it. Blocks for 2 s at most: the server takes a moment to notice that a holder
    // died. May outlive the Database. Throws StoreError. PostgreSQL only: a SQLite store lies on
    // one machine, where a lock on a file does it.
    virtual std::unique_ptr<StoreLock> try_lock(std::string_view name);

  protected:
    struct Work {
        Role role;
        bool read_only;
        Urgency urgency;
        std::function<void(Connection&)> job;
        // Called on the loop's thread: after the COMMIT with null, or after the ROLLBACK with what
        // was thrown.
        std::function<void(std::exception_ptr)> on_end;
    };
    virtual void submit(Work work) = 0;

  private:
    template <class Job, class T = std::invoke_result_t<Job, Connection&>>
    base::Task<T> call(Role role, Job job, Urgency urgency, bool read_only) {
        using Kept = std::conditional_t<std::is_void_v<T>, base::Unit, std::optional<T>>;
        Kept result{};
        base::Completion<std::exception_ptr> ended;
        Work work;
        work.role = role;
        work.read_only = read_only;
        work.urgency = urgency;
        work.job = [&](Connection& connection) {
            if constexpr (std::is_void_v<T>)
                job(connection);
            else
                result.emplace(job(connection));
        };
        work.on_end = [&](std::exception_ptr problem) { ended.complete(problem); };
        submit(std::move(work));
        const std::exception_ptr problem = co_await ended;
        if (problem) std::rethrow_exception(problem);
        if constexpr (!std::is_void_v<T>) co_return std::move(*result);
    }
};

struct OpenOptions {
    // "sqlite:PATH", "sqlite::memory:" or "postgresql://user@host/database"
    std::string url = {};
    // Run jobs on the caller's thread at once (sandbox: the virtual clock stands still).
    bool inline_jobs = false;
    // Make the file (or, on PostgreSQL, roles and tables) where it is missing.
    bool create = false;
    // SQLite: where the automatic backup before a migration goes; empty: beside the file.
    std::string backup_dir = {};
    // PostgreSQL: the passwords of the role logins are drawn from this key (DESIGN section 5: one
    // login per role). Empty: logins without password (peer or trust authentication).
    std::string role_passwords_key = {};
    // SQLite: reads the whole file at open and refuses a damaged one (`serve`, `doctor`).
    bool check_integrity = false;
    // How long another process may hold the store before a job fails as `busy`.
    std::chrono::milliseconds busy_timeout{10'000};
    // Draws the instance id of a new store; null: the kernel's generator.
    base::Random* random = nullptr;
};

// Opens, migrates (after a backup) and checks the store. Throws StoreError with a clear line where
// the file is missing, read-only, locked, damaged or written by a newer version (names both
// versions). The loop must outlive the Database. Its destructor runs the jobs that are waiting to
// their end.
std::unique_ptr<Database> open_database(const OpenOptions& options, base::Loop& loop);

// The schema version this program knows; that of a store lies in store_meta as `schema_version`,
// beside `instance_id`, which is drawn once when the store is made.
int schema_version_latest();

// The SQL that makes the role logins of a PostgreSQL database, for an administrator to run where
// ours may not. It holds no password, only SCRAM verifiers.
std::string role_sql(std::string_view database, std::string_view role_passwords_key);

}  // namespace store
