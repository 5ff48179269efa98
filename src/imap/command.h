// The commands of this client and how they are written (RFC 3501 section 6; UIDPLUS RFC 4315, MOVE
// RFC 6851, IDLE RFC 2177, ID RFC 2971, literals of RFC 7888, UTF-8 of RFC 6855).
//
// A command is a list of parts: each but the last ends with a literal's "{n}" or waits for the
// server for another reason, and the next is sent when the server has answered "+". Nothing a
// caller passes can end a line: CR, LF and NUL are refused as invalid_input.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace imap {

// What the server understands beyond RFC 3501.
struct Dialect {
    bool literal_plus = false;   // literals need no "+" from the server …
    bool literal_minus = false;  // … up to 4,096 bytes
    bool utf8 = false;           // UTF8=ACCEPT is switched on
};

// Wire names are folder names in modified UTF-7, in UTF-8 where that is switched on, or as the
// server spelled them.
struct ListFolders {
    bool return_special_use = false;  // RFC 6154 section 2 with RFC 5258
    std::string wire_pattern = "*";
};
struct SelectFolder {
    std::string wire_name;
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
struct CopyUids {
    std::string uid_set;
    std::string wire_name;
};
struct MoveUids {
    std::string uid_set;
    std::string wire_name;
};
struct ExpungeUids {
    std::string uid_set;
};
struct AppendMessage {
    std::string wire_name;
    std::string message;
    std::string flags;  // "\\Seen \\Draft", with or without parentheses; may be empty
    std::optional<base::Timestamp> date;
};
struct CreateFolder {
    std::string wire_name;
};
struct Noop {};
struct Idle {
    base::MonotonicTime until;
};
using Command = std::variant<
    ListFolders,
    SelectFolder,
    SearchUids,
    FetchUids,
    StoreFlags,
    Logout,
    CopyUids,
    MoveUids,
    ExpungeUids,
    AppendMessage,
    CreateFolder,
    Noop,
    Idle>;

// Puts a command's parts together.
class CommandText {
  public:
    explicit CommandText(Dialect dialect = {}) : dialect_(dialect) {}
    CommandText& text(std::string_view text);
    // A quoted string, or a literal where that can't hold it (8-bit, line ends, very long).
    CommandText& string(std::string_view value);
    // A literal behind `before`, which is a "~" where its bytes may be any (RFC 3516).
    CommandText& literal(std::string value, std::string_view before = {});
    // The parts, tagged and ended with CRLF.
    std::vector<std::string> parts(std::string_view tag) &&;

  private:
    Dialect dialect_;
    std::vector<std::string> parts_{""};
};

// Errors: invalid_input.
base::Result<std::vector<std::string>> write_command(
    std::string_view tag, Command command, Dialect dialect = {}
);
// LOGIN with both words as strings. The caller has refused NUL in them.
std::vector<std::string> write_login(
    std::string_view tag, std::string_view login, std::string_view password
);
// The answer of SASL PLAIN (RFC 4616) in base64.
std::string sasl_plain(std::string_view login, std::string_view password);

}  // namespace imap
