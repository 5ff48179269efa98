#include <stdexcept>

#include "tests/lab/process.h"
#include "tests/lab/store_view.h"
#include "tests/store/postgres_server.h"

namespace lab {

namespace {

// The server works on for a moment after a client was killed, and may still commit what was sent.
constexpr const char* kOthers =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    "pg_backend_pid() AND backend_type = 'client backend'";

class PostgresView : public StoreView {
  public:
    PostgresView(tests::PostgresServer& server, std::string database)
        : server_(server), database_(std::move(database)) {
        const auto alone = [&] { return server_.run(database_, kOthers) == "0"; };
        if (!await(std::chrono::seconds(30), alone))
            throw std::runtime_error("a program is still connected to " + database_);
    }

    Rows query(const std::string& sql) const override { return server_.rows(database_, sql); }
    std::string everything() const override {
        std::string out;
        for (const auto& table :
             query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
             ))
            for (const auto& row : query("SELECT t::text FROM " + table[0] + " t"))
                out += table[0] + " " + row[0] + "\n";
        return out;
    }

  private:
    tests::PostgresServer& server_;
    std::string database_;
};

}  // namespace

std::unique_ptr<StoreView> view_postgres(
    tests::PostgresServer& server, const std::string& database
) {
    return std::make_unique<PostgresView>(server, database);
}

}  // namespace lab
