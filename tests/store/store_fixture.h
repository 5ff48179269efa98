// What the store's contract tests stand on: a loop, a folder, and a fresh store on either engine.
#pragma once
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>

#include "store/database.h"
#include "tests/store/postgres_server.h"

namespace tests {

// A loop that blocks its thread until work is posted.
class BlockingLoop : public base::Loop {
  public:
    void post(std::function<void()> work) override {
        {
            const std::lock_guard lock(mutex_);
            work_.push_back(std::move(work));
        }
        wake_.notify_one();
    }
    bool run_until(const bool& done) override {
        while (!done) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return !work_.empty(); });
            const std::function<void()> work = std::move(work_.front());
            work_.pop_front();
            lock.unlock();
            work();
        }
        return true;
    }
    // Work that was posted and has not run.
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return work_.size();
    }

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> work_;
};

// A folder of its own under /tmp, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = "/tmp/pilotlight-store-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

enum class Kind {
    sqlite_file,
    sqlite_inline,
    sqlite_memory,
    sqlite_memory_inline,
    postgresql,
    postgresql_inline
};

inline std::string name_of(Kind kind) {
    switch (kind) {
        case Kind::sqlite_file:
            return "SqliteFile";
        case Kind::sqlite_inline:
            return "SqliteInline";
        case Kind::sqlite_memory:
            return "SqliteMemory";
        case Kind::sqlite_memory_inline:
            return "SqliteMemoryInline";
        case Kind::postgresql:
            return "Postgresql";
        case Kind::postgresql_inline:
            return "PostgresqlInline";
    }
    return "";
}

class StoreTest : public testing::TestWithParam<Kind> {
  protected:
    void SetUp() override {
        const Kind kind = GetParam();
        options_.create = true;
        options_.inline_jobs = kind == Kind::sqlite_inline || kind == Kind::sqlite_memory_inline ||
                               kind == Kind::postgresql_inline;
        if (postgresql()) {
            PostgresServer* server = PostgresServer::shared();
            if (!server) GTEST_SKIP() << PostgresServer::why_missing();
            static int number = 0;
            database_name_ = "store_" + std::to_string(++number);
            options_.url = server->make_database(database_name_);
            options_.role_passwords_key = "key of the tests";
        } else {
            options_.url = memory() ? "sqlite::memory:" : "sqlite:" + folder_.file("store.db");
        }
        open();
    }

    bool postgresql() const {
        return GetParam() == Kind::postgresql || GetParam() == Kind::postgresql_inline;
    }
    bool memory() const {
        return GetParam() == Kind::sqlite_memory || GetParam() == Kind::sqlite_memory_inline;
    }
    void open() { database_ = store::open_database(options_, loop_); }

    template <class Job>
    auto run(store::Role role, Job job) {
        return base::run_to_end(loop_, database_->run(role, std::move(job)));
    }
    template <class Job>
    auto read(store::Role role, Job job) {
        return base::run_to_end(loop_, database_->read(role, std::move(job)));
    }
    void execute(store::Role role, std::string sql, store::Values values = {}) {
        run(role,
            [sql, values](store::Connection& connection) { connection.execute(sql, values); });
    }
    std::int64_t count(store::Role role, std::string sql, store::Values values = {}) {
        return read(role, [sql, values](store::Connection& connection) {
            return connection.integer(sql, values);
        });
    }
    // How the statement is refused; nothing where it is not.
    std::optional<store::StoreError::Kind> refusal(
        store::Role role, std::string sql, store::Values values = {}
    ) {
        try {
            execute(role, std::move(sql), std::move(values));
            return std::nullopt;
        } catch (const store::StoreError& error) {
            last_error_ = error.what();
            return error.kind;
        }
    }

    BlockingLoop loop_;
    TemporaryFolder folder_;
    store::OpenOptions options_;
    std::string database_name_;
    std::string last_error_;
    std::unique_ptr<store::Database> database_;
};

}  // namespace tests
