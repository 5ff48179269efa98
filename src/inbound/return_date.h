// The day on which the writer of an absence note is back, as its text says it.
//
// Reads "back on 7 January", "bis 07.01.2027", "until Monday", "1月7日まで" in the major languages;
// what names a return goes before what names the last day of absence. A day without year is the
// next such day, counted from `sent`; without `sent` only full dates are read. A date such as
// 03/04/2027 is read the way that lies nearer behind `sent`. Only the first `kReturnBytesMax` bytes
// are read. Linear.
#pragma once
#include <optional>
#include <string_view>

#include "base/time.h"

namespace inbound {

constexpr std::size_t kReturnBytesMax = 8 * 1024;

// 00:00 UTC of the day.
std::optional<base::Timestamp> return_date(
    std::string_view text, std::optional<base::Timestamp> sent
);

}  // namespace inbound
