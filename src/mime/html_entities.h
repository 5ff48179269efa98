// Character references of HTML, as far as mail uses them.
#pragma once
#include <string>
#include <string_view>

namespace mime {

// Reads a reference at the '&' where `text` begins: writes its character and returns its length, or
// returns 0 where there is none. Numeric ones in 0x80-0x9f mean windows-1252, as HTML says.
std::size_t decode_entity(std::string_view text, std::string& out);

}  // namespace mime
