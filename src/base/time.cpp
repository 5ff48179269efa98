#include "base/time.h"

#include <fmt/format.h>

#include "base/text.h"

namespace base {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

// Two or four digits at `at`; -1 where they are not digits.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

// The offset in minutes of "Z", "+01:00", "-0530"; nothing where malformed.
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    const int hours = digits(text, 1, 2);
    const int minutes = digits(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::string Date::str() const { return fmt::format("{:04}-{:02}-{:02}", year, month, day); }

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil, civil_from_days.
std::int64_t days_from_date(Date date) {
    const std::int64_t y = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t era = floor_divide(y, 400);
    const std::int64_t year_of_era = y - era * 400;
    const std::int64_t day_of_year =
        (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

Date date_from_days(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = floor_divide(days, 146'097);
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_index = (5 * day_of_year + 2) / 153;
    const auto day = static_cast<int>(day_of_year - (153 * month_index + 2) / 5 + 1);
    const auto month = static_cast<int>(month_index < 10 ? month_index + 3 : month_index - 9);
    const auto year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
    return {year, month, day};
}

std::string to_iso(Timestamp time) {
    const std::int64_t days = floor_divide(time.micros, kDay);
    const std::int64_t rest = time.micros - days * kDay;
    const std::int64_t seconds = rest / kSecond;
    const std::string fraction = rest % kSecond == 0 ? "" : fmt::format(".{:06}", rest % kSecond);
    return fmt::format(
        "{}T{:02}:{:02}:{:02}{}Z",
        date_from_days(days).str(),
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        fraction
    );
}

std::optional<Timestamp> from_iso(std::string_view text) {
    const int year = digits(text, 0, 4);
    const int month = digits(text, 5, 2);
    const int day = digits(text, 8, 2);
    const int hour = digits(text, 11, 2);
    const int minute = digits(text, 14, 2);
    const int second = digits(text, 17, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60)
        return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
    if (date_from_days(days_from_date({year, month, day})) != Date{year, month, day})
        return std::nullopt;
    std::size_t at = 19;
    std::int64_t fraction = 0;
    if (at < text.size() && text[at] == '.') {
        std::int64_t unit = kSecond / 10;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            fraction += (text[at] - '0') * unit;
    }
    const std::optional<int> offset = parse_offset(text.substr(at));
    if (!offset) return std::nullopt;
    const std::int64_t seconds = hour * 3600LL + minute * 60LL + second - *offset * 60LL;
    return Timestamp{days_from_date({year, month, day}) * kDay + seconds * kSecond + fraction};
}

std::string to_rfc5322(Timestamp time, std::chrono::minutes offset) {
    constexpr std::array kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    constexpr std::array kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    const Timestamp local = time + Duration(offset);
    const std::int64_t days = floor_divide(local.micros, kDay);
    const std::int64_t seconds = (local.micros - days * kDay) / kSecond;
    const Date date = date_from_days(days);
    const auto weekday = static_cast<std::size_t>(days - floor_divide(days, 7) * 7);
    const auto minutes = std::abs(offset.count());
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
        kDays[weekday],
        date.day,
        kMonths[static_cast<std::size_t>(date.month - 1)],
        date.year,
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        offset.count() < 0 ? '-' : '+',
        minutes / 60,
        minutes % 60
    );
}

}  // namespace base
