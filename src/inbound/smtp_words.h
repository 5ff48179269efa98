// The codes in what a server said: reply codes (RFC 5321 section 4.2) and enhanced status codes
// (RFC 3463), told apart from IP addresses, sizes and ports. Pure and linear.
#pragma once
#include <string>
#include <string_view>

namespace inbound {

// The first 4yz or 5yz that stands where a reply code stands; empty where there is none.
std::string reply_code_in(std::string_view text);

// The enhanced code that says most: the first one that is not x.0.0, else the first one; empty
// where there is none. Successes (2.y.z) do not count.
std::string status_in(std::string_view text);

// True for x.0.0 and for nothing at all.
bool says_nothing(std::string_view status);

}  // namespace inbound
