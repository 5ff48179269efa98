// One job on a PostgreSQL connection: with its retries, and the question whether a cut commit took
// place.
#pragma once
#include "store/job.h"
#include "store/postgres_session.h"

namespace store {

// Null after the commit, else what the job or the database threw.
std::exception_ptr run_on_postgres(PostgresSession& session, const Job& job);

}  // namespace store
