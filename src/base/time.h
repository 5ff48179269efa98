// Points in time. `Timestamp` is wall-clock UTC in microseconds (as stored: BIGINT);
// `MonotonicTime` never jumps and is used for deadlines only.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

using Duration = std::chrono::microseconds;

struct Timestamp {
    std::int64_t micros = 0;

    auto operator<=>(const Timestamp&) const = default;
    Timestamp operator+(Duration step) const { return {micros + step.count()}; }
    Timestamp operator-(Duration step) const { return {micros - step.count()}; }
    Duration operator-(Timestamp other) const { return Duration(micros - other.micros); }
};

struct MonotonicTag {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    using time_point = std::chrono::time_point<MonotonicTag, Duration>;
    static constexpr bool is_steady = true;
};
using MonotonicTime = MonotonicTag::time_point;

// A calendar day without zone; `day` 1-31, `month` 1-12.
struct Date {
    int year = 1970;
    int month = 1;
    int day = 1;
    auto operator<=>(const Date&) const = default;
    // "2026-11-23"
    std::string str() const;
};

// Days since 1970-01-01 of a proleptic Gregorian date, and back.
std::int64_t days_from_date(Date date);
Date date_from_days(std::int64_t days);

// "2026-11-23T13:07:00Z" (RFC 3339; fractions of a second only when not zero).
std::string to_iso(Timestamp time);
// Reads RFC 3339 with 'Z' or a numeric offset; nothing where it is malformed.
std::optional<Timestamp> from_iso(std::string_view text);
// "Mon, 23 Nov 2026 13:07:00 +0100" (RFC 5322 section 3.3) at the given offset from UTC.
std::string to_rfc5322(Timestamp time, std::chrono::minutes offset);

}  // namespace base
