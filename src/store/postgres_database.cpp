#include "store/postgres_database.h"

#include <fmt/format.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "store/migrate.h"
#include "store/postgres_job.h"
#include "store/postgres_roles.h"
#include "store/roles.h"

namespace store {
namespace {

// The threads and connections of one role.
class Pool {
  public:
    Pool(base::Loop& loop, Role role, std::string connect_string)
        : loop_(loop), role_(role), connect_string_(std::move(connect_string)) {
        for (int i = 0; i < kConnections; ++i) threads_.emplace_back([this] { work(); });
    }
    ~Pool() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void push(Job job) {
        {
            const std::lock_guard lock(mutex_);
            queue_.push(std::move(job));
        }
        wake_.notify_one();
    }

  private:
    static constexpr int kConnections = 2;

    void work() {
        std::unique_ptr<PostgresSession> session;
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            Job job = *queue_.take(role_);
            lock.unlock();
            const std::exception_ptr problem = run(session, job);
            deliver(loop_, {{std::move(job.on_end), problem}});
            lock.lock();
        }
    }
    std::exception_ptr run(std::unique_ptr<PostgresSession>& session, const Job& job) {
        try {
            if (!session) session = std::make_unique<PostgresSession>(connect_string_, role_);
            return run_on_postgres(*session, job);
        } catch (...) {
            return std::current_exception();
        }
    }

    base::Loop& loop_;
    Role role_;
    std::string connect_string_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    JobQueue queue_;
    std::vector<std::thread> threads_;
};

// A session-level advisory lock on a connection that does nothing else.
class PostgresLock : public StoreLock {
  public:
    PostgresLock(const std::string& connect_string, std::string_view name)
        : session_(connect_string, Role::warmup) {
        // The server must not drop an idle holder (a setting since PostgreSQL 14), and must not
        // keep for hours what a machine held that vanished.
        session_.control(
            "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = "
            "'idle_session_timeout'"
        );
        session_.control(
            "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;"
            "SET tcp_keepalives_count = 3; SET lock_timeout = '2s'"
        );
        session_.control(fmt::format(
            "SELECT pg_advisory_lock(hashtext('{}'))",
            base::replace_all(std::string(name), "'", "''")
        ));
    }

  private:
    PostgresSession session_;
};

class PostgresDatabase : public Database {
  public:
    PostgresDatabase(base::Loop& loop, PostgresPlace place, const OpenOptions& options)
        : loop_(loop),
          place_(std::move(place)),
          key_(options.role_passwords_key),
          inline_(options.inline_jobs) {}
    std::string_view engine() const override { return to_string(Engine::postgresql); }
    std::unique_ptr<StoreLock> try_lock(std::string_view name) override {
        try {
            return std::make_unique<PostgresLock>(connect_string(Role::warmup), name);
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::busy) return nullptr;
            throw;
        }
    }

  protected:
    void submit(Work work) override {
        Job job{
            work.role, work.urgency, work.read_only, std::move(work.job), std::move(work.on_end)
        };
        if (inline_) return run_at_once(std::move(job));
        auto& pool = pools_[static_cast<std::size_t>(job.role)];
        if (!pool) pool = std::make_unique<Pool>(loop_, job.role, connect_string(job.role));
        pool->push(std::move(job));
    }

  private:
    std::string connect_string(Role role) const {
        const std::string login = login_name(place_.database(), role);
        return place_.as_login(login, login_password(key_, login));
    }
    void run_at_once(Job job) {
        std::exception_ptr problem;
        try {
            auto& session = sessions_[static_cast<std::size_t>(job.role)];
            if (!session)
                session = std::make_unique<PostgresSession>(connect_string(job.role), job.role);
            problem = run_on_postgres(*session, job);
        } catch (...) {
            problem = std::current_exception();
        }
        job.on_end(problem);
    }

    base::Loop& loop_;
    PostgresPlace place_;
    std::string key_;
    bool inline_;
    std::array<std::unique_ptr<PostgresSession>, 4> sessions_;
    std::array<std::unique_ptr<Pool>, 4> pools_;
};

// The owner's connection; the logins are made where they are missing and `create` says so.
std::unique_ptr<PostgresSession> connect_as_owner(
    const PostgresPlace& place, const OpenOptions& options
) {
    const std::string login = login_name(place.database(), Role::owner);
    const std::string connect_string =
        place.as_login(login, login_password(options.role_passwords_key, login));
    try {
        return std::make_unique<PostgresSession>(connect_string, Role::owner);
    } catch (const StoreError& error) {
        if (!options.create)
            throw StoreError(
                error.kind,
                fmt::format("{} (if this database is new, run pilotlight init)", error.what())
            );
    }
    PostgresSession admin(place.as_admin(), Role::owner);
    // New passwords would lock out the machines that work on this store with the first key.
    if (admin.ask("SELECT to_regclass('public.store_meta')::text") == "store_meta")
        throw StoreError(
            StoreError::Kind::permission,
            fmt::format(
                "database {} was made with another key: copy pilotlight.key from the machine that "
                "made it",
                place.database()
            )
        );
    const std::string sql = role_sql(place.database(), options.role_passwords_key);
    try {
        admin.control(sql);
    } catch (const StoreError& error) {
        if (error.kind != StoreError::Kind::permission) throw;
        throw StoreError(
            error.kind,
            fmt::format(
                "{}: let an administrator run this in database {}, then run pilotlight init "
                "again:\n{}",
                error.what(),
                place.database(),
                sql
            )
        );
    }
    return std::make_unique<PostgresSession>(connect_string, Role::owner);
}

void bring_up_to_date(
    PostgresSession& owner, const std::string& database, const OpenOptions& options
) {
    const std::string where = "database " + database;
    const int version = schema_version(owner, Engine::postgresql, known_migrations(), where);
    if (version == schema_version_latest()) return;
    base::SystemRandom system_random;
    base::Random& random = options.random ? *options.random : system_random;
    // Held beyond the transactions: a serializable one that waited inside would not see what the
    // process before it did.
    owner.control("SELECT pg_advisory_lock(hashtext('pilotlight migration'))");
    migrate(owner, Engine::postgresql, known_migrations(), random, [&](Connection&) {
        for (const std::string& statement : grant_statements(database)) owner.control(statement);
    });
    owner.control("SELECT pg_advisory_unlock(hashtext('pilotlight migration'))");
}

}  // namespace

std::unique_ptr<Database> open_postgres(const OpenOptions& options, base::Loop& loop) {
    const PostgresPlace place(options.url);
    const std::unique_ptr<PostgresSession> owner = connect_as_owner(place, options);
    const std::string encoding = owner->ask("SHOW server_encoding");
    if (encoding != "UTF8")
        throw StoreError(
            StoreError::Kind::other,
            fmt::format(
                "database {} has encoding {}: make one with ENCODING 'UTF8'",
                place.database(),
                encoding
            )
        );
    const std::string where = "database " + place.database();
    bring_up_to_date(*owner, place.database(), options);
    return std::make_unique<PostgresDatabase>(loop, place, options);
}

}  // namespace store
