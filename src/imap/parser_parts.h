// The pieces of the parser, one per kind of response. Each reads what follows the response's name
// and answers nothing where that breaks the grammar.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "imap/cursor.h"
#include "imap/response.h"

namespace imap {

inline constexpr std::size_t kFlagsMax = 1000;

std::string to_upper(std::string_view text);
// "(\Seen "x" y)"; in a list of labels every name may be an astring.
std::optional<std::vector<std::string>> take_flag_list(Cursor& cursor);
std::optional<Response> parse_fetch(Cursor& cursor, std::uint32_t sequence);
std::optional<Response> parse_list(Cursor& cursor, std::string_view command);
std::optional<Response> parse_search(Cursor& cursor);
std::optional<Response> parse_esearch(Cursor& cursor);
// A line that is nothing but "[CODE …] text", with what belongs before it left out.
std::optional<StatusLine> parse_bare_code(Cursor& cursor);
// What follows the tag; nothing where no condition stands there.
std::optional<StatusLine> parse_status(Cursor& cursor);

}  // namespace imap
