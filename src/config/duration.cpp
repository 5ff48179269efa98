#include "config/duration.h"

#include "base/text.h"

namespace config {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t micros;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}
    }
};
constexpr std::int64_t kMax = 10'000 * kUnits[0].micros;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<base::Duration> parse_duration(std::string_view text) {
    std::int64_t total = 0;
    std::size_t units_used = 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        std::size_t digits = 0;
        while (digits < text.size() && is_digit(text[digits])) ++digits;
        std::size_t end = digits;
        while (end < text.size() && !is_digit(text[end])) ++end;
        const std::string_view name = text.substr(digits, end - digits);
        std::size_t unit = units_used;
        while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
        if (digits == 0 || digits > 12 || unit == kUnits.size()) return std::nullopt;
        const std::int64_t count = *base::parse_int(text.substr(0, digits));
        if (count > kMax / kUnits[unit].micros) return std::nullopt;
        total += count * kUnits[unit].micros;
        if (total > kMax) return std::nullopt;
        units_used = unit + 1;
        text.remove_prefix(end);
    }
    return base::Duration(total);
}

std::string to_text(base::Duration span) {
    for (const Unit& unit : kUnits)
        if (span.count() != 0 && span.count() % unit.micros == 0)
            return fmt::format("{}{}", span.count() / unit.micros, unit.name);
    return fmt::format("{}s", span.count() / 1'000'000);
}

}  // namespace config
