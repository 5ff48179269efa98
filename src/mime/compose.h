// Makes the bytes of a message: the same input and chance give the same bytes.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/email.h"
#include "base/message_id.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"

namespace mime {

struct Address {
    std::string name;  // display name, UTF-8, may be empty
    base::Email email;
};

struct Outgoing {
    Address from;
    Address to;
    std::string subject;  // UTF-8
    std::string text;     // UTF-8, any line ends
    std::string html;     // UTF-8; empty: the escaped text as HTML
    // text/plain alone: `html` is left out.
    bool text_only = false;
    base::MessageId message_id;
    std::optional<base::MessageId> in_reply_to;
    // Root first. `in_reply_to` is added at the end where it is missing; a list over 998 bytes
    // keeps its first id and its last ones; foreign ids that are not printable ASCII are left out.
    std::vector<base::MessageId> references;
    base::Timestamp date;
    std::chrono::minutes zone_offset{0};
    // Further headers, such as the token header; ASCII names and values.
    std::vector<std::pair<std::string, std::string>> extra_headers;
};

// multipart/alternative with text/plain and text/html (or text/plain alone), each 7bit or
// quoted-printable in UTF-8; headers folded at 78 and encoded by RFC 2047; CRLF line ends, no bare
// CR or LF, no line over 998, no X-Mailer. The boundary comes from `random`, everything else from
// `message`. A local part that is not ASCII is written as it is: such mail needs SMTPUTF8.
// invalid_input, naming the header or part: CR, LF or NUL in a header value (header injection), NUL
// in a body, text that is not UTF-8, an extra header that is not ASCII or doubles one of the above.
base::Result<std::string> compose(const Outgoing& message, base::Random& random);

}  // namespace mime
