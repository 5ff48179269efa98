#include "store/sqlite_database.h"

#include <fmt/format.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "store/sqlite_file.h"
#include "store/sqlite_group.h"

namespace store {
namespace {

using SteadyClock = std::chrono::steady_clock;

// The connections of one thread: one per role, opened when first needed; for ":memory:" one for
// all.
class Sessions {
  public:
    Sessions(std::string path, std::chrono::milliseconds busy_timeout)
        : path_(std::move(path)), busy_timeout_(busy_timeout) {}

    void adopt(std::unique_ptr<SqliteSession> only) { shared_ = std::move(only); }
    SqliteSession& of(Role role) {
        if (shared_) return *shared_;
        auto& session = by_role_[static_cast<std::size_t>(role)];
        if (!session) {
            auto opened = std::make_unique<SqliteSession>(path_, busy_timeout_);
            opened->arm();
            session = std::move(opened);
        }
        return *session;
    }

  private:
    std::string path_;
    std::chrono::milliseconds busy_timeout_;
    std::unique_ptr<SqliteSession> shared_;
    std::array<std::unique_ptr<SqliteSession>, 4> by_role_;
};

class SqliteDatabase : public Database {
  public:
    SqliteDatabase(base::Loop& loop, std::string path, const OpenOptions& options)
        : loop_(loop),
          path_(std::move(path)),
          busy_timeout_(options.busy_timeout),
          inline_(options.inline_jobs),
          write_sessions_(path_, busy_timeout_) {}
    ~SqliteDatabase() override { stop(); }

    void adopt(std::unique_ptr<SqliteSession> only) {
        write_sessions_.adopt(std::move(only));
        memory_ = true;
    }
    void start();
    std::string_view engine() const override { return to_string(Engine::sqlite); }

  protected:
    void submit(Work work) override;

  private:
    static constexpr int kReaders = 2;
    // A writer that never pauses would keep other processes out: this much after that long.
    static constexpr std::chrono::milliseconds kHold{100};
    static constexpr std::chrono::milliseconds kPause{2};

    void stop();
    void write_jobs();
    void read_jobs();
    void write_group(Role role);
    void run_at_once(Job job);

    base::Loop& loop_;
    std::string path_;
    std::chrono::milliseconds busy_timeout_;
    bool inline_;
    bool memory_ = false;
    Sessions write_sessions_;

    std::mutex mutex_;
    std::condition_variable write_wake_;
    std::condition_variable read_wake_;
    bool stopping_ = false;
    JobQueue writes_;
    std::deque<Job> reads_;
    std::vector<std::thread> threads_;
};

void SqliteDatabase::start() {
    if (inline_) return;
    threads_.emplace_back([this] { write_jobs(); });
    if (memory_) return;
    for (int i = 0; i < kReaders; ++i) threads_.emplace_back([this] { read_jobs(); });
}

void SqliteDatabase::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    write_wake_.notify_all();
    read_wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void SqliteDatabase::submit(Work work) {
    Job job{work.role, work.urgency, work.read_only, std::move(work.job), std::move(work.on_end)};
    if (inline_) return run_at_once(std::move(job));
    const bool reader = job.read_only && !memory_;
    {
        const std::lock_guard lock(mutex_);
        CHECK(!stopping_);
        if (reader)
            reads_.push_back(std::move(job));
        else
            writes_.push(std::move(job));
    }
    (reader ? read_wake_ : write_wake_).notify_one();
}

std::exception_ptr run_one(Sessions& sessions, const Job& job) {
    try {
        return run_alone(sessions.of(job.role), job.role, job.read_only, job.run);
    } catch (...) {
        // The connection could not be opened.
        return std::current_exception();
    }
}

void SqliteDatabase::run_at_once(Job job) { job.on_end(run_one(write_sessions_, job)); }

void SqliteDatabase::read_jobs() {
    Sessions sessions(path_, busy_timeout_);
    std::unique_lock lock(mutex_);
    while (true) {
        read_wake_.wait(lock, [&] { return stopping_ || !reads_.empty(); });
        if (reads_.empty()) return;
        Job job = std::move(reads_.front());
        reads_.pop_front();
        lock.unlock();
        const std::exception_ptr problem = run_one(sessions, job);
        deliver(loop_, {{std::move(job.on_end), problem}});
        lock.lock();
    }
}

void SqliteDatabase::write_jobs() {
    SteadyClock::time_point since = SteadyClock::now();
    std::unique_lock lock(mutex_);
    while (true) {
        const bool idle = writes_.empty();
        write_wake_.wait(lock, [&] { return stopping_ || !writes_.empty(); });
        if (writes_.empty()) return;
        const Role role = writes_.turn();
        lock.unlock();
        const auto now = SteadyClock::now();
        if (!idle && !memory_ && now - since >= kHold) std::this_thread::sleep_for(kPause);
        if (idle || now - since >= kHold) since = now;
        write_group(role);
        lock.lock();
    }
}

void SqliteDatabase::write_group(Role role) {
    const auto until = SteadyClock::now() + kGroupTime;
    int taken = 0;
    bool closed = false;
    std::optional<Job> reading;
    const auto next = [&]() -> std::optional<Job> {
        const bool full = taken >= kGroupJobs || (taken > 0 && SteadyClock::now() >= until);
        if (closed || full) return std::nullopt;
        const std::lock_guard lock(mutex_);
        std::optional<Job> job = writes_.take(role);
        if (!job) return std::nullopt;
        ++taken;
        if (!job->read_only) return job;
        // Only ":memory:" has read jobs here; they end the group and run alone.
        reading = std::move(job);
        closed = true;
        return std::nullopt;
    };
    std::vector<Ended> ended;
    try {
        ended = run_group(write_sessions_.of(role), role, next);
    } catch (...) {
        const std::exception_ptr problem = std::current_exception();
        while (std::optional<Job> job = next()) ended.push_back({std::move(job->on_end), problem});
    }
    if (reading) {
        const std::exception_ptr problem = run_one(write_sessions_, *reading);
        ended.push_back({std::move(reading->on_end), problem});
    }
    deliver(loop_, std::move(ended));
}

void bring_up_to_date(
    SqliteSession& session,
    const std::string& path,
    const OpenOptions& options,
    std::span<const Migration> known
) {
    if (options.check_integrity) check_integrity(session, path);
    const int version = schema_version(session, Engine::sqlite, known, path);
    if (version == known.back().version) return;
    if (version > 0) {
        check_integrity(session, path);
        const std::string copy = back_up(session, path, options.backup_dir, version);
        base::log::info(
            "store",
            "{}: version {} backed up to {}, migrating to {}",
            path,
            version,
            copy,
            known.back().version
        );
    }
    base::SystemRandom system_random;
    base::Random& random = options.random ? *options.random : system_random;
    migrate(session, Engine::sqlite, known, random, [](Connection&) {});
}

}  // namespace

std::unique_ptr<Database> open_sqlite(
    const OpenOptions& options, base::Loop& loop, std::span<const Migration> known
) {
    const std::string path = sqlite_path(options.url);
    const bool memory = path == ":memory:";
    if (path.empty())
        throw StoreError(
            StoreError::Kind::invalid, "store url 'sqlite:' names no file: write sqlite:PATH"
        );
    if (!memory) ready_file(path, options.create);
    std::unique_ptr<SqliteSession> session;
    try {
        session = std::make_unique<SqliteSession>(path, options.busy_timeout);
        bring_up_to_date(*session, path, options, known);
    } catch (const StoreError& error) {
        const std::string words = error.what();
        if (words.find(path) != std::string::npos) throw;
        const bool damaged = words.find("not a database") != std::string::npos ||
                             words.find("malformed") != std::string::npos;
        if (damaged)
            throw StoreError(
                error.kind,
                fmt::format("{} is no Pilotlight store or is damaged: restore a backup", path)
            );
        throw StoreError(error.kind, fmt::format("{}: {}", path, words));
    }
    auto database = std::make_unique<SqliteDatabase>(loop, path, options);
    if (memory) {
        session->arm();
        database->adopt(std::move(session));
    }
    session.reset();
    database->start();
    return database;
}

}  // namespace store
