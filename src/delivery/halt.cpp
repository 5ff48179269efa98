#include "delivery/halt.h"

#include <fmt/format.h>

#include "ledger/ledger.h"

namespace delivery {

namespace {

struct Flag {
    std::string reason;
    base::Timestamp set_at;
};
BOOST_DESCRIBE_STRUCT(Flag, (), (reason, set_at))

void tell(
    store::Connection& connection, const char* decision, std::string reason, base::Timestamp now
) {
    ledger::append(connection, {now, "operator", "service", 0, decision, std::move(reason), "{}"});
}

}  // namespace

std::optional<std::string> halted(store::Connection& connection) {
    const auto flag = connection.select_one<Flag>(
        "SELECT reason, set_at FROM service_flags WHERE name = 'halted' ORDER BY name"
    );
    if (!flag) return std::nullopt;
    return fmt::format(
        "all sending was stopped at {}{}; `pilotlight resume --all` lets it go on",
        base::to_iso({flag->set_at.micros / 1'000'000 * 1'000'000}),
        flag->reason.empty() ? "" : " (" + flag->reason + ")"
    );
}

bool halt(store::Connection& connection, const std::string& reason, base::Timestamp now) {
    const std::int64_t changed = connection.execute(
        "INSERT INTO service_flags (name, reason, set_at) VALUES ('halted', :reason, :now) "
        "ON CONFLICT (name) DO NOTHING",
        store::values(reason, now)
    );
    if (changed > 0) tell(connection, "stopped", reason.empty() ? "by the owner" : reason, now);
    return changed > 0;
}

bool resume(store::Connection& connection, base::Timestamp now) {
    const bool changed = connection.execute("DELETE FROM service_flags WHERE name = 'halted'") > 0;
    if (changed) tell(connection, "resumed", "by the owner", now);
    return changed;
}

}  // namespace delivery
