// Makes one SQLite connection obey one role: an authorizer that denies by default, made from
// store/roles.h, and TEMP triggers for the row rules and against REPLACE, which would otherwise
// delete rows of a table that may not be deleted from.
//
// Life cycle: `arm` once, after the tables are there; from then on every statement is judged when
// it is prepared, by the role set at that moment. `trusted` statements (transactions, PRAGMA) are
// the store's own. Must outlive the connection.
#pragma once
#include "store/connection.h"

// SOCI declares SQLite in a namespace of its own.
namespace sqlite_api {
struct sqlite3;
}

namespace store {

class SqliteGuard {
  public:
    // Throws StoreError where SQLite refuses.
    void arm(sqlite_api::sqlite3* database);

    void set_role(Role role) { role_ = role; }
    Role role() const { return role_; }
    void set_trusted(bool trusted) { trusted_ = trusted; }

    // SQLite's authorizer question: SQLITE_OK or SQLITE_DENY.
    int judge(int action, const char* first, const char* second, const char* database) const;

  private:
    Role role_ = Role::owner;
    bool trusted_ = true;
};

}  // namespace store
