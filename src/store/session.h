// One connection to the database, seen as a place where transactions happen. Used by one thread at
// a time. Errors: StoreError.
#pragma once
#include "store/soci_connection.h"

namespace store {

class Session {
  public:
    virtual ~Session() = default;
    // Starts a transaction for a job of this role and gives its connection.
    virtual SociConnection& begin(Role role, bool read_only) = 0;
    virtual void commit() = 0;
    // Never throws: a transaction that is gone already is as good as rolled back.
    virtual void rollback() = 0;
};

// Runs one job in a transaction of its own; what it throws comes back after the rollback.
std::exception_ptr run_alone(
    Session& session, Role role, bool read_only, const std::function<void(Connection&)>& job
);

}  // namespace store
