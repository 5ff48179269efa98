// Durations as people write them: "90s", "15m", "4h", "1h30m", "2d", "250ms".
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace config {

// One or more whole numbers with a unit (d, h, m, s, ms), each unit once and in falling order,
// nothing between them. Nothing where malformed or longer than 10,000 days.
std::optional<base::Duration> parse_duration(std::string_view text);
// In the largest unit that fits without a rest ("90s", "4h"); parse_duration reads it back. Parts
// of a millisecond are lost.
std::string to_text(base::Duration span);

}  // namespace config
