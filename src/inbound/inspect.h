// What `pilotlight inspect` prints of one message file.
#pragma once
#include <string>
#include <string_view>

#include "inbound/classify.h"

namespace inbound {

// One line of JSON without its line end. All keys always stand there, in this order: file, kind,
// from, to, subject, date, message_id, in_reply_to, references, leaves, parts {type, name, bytes},
// text, reply_text, bounces {address, status, reply_code, reason, hard}, original_message_id,
// return_date, authentication {spf, dkim, dmarc, arc}, defects. What the message lacks is null
// (subject, texts and a bounce's fields: empty); addresses are bare, ids without angle brackets,
// times in UTC. Never fails.
std::string inspect_json(
    std::string_view file_name, std::string_view bytes, const WarmupTest& is_warmup = {}
);

// The line for a bare body text: file and reply_text only.
std::string inspect_text_json(std::string_view file_name, std::string_view bytes);

}  // namespace inbound
