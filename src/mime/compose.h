// Makes the bytes of a message: the same input and chance give the same bytes.
#pragma once
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
    base::MessageId message_id;
    std::optional<base::MessageId> in_reply_to;
    std::vector<base::MessageId> references;
    base::Timestamp date;
    std::chrono::minutes zone_offset{0};
    // Further headers, such as the token header; ASCII names and values.
    std::vector<std::pair<std::string, std::string>> extra_headers;
};

// multipart/alternative with text/plain and text/html, each 7bit or quoted-printable in UTF-8; headers
// folded at 78 and encoded by RFC 2047; CRLF line ends, no bare CR or LF, no NUL, no X-Mailer. The
// boundary comes from `random`. invalid_input where a header value has CR, LF or NUL (header injection).
base::Result<std::string> compose(const Outgoing& message, base::Random& random);

}  // namespace mime
