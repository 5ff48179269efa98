// What one response of a server says (RFC 3501 section 7). Texts and names are the server's:
// untrusted.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "imap/types.h"

namespace imap {

enum class Condition { ok, no, bad, bye, preauth };

// "A001 OK [READ-WRITE] done", "* OK [UIDNEXT 7] soon", "* BYE": a tag only where it answers a
// command.
struct StatusLine {
    std::string tag;  // empty: untagged
    Condition condition = Condition::ok;
    std::string code;            // upper case, "UIDVALIDITY"; empty where there is none
    std::string code_arguments;  // what follows it in the brackets
    std::string text;
};
// "+ go ahead"
struct Continuation {
    std::string text;
};
// Names in upper case.
struct Capabilities {
    std::vector<std::string> names;
};
// What ENABLE switched on (RFC 5161), in upper case.
struct Enabled {
    std::vector<std::string> names;
};
struct Listed {
    std::string command;  // "LIST", "LSUB" or "XLIST"
    Folder folder;
    std::string wire_name;  // as the server spells it
};
// SEARCH, or the ALL of an ESEARCH.
struct Searched {
    std::string tag;  // of an ESEARCH that has one
    std::vector<std::uint32_t> numbers;
};
struct MessageCount {
    enum class Kind { exists, recent, expunge };
    Kind kind = Kind::exists;
    std::uint32_t number = 0;
};
struct FolderFlags {
    std::vector<std::string> flags;
};
struct FetchData {
    // uid is 0 where the server did not say it; labels are as the server spelled them.
    Fetched message;
    bool has_flags = false;
    bool has_labels = false;
};
// A response that this client has no use for.
struct Ignored {
    std::string name;
};
// A response that breaks the grammar: `name` is "FETCH", "LIST", … or "tagged".
struct Malformed {
    std::string name;
    base::Error error;
};

using Response = std::variant<
    StatusLine,
    Continuation,
    Capabilities,
    Enabled,
    Listed,
    Searched,
    MessageCount,
    FolderFlags,
    FetchData,
    Ignored,
    Malformed>;

}  // namespace imap
