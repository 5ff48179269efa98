// An expected failure, as a value. It keeps our words apart from the server's, which may be
// hostile.
//
// Life cycle: made where something fails, returned up by `Result`, worded for people at the edge
// (cli, api) by `describe()`. Never thrown; exceptions are for broken invariants.
#pragma once
#include <string>

namespace base {

enum class ErrorCode {
    invalid_input,  // the caller's value is wrong; `message` names it and the mend
    not_found,
    already_exists,
    conflict,         // the row changed meanwhile (lost lease, wrong status)
    permission,       // a role or a file mode forbids it
    unauthenticated,  // a login was refused
    refused,          // the other side understood and said no (5xx, tagged NO)
    unavailable,      // the other side said "later" (4xx, 429, 503)
    timed_out,
    closed,          // the connection ended before the answer
    network,         // DNS, connect, reset
    tls,             // certificate or handshake
    protocol,        // the other side broke the protocol
    limit_exceeded,  // a size, count or budget limit of ours
    unsupported,     // the other side lacks what we need
    storage,         // the database or the disk
    cancelled,
};

// The name of a code as it stands in logs and JSON, such as "timed_out".
std::string_view to_string(ErrorCode code);

enum class Fault { ours, theirs, owners };

struct Error {
    ErrorCode code = ErrorCode::invalid_input;
    std::string stage;         // what was being done: "smtp.auth", "imap.select", "config"
    std::string message;       // our words, safe to show
    std::string server_words;  // their words, untrusted; empty when nobody spoke
    int reply_code = 0;        // SMTP or HTTP status where there is one
    std::string enhanced;      // RFC 3463 code such as "5.1.1" where there is one

    // True where trying the same again later may work.
    bool retryable() const;
    // Who has to mend it: we (limits, protocol use), they (server, network), or the owner (login,
    // input).
    Fault whose_fault() const;
    // One line for people: stage, our words, and theirs in quotes with control characters removed.
    std::string describe() const;
};

}  // namespace base
