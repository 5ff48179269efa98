// Cuts the header block of a message or part into its fields (RFC 5322 section 2.2), however
// broken.
//
// Fields are views into the bytes given: they live as long as those. Linear; never fails. A line
// that is no field is left out when fields go on after it, else the body starts there (the blank
// line is missing).
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mime {

struct HeaderField {
    std::string_view name;   // as sent
    std::string_view value;  // raw, with its folding
};

struct HeaderBlock {
    std::vector<HeaderField> fields;
    std::size_t body_at = 0;         // where the body starts
    bool over_limit = false;         // fields beyond the limits were left out
    bool odd_line = false;           // a line that is no field stood among the fields
    bool separator_missing = false;  // the body started without a blank line
};

// One line of the bytes: [begin, end) without its line end, the following one at `next`.
struct Line {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t next = 0;
};
Line line_at(std::string_view bytes, std::size_t at);

// True for a line that ends the block although it is not blank: a boundary of an enclosing
// multipart.
using StopLine = std::function<bool(std::string_view line)>;

// Reads from `at`. At most `fields_max` fields out of the first `bytes_max` bytes of the block.
HeaderBlock read_header_block(
    std::string_view bytes,
    std::size_t at,
    std::size_t bytes_max,
    std::size_t fields_max,
    const StopLine& stop
);

// The value on one line: line ends taken out, blanks at both ends trimmed.
std::string unfold(std::string_view value);

}  // namespace mime
