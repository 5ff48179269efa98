// Database over PostgreSQL. Each role has its own login and, from its first job on, a pool of two
// threads with one connection each. A job is one transaction; it is serializable, so that it sees
// what it would see alone, and runs again where PostgreSQL tells it to (40001, 40P01).
//
// A connection that is lost is made anew once per job. Where it is lost during COMMIT, the server
// is asked by transaction id whether that commit took place, so that a job is neither lost nor done
// twice.
#pragma once
#include <memory>

#include "store/database.h"

namespace store {

// open_database for "postgresql://…" and "postgres://…".
std::unique_ptr<Database> open_postgres(const OpenOptions& options, base::Loop& loop);

}  // namespace store
