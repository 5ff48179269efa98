// Another system's counters of each account by day, where a mailbox of ours has that address.
// Inside a job on the operator's role. The documents themselves are set aside whole (warmup's
// side).
#pragma once
#include <vector>

#include "documents/document.h"
#include "store/connection.h"

namespace engine {

// A day that has numbers already keeps them.
void import_reputation(
    store::Connection& connection, const std::vector<documents::Value>& documents
);

}  // namespace engine
