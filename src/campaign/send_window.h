// When campaign mail may leave: hours, weekdays and holidays on the clocks of one zone. Pure; right
// on days on which these clocks are set (DST), since every bound is a wall time of its day.
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "base/time_zone.h"
#include "campaign/context.h"
#include "campaign/settings.h"

namespace campaign {

struct SendWindow {
    base::TimeZone zone;
    int start_hour = 9;
    int end_hour = 17;  // exclusive; 24 is midnight
    std::array<bool, 7> weekdays = {true, true, true, true, true, false, false};  // Monday first
    std::vector<base::Date> holidays;                                             // sorted
};

// invalid_input names the hour, weekday, holiday or zone that can't be read.
base::Result<SendWindow> window_of(const Settings& settings, const Limits& limits);
// The same hours on the lead's clocks; an unknown or empty zone leaves the window as it is.
SendWindow in_zone(SendWindow window, const std::string& lead_zone);

bool is_open(const SendWindow& window, base::Timestamp now);
// `now` where it is open, else when it opens next; nothing where it does not within a year.
std::optional<base::Timestamp> next_opening(const SendWindow& window, base::Timestamp now);

}  // namespace campaign
