#include "store/sqlite_session.h"

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <thread>

#include "base/text.h"
#include "store/dialect.h"
#include "store/soci_connection.h"

namespace store {

using namespace sqlite_api;

namespace {

StoreError::Kind kind_of(int extended) {
    switch (extended) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return StoreError::Kind::unique;
        // The only triggers are the row rules (sqlite_guard.cpp).
        case SQLITE_CONSTRAINT_TRIGGER:
            return StoreError::Kind::permission;
        default:
            break;
    }
    switch (extended & 0xff) {
        case SQLITE_AUTH:
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return StoreError::Kind::permission;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return StoreError::Kind::busy;
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
            return StoreError::Kind::lost;
        case SQLITE_ERROR:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
        case SQLITE_MISUSE:
            return StoreError::Kind::invalid;
        default:
            return StoreError::Kind::other;
    }
}

StoreError last_error(sqlite3* database, std::string_view doing) {
    return {
        kind_of(sqlite3_extended_errcode(database)),
        fmt::format("{}: {}", doing, sqlite3_errmsg(database))
    };
}

class SqliteConnection : public SociConnection {
  public:
    SqliteConnection(soci::session& session, Role role, sqlite3* database)
        : SociConnection(session, role), database_(database) {}
    // Here, while the virtual functions below still stand.
    ~SqliteConnection() override { forget_statements(); }

  protected:
    StoreError translate(const soci::soci_error&) override {
        return last_error(database_, fmt::format("store ({})", to_string(role())));
    }
    void settle(soci::statement& statement) override {
        // SOCI's own reset() is not exported; its execute() starts from here all the same.
        sqlite3_reset(raw(statement));
    }
    std::size_t width(soci::statement& statement) override {
        return static_cast<std::size_t>(sqlite3_column_count(raw(statement)));
    }
    std::vector<std::string> describe(const std::string& table) override {
        sqlite3_stmt* statement = nullptr;
        const std::string sql = "SELECT * FROM " + table + " LIMIT 0";
        if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
            throw failed(last_error(database_, fmt::format("store ({})", to_string(role()))));
        std::vector<std::string> names;
        for (int i = 0; i < sqlite3_column_count(statement); ++i)
            names.emplace_back(sqlite3_column_name(statement, i));
        sqlite3_finalize(statement);
        return names;
    }

  private:
    static sqlite3_stmt* raw(soci::statement& statement) {
        return static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
    }

    sqlite3* database_;
};

// Every connection is used by one thread at a time, and nobody asks how much memory SQLite has:
// its locks for both would cost a job more than its statements.
void do_without_locks() {
    static const bool done = [] {
        // Both are refused, and not needed, where someone has used SQLite in this process before.
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    }();
    (void)done;
}

std::unique_ptr<soci::session> open_session(const std::string& path) {
    do_without_locks();
    if (path.find('"') != std::string::npos || path.find('\0') != std::string::npos)
        throw StoreError(
            StoreError::Kind::invalid, fmt::format("{}: the store's path may not hold quotes", path)
        );
    try {
        return std::make_unique<soci::session>(soci::sqlite3, fmt::format("dbname=\"{}\"", path));
    } catch (const soci::soci_error& error) {
        throw StoreError(
            StoreError::Kind::lost, fmt::format("{}: {}", path, error.get_error_message())
        );
    }
}

}  // namespace

// SQLite's own handler sleeps up to 100 ms between tries, and would rarely hit the short gaps that
// a busy writer leaves between its groups.
int SqliteSession::wait_while_busy(void* self, int tries) {
    auto& session = *static_cast<SqliteSession*>(self);
    const auto now = std::chrono::steady_clock::now();
    if (tries == 0) session.busy_since_ = now;
    if (now - session.busy_since_ >= session.busy_timeout_) return 0;
    std::this_thread::sleep_for(std::chrono::microseconds(tries < 20 ? 200 : 1000));
    return 1;
}

SqliteSession::SqliteSession(const std::string& path, std::chrono::milliseconds busy_timeout)
    : busy_timeout_(busy_timeout), session_(open_session(path)) {
    database_ = static_cast<soci::sqlite3_session_backend*>(session_->get_backend())->conn_;
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_handler(database_, wait_while_busy, this);
    // The cache holds the upper pages of all indexes and the newest rows, so that a commit reads
    // nothing. The log is copied back every 32 MiB: the same pages change in commit after commit.
    control(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192;"
    );
    if (path != ":memory:" && ask("PRAGMA journal_mode") != "wal" &&
        ask("PRAGMA journal_mode = WAL") != "wal")
        throw StoreError(
            StoreError::Kind::other,
            fmt::format(
                "{}: the file system does not allow a write-ahead log: move the store to a local "
                "disk",
                path
            )
        );
    for (const Role role : {Role::owner, Role::warmup, Role::campaign, Role::operator_})
        connections_[static_cast<std::size_t>(role)] =
            std::make_unique<SqliteConnection>(*session_, role, database_);
}

SqliteSession::~SqliteSession() {
    // Statements first: SQLite does not close a connection that still has some.
    for (auto& connection : connections_) connection.reset();
    for (const auto& [sql, statement] : controls_) sqlite3_finalize(statement);
}

void SqliteSession::arm() { guard_.arm(database_); }

void SqliteSession::control(const std::string& sql) {
    guard_.set_trusted(true);
    const int result = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
    guard_.set_trusted(false);
    if (result != SQLITE_OK) throw last_error(database_, "store");
}

void SqliteSession::control_often(std::string_view sql) {
    // Trusted for the step too: after a change of the schema SQLite prepares anew, and asks anew.
    guard_.set_trusted(true);
    auto found = controls_.find(sql);
    if (found == controls_.end()) found = controls_.emplace(sql, nullptr).first;
    sqlite3_stmt*& statement = found->second;
    int result = SQLITE_OK;
    if (statement == nullptr)
        result = sqlite3_prepare_v3(
            database_, found->first.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr
        );
    if (result == SQLITE_OK) {
        sqlite3_step(statement);
        result = sqlite3_reset(statement);
    }
    guard_.set_trusted(false);
    if (result != SQLITE_OK) throw last_error(database_, "store");
}

std::string SqliteSession::ask(const std::string& sql) {
    std::string answer;
    const auto keep = [](void* out, int count, char** values, char**) {
        auto& text = *static_cast<std::string*>(out);
        if (count > 0 && values[0] && text.empty()) text = values[0];
        return 0;
    };
    guard_.set_trusted(true);
    const int result = sqlite3_exec(database_, sql.c_str(), keep, &answer, nullptr);
    guard_.set_trusted(false);
    if (result != SQLITE_OK) throw last_error(database_, "store");
    return answer;
}

void SqliteSession::set_read_only(bool read_only) {
    if (read_only == read_only_) return;
    control(read_only ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");
    read_only_ = read_only;
}

void SqliteSession::copy_into(const std::string& path) {
    set_read_only(false);
    control(fmt::format("VACUUM INTO '{}'", base::replace_all(path, "'", "''")));
}

SociConnection& SqliteSession::begin(Role role, bool read_only) {
    set_read_only(read_only);
    control_often(read_only ? begin_read(Engine::sqlite) : begin_write(Engine::sqlite));
    guard_.set_role(role);
    SociConnection& connection = *connections_[static_cast<std::size_t>(role)];
    connection.start_job();
    return connection;
}

void SqliteSession::commit() { control_often("COMMIT"); }

void SqliteSession::rollback() {
    if (!in_transaction()) return;
    guard_.set_trusted(true);
    sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    guard_.set_trusted(false);
}

bool SqliteSession::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

}  // namespace store
