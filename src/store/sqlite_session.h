// One SQLite connection with its role guard: the only place, with sqlite_guard.cpp, that speaks to
// SQLite itself.
//
// Life cycle: open; migrate or back up as owner; `arm`; then transactions: begin, statements on the
// Connection, commit or rollback. A file has one session per role; ":memory:" exists in one
// connection only, so there one session serves all roles, one after another, and the guard changes
// its role. Each role has its own prepared statements, since SQLite asks the guard when it
// prepares. Used by one thread at a time. Errors: StoreError.
#pragma once
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "store/session.h"
#include "store/sqlite_guard.h"

// SOCI declares SQLite in a namespace of its own.
namespace sqlite_api {
struct sqlite3;
struct sqlite3_stmt;
}  // namespace sqlite_api
namespace soci {
class session;
}

namespace store {

class SqliteSession : public Session {
  public:
    // `path` is a file that exists, or ":memory:". Waits up to `busy_timeout` for other processes.
    SqliteSession(const std::string& path, std::chrono::milliseconds busy_timeout);
    ~SqliteSession() override;
    SqliteSession(const SqliteSession&) = delete;
    SqliteSession& operator=(const SqliteSession&) = delete;

    // From now on the roles are enforced.
    void arm();

    SociConnection& begin(Role role, bool read_only) override;
    void commit() override;
    void rollback() override;
    // False after an error so grave that SQLite rolled back by itself.
    bool in_transaction() const;

    // Writes a consistent copy into an empty file.
    void copy_into(const std::string& path);

    // The store's own SQL, without role: PRAGMA, ROLLBACK.
    void control(const std::string& sql);
    // The same for one statement that every job needs (SAVEPOINT, COMMIT): prepared once.
    void control_often(std::string_view sql);
    // The first column of its first row; empty where there is none.
    std::string ask(const std::string& sql);

  private:
    void set_read_only(bool read_only);

    SqliteGuard guard_;
    std::chrono::milliseconds busy_timeout_;
    std::chrono::steady_clock::time_point busy_since_;
    std::unique_ptr<soci::session> session_;
    sqlite_api::sqlite3* database_ = nullptr;
    std::array<std::unique_ptr<SociConnection>, 4> connections_;
    bool read_only_ = false;
    std::map<std::string, sqlite_api::sqlite3_stmt*, std::less<>> controls_;

    static int wait_while_busy(void* self, int tries);
};

}  // namespace store
