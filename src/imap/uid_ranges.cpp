#include "imap/uid_ranges.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace imap {
namespace {

constexpr std::uint32_t kStar = std::numeric_limits<std::uint32_t>::max();

std::optional<std::uint32_t> parse_uid(std::string_view text) {
    if (text == "*") return kStar;
    const std::optional<std::int64_t> number = base::parse_int(text);
    if (!number || *number < 1 || *number > kStar) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

}  // namespace

std::optional<UidRanges> UidRanges::parse(std::string_view text) {
    UidRanges out;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view piece = text.substr(0, comma);
        const std::size_t colon = piece.find(':');
        const std::optional<std::uint32_t> first = parse_uid(piece.substr(0, colon));
        const std::optional<std::uint32_t> last =
            colon == std::string_view::npos ? first : parse_uid(piece.substr(colon + 1));
        if (!first || !last) return std::nullopt;
        out.any_ |= piece == "*" || piece == "*:*";
        out.open_ |= *first == kStar || *last == kStar;
        out.ranges_.emplace_back(std::min(*first, *last), std::max(*first, *last));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    std::sort(out.ranges_.begin(), out.ranges_.end());
    std::size_t kept = 0;
    for (std::size_t i = 1; i < out.ranges_.size(); ++i) {
        if (out.ranges_[i].first <= out.ranges_[kept].second)
            out.ranges_[kept].second = std::max(out.ranges_[kept].second, out.ranges_[i].second);
        else
            out.ranges_[++kept] = out.ranges_[i];
    }
    out.ranges_.resize(kept + 1);
    return out;
}

bool UidRanges::contains(std::uint32_t uid) const {
    if (any_) return true;
    const auto after = std::upper_bound(
        ranges_.begin(),
        ranges_.end(),
        uid,
        [](std::uint32_t value, const auto& range) { return value < range.first; }
    );
    return after != ranges_.begin() && uid <= std::prev(after)->second;
}

std::optional<std::vector<std::uint32_t>> UidRanges::expand(std::size_t count_max) const {
    if (open_) return std::nullopt;
    std::uint64_t count = 0;
    for (const auto& [first, last] : ranges_) count += std::uint64_t{last} - first + 1;
    if (count > count_max) return std::nullopt;
    std::vector<std::uint32_t> out;
    out.reserve(count);
    for (const auto& [first, last] : ranges_)
        for (std::uint64_t uid = first; uid <= last; ++uid)
            out.push_back(static_cast<std::uint32_t>(uid));
    return out;
}

std::vector<std::string> split_uid_set(std::string_view set, std::size_t bytes_max) {
    std::vector<std::string> out;
    while (set.size() > bytes_max) {
        std::size_t cut = set.rfind(',', bytes_max);
        if (cut == std::string_view::npos || cut == 0) cut = set.find(',', 1);
        if (cut == std::string_view::npos) break;
        out.emplace_back(set.substr(0, cut));
        set.remove_prefix(cut + 1);
    }
    if (!set.empty()) out.emplace_back(set);
    return out;
}

}  // namespace imap
