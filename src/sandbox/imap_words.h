// Small words of IMAP that the sandbox's servers read and write: dates, quoted strings, list
// patterns.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sandbox/imap_reader.h"

namespace sandbox {

// "1-Feb-2026" as days since 1970.
std::optional<std::int64_t> parse_imap_date(std::string_view text);
// " 1-Feb-2026 13:07:00 +0100", without quotes; nothing where it is malformed.
std::optional<base::Timestamp> parse_imap_date_time(std::string_view text);
// A flag a client may set: system flags in their canonical case, keywords as they are.
std::optional<std::string> settable_flag(ImapReader& reader);
// "(\\Seen $Forwarded)", may be empty.
std::optional<std::set<std::string>> read_flag_list(ImapReader& reader);
// "01-Feb-2026 13:07:00 +0000" (RFC 3501 date-time, without the quotes).
std::string imap_date_time(base::Timestamp time);
std::string imap_quoted(std::string_view text);
// "{3}\r\nabc"
std::string imap_literal(std::string_view text);
// Matches a folder's name against a LIST pattern: "*" anything, "%" anything but the delimiter "/".
bool list_matches(std::string_view pattern, std::string_view name);

}  // namespace sandbox
