#include "imap/types.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace imap {

bool Folder::has(std::string_view attribute) const {
    return std::any_of(attributes.begin(), attributes.end(), [&](const std::string& own) {
        return base::equals_ignoring_case(own, attribute);
    });
}

std::optional<std::string> quoted(std::string_view text) {
    std::string out = "\"";
    for (const char byte : text) {
        if (byte == '\r' || byte == '\n' || byte == '\0') return std::nullopt;
        if (byte == '"' || byte == '\\') out += '\\';
        out += byte;
    }
    return out + '"';
}

std::string uid_set(std::span<const std::uint32_t> uids) {
    std::vector<std::uint32_t> sorted(uids.begin(), uids.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::string out;
    for (std::size_t first = 0; first < sorted.size();) {
        std::size_t last = first;
        while (last + 1 < sorted.size() && sorted[last + 1] == sorted[last] + 1) ++last;
        if (!out.empty()) out += ',';
        out += std::to_string(sorted[first]);
        if (last > first) out += ':' + std::to_string(sorted[last]);
        first = last + 1;
    }
    return out;
}

std::string date_time(base::Timestamp time) {
    constexpr std::int64_t kDaySeconds = 86'400;
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::int64_t seconds =
        std::chrono::floor<std::chrono::seconds>(base::Duration(time.micros)).count();
    const std::int64_t second = ((seconds % kDaySeconds) + kDaySeconds) % kDaySeconds;
    const base::Date date = base::date_from_days((seconds - second) / kDaySeconds);
    return fmt::format(
        "{:02}-{}-{:04} {:02}:{:02}:{:02} +0000",
        date.day,
        kMonths.substr(static_cast<std::size_t>(date.month - 1) * 3, 3),
        date.year,
        second / 3600,
        second / 60 % 60,
        second % 60
    );
}

}  // namespace imap
