// A fresh SQLite file per test, and shorthands to look into it.
#pragma once
#include "store/sqlite_database.h"
#include "tests/store/store_fixture.h"

namespace tests {

inline constexpr const char* kInsertCycle = "INSERT INTO warmup_cycles (started_at) VALUES (:at)";

class SqliteStore : public testing::Test {
  protected:
    void SetUp() override { open(); }
    void open() { database_ = store::open_database(options_, loop_); }
    template <class Job>
    auto run(store::Role role, Job job) {
        return base::run_to_end(loop_, database_->run(role, std::move(job)));
    }
    void insert(int number) {
        run(store::Role::warmup, [number](store::Connection& connection) {
            connection.execute(kInsertCycle, store::values(number));
        });
    }
    std::int64_t count(const std::string& sql = "SELECT COUNT(*) FROM warmup_cycles") {
        return base::run_to_end(
            loop_,
            database_->read(
                store::Role::owner,
                [sql](store::Connection& connection) { return connection.integer(sql); }
            )
        );
    }
    // What opening says when it fails; empty when it does not.
    std::string refusal() {
        try {
            open();
            return {};
        } catch (const store::StoreError& error) {
            return error.what();
        }
    }

    BlockingLoop loop_;
    TemporaryFolder folder_;
    std::string path_ = folder_.file("store.db");
    store::OpenOptions options_{.url = "sqlite:" + path_, .create = true};
    std::unique_ptr<store::Database> database_;
};

}  // namespace tests
