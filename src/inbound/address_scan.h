// Finds email addresses in prose, where nobody marks them. Lenient: what comes out looks like an
// address, no more. Pure and linear.
#pragma once
#include <string_view>
#include <vector>

namespace inbound {

struct FoundAddress {
    std::string_view text;
    std::size_t begin = 0;  // in the line given
    std::size_t end = 0;
};

// At most `count_max` addresses of a line, in order.
std::vector<FoundAddress> find_addresses(std::string_view line, std::size_t count_max = 50);
// The first one, or empty.
std::string_view first_address(std::string_view line);

}  // namespace inbound
