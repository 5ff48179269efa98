#include "campaign/send_window.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace campaign {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr int kDaysAhead = 366;
constexpr std::int64_t kDay = 86'400'000'000;

auto wrong(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign.window", std::move(words));
}

// 1970-01-01 was a Thursday.
std::size_t weekday_of(base::Date day) {
    const std::int64_t since = base::days_from_date(day) + 3;
    return static_cast<std::size_t>((since % 7 + 7) % 7);
}

std::optional<base::Date> read_date(const std::string& text) {
    const auto time = base::from_iso(text + "T00:00:00Z");
    if (!time) return std::nullopt;
    return base::date_from_days(time->micros / kDay);
}

bool day_allowed(const SendWindow& window, base::Date day) {
    return window.weekdays[weekday_of(day)] && !std::ranges::binary_search(window.holidays, day);
}

base::Timestamp hour_of(const SendWindow& window, base::Date day, int hour) {
    return window.zone.time_at(day, std::chrono::hours(hour));
}

base::Result<> read_weekdays(const Settings& settings, SendWindow& window) {
    window.weekdays.fill(false);
    for (const std::string& day : settings.weekdays) {
        const auto at = std::ranges::find(kDays, base::to_lower(day).substr(0, 3));
        if (at == kDays.end())
            return wrong("weekday '" + day + "' is none of mon, tue, wed, thu, fri, sat, sun");
        window.weekdays[static_cast<std::size_t>(at - kDays.begin())] = true;
    }
    if (std::ranges::none_of(window.weekdays, [](bool allowed) { return allowed; }))
        return wrong("no weekday is left to send on; name at least one");
    return {};
}

}  // namespace

base::Result<SendWindow> window_of(const Settings& settings, const Limits& limits) {
    SendWindow window;
    window.zone = limits.zone;
    if (!settings.zone.empty()) {
        const auto zone = base::TimeZone::find(settings.zone);
        if (!zone) return base::pass_on(zone);
        window.zone = *zone;
    }
    window.start_hour = settings.start_hour < 0 ? limits.start_hour : settings.start_hour;
    window.end_hour = settings.end_hour < 0 ? limits.end_hour : settings.end_hour;
    if (window.start_hour > 23 || window.end_hour > 24 || window.end_hour <= window.start_hour)
        return wrong(fmt::format(
            "hours {} to {}: the start is 0 to 23, the end after it and at most 24",
            window.start_hour,
            window.end_hour
        ));
    if (const auto days = read_weekdays(settings, window); !days) return base::pass_on(days);
    for (const std::string& text : settings.holidays) {
        const auto day = read_date(text);
        if (!day) return wrong("holiday '" + text + "' is no date like 2026-12-25");
        window.holidays.push_back(*day);
    }
    std::ranges::sort(window.holidays);
    return window;
}

SendWindow in_zone(SendWindow window, const std::string& lead_zone) {
    if (lead_zone.empty() || lead_zone == window.zone.name()) return window;
    if (const auto zone = base::TimeZone::find(lead_zone)) window.zone = *zone;
    return window;
}

bool is_open(const SendWindow& window, base::Timestamp now) {
    const base::Date day = window.zone.day_at(now);
    return day_allowed(window, day) && now >= hour_of(window, day, window.start_hour) &&
           now < hour_of(window, day, window.end_hour);
}

std::optional<base::Timestamp> next_opening(const SendWindow& window, base::Timestamp now) {
    const std::int64_t today = base::days_from_date(window.zone.day_at(now));
    for (std::int64_t ahead = 0; ahead <= kDaysAhead; ++ahead) {
        const base::Date day = base::date_from_days(today + ahead);
        if (!day_allowed(window, day)) continue;
        if (now < hour_of(window, day, window.end_hour))
            return std::max(now, hour_of(window, day, window.start_hour));
    }
    return std::nullopt;
}

}  // namespace campaign
