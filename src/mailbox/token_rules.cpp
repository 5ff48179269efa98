#include "mailbox/token_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace mailbox {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Sent a moment before its end, a token would arrive after it.
constexpr base::Duration kLastUse = seconds(30);
constexpr base::Duration kWeek = hours(24 * 7);

constexpr std::string_view kTestingMend =
    "publish the app (OAuth consent screen, \"In production\") or make it \"Internal\" in a "
    "Workspace";

// Google's tokens of an app in "Testing" live for 7 days to the second; the grant ends with them.
bool ended_after_a_week(const TokenRow& row, base::Timestamp now) {
    if (row.issuer != "google") return false;
    const base::Duration age = now - row.consented_at;
    const bool announced = row.refresh_expires_at && now >= *row.refresh_expires_at - minutes(10) &&
                           *row.refresh_expires_at - row.consented_at <= kWeek + hours(1);
    // We learn of it at the first refresh after the end, an hour or a cycle later.
    return announced || (age >= kWeek - hours(2) && age <= kWeek + hours(24));
}

std::string day_of(base::Timestamp time) { return base::to_iso(time).substr(0, 10); }

}  // namespace

TokenStep next_step(const TokenRow& row, base::Timestamp now) {
    if (!row.dead_reason.empty()) return TokenStep::dead;
    if (now < row.refresh_from) return TokenStep::use;
    const bool usable = now < row.access_expires_at - kLastUse;
    if (now < row.lease_until) return usable ? TokenStep::use : TokenStep::wait;
    if (now < row.not_before) return usable ? TokenStep::use : TokenStep::later;
    return TokenStep::exchange;
}

base::Timestamp refresh_from(base::Timestamp now, base::Duration lifetime) {
    return now + std::max<base::Duration>(lifetime - minutes(5), lifetime / 2);
}

base::Duration pause_after(std::int64_t attempts) {
    if (attempts <= 0) return base::Duration(0);
    const base::Duration doubled = seconds(30) * (1LL << std::min<std::int64_t>(attempts - 1, 10));
    return std::min<base::Duration>(doubled, minutes(15));
}

std::string reason_of_death(const TokenRow& row, const TokenRefusal& refusal, base::Timestamp now) {
    if (ended_after_a_week(row, now))
        return fmt::format(
            "the login ended 7 days after the consent, as it does for a Google app in \"Testing\": "
            "{}, then log in again",
            kTestingMend
        );
    if (row.refresh_expires_at && now >= *row.refresh_expires_at)
        return fmt::format(
            "the login ended on {}, as the provider had announced", day_of(*row.refresh_expires_at)
        );
    if (row.unanswered_since)
        return fmt::format(
            "a refresh on {} was cut off before its answer was stored, and the provider takes the "
            "old token no more",
            base::to_iso(*row.unanswered_since)
        );
    if (refusal.words.contains("invalid_rapt"))
        return "the Workspace's session length has run out: its administrator can exempt the app "
               "(Google session control)";
    return fmt::format(
        "the provider ended the login ({}): the password was changed, access was withdrawn, or it "
        "was not used for months",
        refusal.code
    );
}

std::string warning_of_end(std::string_view issuer, const Tokens& tokens, base::Timestamp now) {
    if (!tokens.refresh_lifetime) return {};
    const std::string day = day_of(now + *tokens.refresh_lifetime);
    if (issuer == "google" && *tokens.refresh_lifetime <= kWeek)
        return fmt::format(
            "this login ends on {}: the Google app is in \"Testing\", where tokens live for 7 "
            "days; {}",
            day,
            kTestingMend
        );
    return fmt::format("the provider says that this login ends on {}", day);
}

}  // namespace mailbox
