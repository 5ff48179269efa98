// The lines of a mail's text and what each of them looks like: the ground on which reply_text
// decides.
//
// Views into the text, which must outlive them. A line over `kMarkBytesMax` is never a mark of
// quoting. Linear in the text.
#pragma once
#include <string_view>
#include <vector>

namespace inbound {

constexpr std::size_t kMarkBytesMax = 500;
constexpr std::size_t kReplyLinesMax = 100'000;

// What stands in a line, seen without quote marks and decoration.
enum Trait : unsigned {
    kEmail = 1U << 0U,  // an address
    kTime = 1U << 1U,   // 10:59
    kDate = 1U << 2U,   // a year, or day, month and year in digits
    kMonth = 1U << 3U,  // the name of a month
    kNumber = 1U << 4U,
    kVerb = 1U << 5U,     // "wrote"
    kVerbEnd = 1U << 6U,  // its last word is one
    kColonEnd = 1U << 7U,
    kAngleEnd = 1U << 8U,       // ends with '>', before a colon too
    kPrefixStart = 1U << 9U,    // its first word is "on", "am", "le", …
    kDateStart = 1U << 10U,     // starts with a date or time in digits, or a weekday or month
    kZone = 1U << 11U,          // names GMT or UTC
    kDashed = 1U << 13U,        // between dashes
    kAddressStart = 1U << 14U,  // starts with an address
    kSentenceEnd = 1U << 15U,   // ends with the point of a sentence
    kOpenAngle = 1U << 12U,     // a '<' that is not closed in this line
};

struct Line {
    std::string_view text;  // without its line end
    bool blank = false;
    bool quoted = false;  // '>', '|' or initials and '>' at its start
    bool code = false;    // within a fence of ```
    unsigned traits = 0;
};

// Line ends are LF or CRLF. At most kReplyLinesMax lines; the rest is left out.
std::vector<Line> read_lines(std::string_view text);

// The line without quote marks, blanks and the decoration of Markdown and separators (* _ - = >) at
// both ends.
std::string_view bare(std::string_view line);

}  // namespace inbound
