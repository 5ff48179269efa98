// The owner's brake on everything that leaves (`stop --all`, `resume --all`): a row in
// service_flags that is looked at in the transaction of every intent, so that it holds for every
// process on the store and over restarts, until it is taken away. An intent whose transaction
// looked before the row was there leaves all the same; every other is held.
#pragma once
#include <optional>
#include <string>

#include "base/time.h"
#include "store/connection.h"

namespace delivery {

// Why nothing may leave, for people; nothing where it may. On any role.
std::optional<std::string> halted(store::Connection& connection);

// On the operator's role. False where it was so before; then what was said first stands.
bool halt(store::Connection& connection, const std::string& reason, base::Timestamp now);
bool resume(store::Connection& connection, base::Timestamp now);

}  // namespace delivery
