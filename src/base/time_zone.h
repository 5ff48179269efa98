// Time zones by IANA name, from the machine's tz database (Howard Hinnant's date library behind
// it).
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace base {

// A value that is cheap to copy; it refers to the process-wide tz database.
class TimeZone {
  public:
    // UTC.
    TimeZone() = default;
    // invalid_input where the name is not in the tz database, with the mend.
    static Result<TimeZone> find(std::string_view name);

    const std::string& name() const { return name_; }
    // East of UTC is positive.
    std::chrono::minutes offset_at(Timestamp time) const;
    // The calendar day that clocks on the wall show at `time`.
    Date day_at(Timestamp time) const;
    // The first instant of a local day (a skipped midnight gives the first instant after it).
    Timestamp start_of_day(Date day) const { return time_at(day, std::chrono::minutes(0)); }
    // When clocks on the wall show that time of day (24 h and more: of the days after). A skipped
    // time gives the first instant after the gap, one that comes twice the first.
    Timestamp time_at(Date day, std::chrono::minutes since_midnight) const;

  private:
    std::string name_ = "UTC";
    const void* zone_ = nullptr;  // date::time_zone, owned by the tz database
};

}  // namespace base
