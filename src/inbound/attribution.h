// The line with which a mail program introduces what it quotes: "On Monday, 1 June 2026 at 10:00,
// Bob <bob@example.com> wrote:", in any language and wrapped over up to `kAttributionLinesMax`
// lines.
//
// Recognised by what all languages have in common (date, time, address, a colon or a verb at the
// end), the words being data: data/inbound/reply_words.txt. Each line is looked at a bounded number
// of times.
#pragma once
#include <optional>

#include "inbound/reply_lines.h"

namespace inbound {

constexpr std::size_t kAttributionLinesMax = 6;

// The first line of the attribution that ends with line `last`; nothing where none ends there.
std::optional<std::size_t> attribution_start(const std::vector<Line>& lines, std::size_t last);

// Where within the line an attribution starts behind words of the writer ("fine! On Mon, 1 June
// 2026 Bob wrote:"); nothing where there is none.
std::optional<std::size_t> attribution_within(const Line& line);

// True for a quoted line that ends an attribution: the quote below names its author.
bool ends_attribution(const Line& quoted);

}  // namespace inbound
