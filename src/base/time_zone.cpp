#include "base/time_zone.h"

#include <date/tz.h>

#include <stdexcept>

namespace base {

namespace {

using SysMicros = date::sys_time<Duration>;

const date::time_zone* zone_of(const void* zone) {
    return static_cast<const date::time_zone*>(zone);
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone found;
    found.name_ = std::string(name);
    if (name == "UTC") return found;
    try {
        found.zone_ = date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return fail(
            ErrorCode::invalid_input,
            "time zone",
            "'" + found.name_ + "' is not a time zone; use an IANA name such as Europe/Berlin"
        );
    }
    return found;
}

std::chrono::minutes TimeZone::offset_at(Timestamp time) const {
    if (zone_ == nullptr) return std::chrono::minutes(0);
    const auto info = zone_of(zone_)->get_info(SysMicros(Duration(time.micros)));
    return std::chrono::duration_cast<std::chrono::minutes>(info.offset);
}

Date TimeZone::day_at(Timestamp time) const {
    const Timestamp local = time + Duration(offset_at(time));
    constexpr std::int64_t kDay = 86'400'000'000;
    return date_from_days(local.micros / kDay - (local.micros % kDay < 0 ? 1 : 0));
}

Timestamp TimeZone::time_at(Date day, std::chrono::minutes since_midnight) const {
    const Timestamp as_utc =
        Timestamp{days_from_date(day) * 86'400'000'000} + Duration(since_midnight);
    if (zone_ == nullptr) return as_utc;
    const auto info = zone_of(zone_)->get_info(date::local_time<Duration>(Duration(as_utc.micros)));
    if (info.result == date::local_info::nonexistent)
        return Timestamp{Duration(info.first.end.time_since_epoch()).count()};
    return as_utc - Duration(info.first.offset);
}

}  // namespace base
