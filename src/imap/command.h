// The commands of this client and how they are written (RFC 3501 section 6).
//
// A command is a list of parts: each but the last ends with a literal's "{n}" or waits for the
// server for another reason, and the next is sent when the server has answered "+". Nothing a
// caller passes can end a line: CR, LF and NUL are refused as invalid_input.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace imap {

struct ListFolders {
    bool return_special_use = false;  // RFC 6154 section 2 with RFC 5258
};
struct SelectFolder {
    std::string wire_name;  // modified UTF-7, or as the server spelled it
    bool read_only = false;
};
struct SearchUids {
    std::string criteria;  // quoted strings in it may hold UTF-8
};
struct FetchUids {
    std::string uid_set;
    std::string items;
};
struct StoreFlags {
    std::string uid_set;
    std::string change;
};
struct Logout {};
using Command = std::variant<ListFolders, SelectFolder, SearchUids, FetchUids, StoreFlags, Logout>;

// Puts a command's parts together.
class CommandText {
  public:
    CommandText& text(std::string_view text);
    // A quoted string, or a literal where that can't hold it (8-bit, line ends, very long).
    CommandText& string(std::string_view value);
    // The parts, tagged and ended with CRLF.
    std::vector<std::string> parts(std::string_view tag) &&;

  private:
    std::vector<std::string> parts_{""};
};

// Errors: invalid_input.
base::Result<std::vector<std::string>> write_command(std::string_view tag, const Command& command);
// LOGIN with both words as strings. The caller has refused NUL in them.
std::vector<std::string> write_login(
    std::string_view tag, std::string_view login, std::string_view password
);
// The answer of SASL PLAIN (RFC 4616) in base64.
std::string sasl_plain(std::string_view login, std::string_view password);

}  // namespace imap
