#include "store/postgres_session.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "base/text.h"
#include "store/dialect.h"

namespace store {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;
using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

// "keyword='value' " as libpq reads it.
std::string setting(std::string_view keyword, const std::string& value) {
    const std::string escaped =
        base::replace_all(base::replace_all(value, "\\", "\\\\"), "'", "\\'");
    return fmt::format("{}='{}' ", keyword, escaped);
}

StoreError::Kind kind_of(std::string_view state) {
    const std::string_view group = state.substr(0, 2);
    if (state == "23505") return StoreError::Kind::unique;
    if (state == "42501" || state == "25006") return StoreError::Kind::permission;
    if (state == "40001" || state == "40P01" || state == "55P03") return StoreError::Kind::busy;
    if (group == "08" || group == "57" || group == "53" || group == "58" || group == "XX")
        return StoreError::Kind::lost;
    if (group == "42" || group == "22" || group == "26") return StoreError::Kind::invalid;
    return StoreError::Kind::other;
}

// The server's first line: what follows ("DETAIL: Key (email)=(…)") quotes data.
std::string first_words(std::string text) {
    for (const std::string_view mark : {"ERROR:  ", "FATAL:  "})
        if (const std::size_t at = text.find(mark); at != std::string::npos)
            text = text.substr(at + mark.size());
    return base::printable(text.substr(0, text.find('\n')), 500);
}

class PostgresConnection : public SociConnection {
  public:
    PostgresConnection(soci::session& session, Role role, PGconn* link)
        : SociConnection(session, role), link_(link) {}
    ~PostgresConnection() override { forget_statements(); }

    bool conflict = false;

    StoreError said(std::string_view state, std::string_view words) {
        conflict = conflict || state == "40001" || state == "40P01";
        const bool cut = PQstatus(link_) != CONNECTION_OK;
        return {
            cut ? StoreError::Kind::lost : kind_of(state),
            fmt::format("store ({}): {}", to_string(role()), first_words(std::string(words)))
        };
    }

  protected:
    StoreError translate(const soci::soci_error& error) override {
        const auto* known = dynamic_cast<const soci::postgresql_soci_error*>(&error);
        return said(known ? known->sqlstate() : "     ", error.get_error_message());
    }
    void settle(soci::statement&) override {}
    std::size_t width(soci::statement& statement) override {
        const auto* backend =
            static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
        return static_cast<std::size_t>(PQnfields(backend->result_));
    }
    std::vector<std::string> describe(const std::string& table) override {
        const std::string sql = "SELECT * FROM " + table + " LIMIT 0";
        const Result result(PQexec(link_, sql.c_str()), PQclear);
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
            const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            throw failed(said(state ? state : "     ", PQresultErrorMessage(result.get())));
        }
        std::vector<std::string> names;
        for (int i = 0; i < PQnfields(result.get()); ++i)
            names.emplace_back(PQfname(result.get(), i));
        return names;
    }

  private:
    PGconn* link_;
};

// libpq's advice ("Is the server running …?") stands in lines of its own.
std::string in_one_line(const std::string& words) {
    std::vector<std::string> lines = base::split(base::trim(words), '\n');
    for (std::string& line : lines) line = base::trim(line);
    return base::join(lines, "; ");
}

std::unique_ptr<soci::session> connect(const std::string& connect_string) {
    try {
        return std::make_unique<soci::session>(soci::postgresql, connect_string);
    } catch (const soci::soci_error& error) {
        std::string words = error.get_error_message();
        if (const std::size_t line = words.find('\n'); line != std::string::npos)
            words = words.substr(line + 1);
        throw StoreError(
            StoreError::Kind::lost, "PostgreSQL: " + base::printable(in_one_line(words), 500)
        );
    }
}

}  // namespace

PostgresPlace::PostgresPlace(const std::string& url) {
    char* problem = nullptr;
    const Options options(PQconninfoParse(url.c_str(), &problem), PQconninfoFree);
    if (!options) {
        const std::string words = problem ? problem : "out of memory";
        PQfreemem(problem);
        throw StoreError(
            StoreError::Kind::invalid,
            fmt::format("the store url is not understood: {}", base::trim(words))
        );
    }
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        if (!option->val) continue;
        const std::string_view keyword = option->keyword;
        if (keyword == "dbname") database_ = option->val;
        (keyword == "user" || keyword == "password" ? identity_ : shared_) +=
            setting(keyword, option->val);
    }
    if (database_.empty())
        throw StoreError(
            StoreError::Kind::invalid,
            "the store url names no database: write postgresql://user@host/database"
        );
    const auto add = [&](std::string_view keyword, const std::string& value) {
        if (shared_.find(fmt::format("{}=", keyword)) == std::string::npos)
            shared_ += setting(keyword, value);
    };
    add("connect_timeout", "10");
    add("target_session_attrs", "read-write");
    add("application_name", "pilotlight");
    add("client_encoding", "UTF8");
}

std::string PostgresPlace::as_admin() const { return shared_ + identity_; }

std::string PostgresPlace::as_login(const std::string& login, const std::string& password) const {
    return shared_ + setting("user", login) +
           (password.empty() ? std::string() : setting("password", password));
}

// A connection with its statements; replaced as a whole after a loss.
class PostgresSession::Link {
  public:
    Link(const std::string& connect_string, Role role)
        : session_(connect(connect_string)),
          backend_(static_cast<soci::postgresql_session_backend*>(session_->get_backend())),
          connection(*session_, role, backend_->conn_) {
        // A commit is on disk before it is told; what the server does beyond that (remote_apply)
        // stays.
        run("SET client_min_messages = warning; SET standard_conforming_strings = on;"
            "SET search_path = public; SET lock_timeout = '10s'; SET statement_timeout = '60s'");
        const std::string sync = run("SHOW synchronous_commit");
        if (sync != "on" && sync != "remote_apply") run("SET synchronous_commit = on");
    }

    std::string run(const std::string& sql) {
        const Result result(PQexec(link(), sql.c_str()), PQclear);
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            throw connection.said(state ? state : "08000", PQerrorMessage(link()));
        }
        const bool row =
            status == PGRES_TUPLES_OK && PQntuples(result.get()) > 0 && PQnfields(result.get()) > 0;
        return row ? PQgetvalue(result.get(), 0, 0) : std::string();
    }
    PGconn* link() const { return backend_->conn_; }

  private:
    std::unique_ptr<soci::session> session_;
    soci::postgresql_session_backend* backend_;

  public:
    PostgresConnection connection;
};

PostgresSession::PostgresSession(std::string connect_string, Role role)
    : connect_string_(std::move(connect_string)),
      role_(role),
      link_(std::make_unique<Link>(connect_string_, role)) {}
PostgresSession::~PostgresSession() = default;

void PostgresSession::reconnect() {
    link_.reset();
    link_ = std::make_unique<Link>(connect_string_, role_);
}

bool PostgresSession::lost() const { return !link_ || PQstatus(link_->link()) != CONNECTION_OK; }
bool PostgresSession::conflict() const { return link_ && link_->connection.conflict; }

SociConnection& PostgresSession::begin(Role role, bool read_only) {
    CHECK(role == role_);
    if (!link_) reconnect();
    link_->connection.conflict = false;
    link_->connection.start_job();
    control(
        std::string(read_only ? begin_read(Engine::postgresql) : begin_write(Engine::postgresql))
    );
    return link_->connection;
}

void PostgresSession::commit() { control("COMMIT"); }

void PostgresSession::rollback() {
    if (lost() || PQtransactionStatus(link_->link()) == PQTRANS_IDLE) return;
    // What it answers does not matter: where it fails the connection is lost, and with it the
    // transaction.
    const Result ignored(PQexec(link_->link(), "ROLLBACK"), PQclear);
}

void PostgresSession::control(const std::string& sql) { ask(sql); }

std::string PostgresSession::ask(const std::string& sql) {
    if (!link_) reconnect();
    return link_->run(sql);
}

}  // namespace store
