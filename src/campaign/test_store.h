// A store in memory with one campaign in it, for tests of what lies in the store.
#pragma once
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "store/database.h"
#include "tests/support/manual_loop.h"

namespace campaign::test {

class StoreTest : public testing::Test {
  protected:
    void SetUp() override {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        database_ = store::open_database(options, loop_);
    }
    template <class Job>
    auto run(Job job) {
        return base::run_to_end(loop_, database_->run(store::Role::campaign, std::move(job)));
    }
    void execute(std::string sql, store::Values values = {}) {
        base::run_to_end(
            loop_,
            database_->run(
                store::Role::owner,
                [sql, values](store::Connection& connection) { connection.execute(sql, values); }
            )
        );
    }
    std::string text(std::string sql, store::Values values = {}) {
        return base::run_to_end(
            loop_,
            database_->read(
                store::Role::owner,
                [sql, values](store::Connection& connection) {
                    return connection.text(sql, values).value_or("");
                }
            )
        );
    }
    std::int64_t integer(std::string sql, store::Values values = {}) {
        return base::run_to_end(
            loop_,
            database_->read(
                store::Role::owner,
                [sql, values](store::Connection& connection) {
                    return connection.integer(sql, values);
                }
            )
        );
    }
    std::int64_t add_campaign(
        const std::string& name, const Settings& settings, std::vector<NewText> texts = {}
    ) {
        return run([=, at = now()](store::Connection& connection) {
            return create_campaign(connection, name, settings, texts, at).value_or(0);
        });
    }
    std::int64_t put_lead(const Lead& lead) {
        return run([lead](store::Connection& connection) { return add_lead(connection, lead); });
    }
    base::Timestamp now() { return loop_.clock().now(); }

    support::ManualLoop loop_;
    std::unique_ptr<store::Database> database_;
};

}  // namespace campaign::test
