#include "config/nearest.h"

#include "config/keys.h"

namespace config {

namespace {

constexpr std::size_t kNameBytesMax = 100;  // longer names are compared by their start

// Levenshtein's distance, two rows at a time.
std::size_t distance(std::string_view left, std::string_view right) {
    left = left.substr(0, kNameBytesMax);
    right = right.substr(0, kNameBytesMax);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string_view last_part(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

std::string_view nearest_of(std::string_view name, const std::vector<std::string_view>& known) {
    std::string_view best;
    std::size_t best_distance = 0;
    for (const std::string_view one : known) {
        const std::size_t found =
            distance(name, one) + 2 * distance(last_part(name), last_part(one));
        if (!best.empty() && found >= best_distance) continue;
        best = one;
        best_distance = found;
    }
    return best;
}

std::string_view nearest_key(std::string_view name) {
    std::vector<std::string_view> known;
    for (const Key& key : kKeys) known.push_back(key.name);
    return nearest_of(name, known);
}

}  // namespace config
