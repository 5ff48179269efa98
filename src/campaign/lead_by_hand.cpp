#include "campaign/lead_by_hand.h"

#include <fmt/format.h>

#include "campaign/lead_checks.h"
#include "campaign/lead_resume.h"
#include "campaign/lead_store.h"
#include "campaign/verification.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

constexpr const char* kByHand = "set by hand";

auto refuse(base::ErrorCode code, std::string words) {
    return base::fail(code, "campaign.lead", std::move(words));
}

base::Result<> go_on(
    store::Connection& connection,
    const Lead& lead,
    const SuppressionKeys& keys,
    base::Timestamp now
) {
    if (lead.status == "erased") return refuse(base::ErrorCode::conflict, "that lead was erased");
    if (const auto reason = suppressed(connection, keys))
        return refuse(
            base::ErrorCode::conflict,
            fmt::format("its address is suppressed ({}): it gets no more mail", *reason)
        );
    // One that got no mail yet goes the way of all who come in.
    const LeadStatus start =
        status_of(lead, MailDomain::Verdict::unknown, awaits_verifier(connection, lead));
    const Resumed place = place_to_resume(connection, lead, start.status, now);
    if (place.status == "finished")
        return refuse(base::ErrorCode::conflict, "it has had the last mail of its campaign");
    const bool begins = place.status == start.status;
    resume_lead(connection, lead.id, place, begins ? start.reason : kByHand);
    connection.execute("UPDATE leads SET wait_until = NULL WHERE id = :id", store::values(lead.id));
    ledger::append(connection, {now, "campaign", "lead", lead.id, place.status, kByHand, "{}"});
    return {};
}

}  // namespace

base::Result<> set_lead_by_hand(
    store::Connection& connection,
    std::int64_t lead_id,
    std::string_view status,
    const SuppressionKeys& keys,
    base::Timestamp now
) {
    const std::optional<Lead> lead = lead_by_id(connection, lead_id);
    if (!lead) return refuse(base::ErrorCode::not_found, fmt::format("no lead {}", lead_id));
    if (status == "active") return go_on(connection, *lead, keys, now);
    if (status == "unsubscribed") {
        const auto address = base::Email::parse(lead->email);
        if (!address) return base::pass_on(address);
        suppress(connection, *address, "unsubscribe", kByHand, false, now);
        return {};
    }
    if (status != "replied" && status != "stopped" && status != "finished")
        return refuse(
            base::ErrorCode::invalid_input,
            fmt::format(
                "\"{}\" can't be set by hand: active, replied, stopped, finished or unsubscribed",
                status
            )
        );
    stop_lead(connection, lead_id, status, kByHand, now);
    return {};
}

}  // namespace campaign
