// One PostgreSQL connection of one login: the only place that speaks to libpq.
//
// Life cycle: open (connects); transactions as in session.h; after `lost()` became true,
// reconnect(). A transaction that was serialised against another and lost has `conflict()`: run it
// again. Used by one thread at a time. Errors: StoreError with PostgreSQL's words.
#pragma once
#include <memory>
#include <string>

#include "store/session.h"

namespace soci {
class session;
}

namespace store {

// Where a database is, and who logs in: the parts of a "postgresql://…" url.
class PostgresPlace {
  public:
    // Throws StoreError where libpq can't read the url or it names no database.
    explicit PostgresPlace(const std::string& url);
    const std::string& database() const { return database_; }
    // What libpq connects with: as the url's own user, or as this login. No password goes out in
    // errors.
    std::string as_admin() const;
    std::string as_login(const std::string& login, const std::string& password) const;

  private:
    std::string shared_;
    std::string identity_;
    std::string database_;
};

class PostgresSession : public Session {
  public:
    PostgresSession(std::string connect_string, Role role);
    ~PostgresSession() override;
    PostgresSession(const PostgresSession&) = delete;
    PostgresSession& operator=(const PostgresSession&) = delete;

    SociConnection& begin(Role role, bool read_only) override;
    void commit() override;
    void rollback() override;

    // The store's own SQL; several statements may stand in one text.
    void control(const std::string& sql);
    // The first column of its first row; empty where there is none or it is NULL.
    std::string ask(const std::string& sql);

    bool lost() const;
    bool conflict() const;
    void reconnect();

  private:
    class Link;
    std::string connect_string_;
    Role role_;
    std::unique_ptr<Link> link_;
};

}  // namespace store
