// Reads the bytes of a message, however broken, within limits.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message_id.h"
#include "mime/compose.h"

namespace mime {

// Limits on hostile mail (threats.md row 8). Beyond one of them the rest is left out and named in
// `defects`.
struct Limits {
    std::size_t depth_max = 32;
    std::size_t parts_max = 1000;
    std::size_t header_bytes_max = 256 * 1024;
    std::size_t header_lines_max = 1000;
    std::size_t text_bytes_max = 1 << 20;
    std::size_t report_bytes_max = 64 * 1024;
};

struct Part {
    std::string type;       // "text/plain", lower case
    std::string name;       // file name, UTF-8, may be empty
    std::size_t bytes = 0;  // decoded size
};

// What a report carries beside its text (RFC 3462, 3464, 5965): a machine-readable part, or the
// header block of a message that is attached or returned.
struct ReportPart {
    std::string type;     // "message/delivery-status", "message/rfc822", …
    std::string text;     // decoded; all of a message's parts together at most report_bytes_max
    bool nested = false;  // within an attached or returned message
};

struct Message {
    std::vector<Address> from;  // display names decoded; an address that does not parse is left out
    std::vector<Address> to;
    std::string subject;  // decoded, UTF-8
    std::optional<base::Timestamp> date;
    std::optional<base::MessageId> message_id;
    std::vector<base::MessageId> in_reply_to;
    std::vector<base::MessageId> references;
    // All header fields in order, unfolded, raw (not decoded), names as sent.
    std::vector<std::pair<std::string, std::string>> headers;
    // Content type of every part that is not multipart/*, in order; a message/rfc822 is listed,
    // then its leaves.
    std::vector<std::string> leaves;
    std::vector<Part> parts;  // the same parts with name and size
    // The readable text, UTF-8, lines ended by LF: every text/plain part, and text/html reduced to
    // text where its multipart/alternative has no plain text. Nothing of attachments and of
    // attached or returned messages.
    std::string text;
    std::string html;  // the first text/html part of the same, UTF-8
    std::vector<ReportPart> report_parts;
    std::vector<std::string> defects;

    // First value of a header, name compared without case; empty where absent.
    std::string_view header(std::string_view name) const;
};

// Never fails and never throws for any bytes: what can't be read stands in `defects`.
Message read_message(std::string_view bytes, const Limits& limits = {});
// Only the header block (cheap; what `BODY.PEEK[HEADER]` gives).
Message read_headers(std::string_view bytes, const Limits& limits = {});

}  // namespace mime
