// What `pilotlight inspect` prints of one message file.
#pragma once
#include <string>
#include <string_view>

namespace mime {

// One line of JSON without its line end. All keys always stand there, in this order: file, kind,
// from, to, subject, date, message_id, in_reply_to, references, leaves, parts {type, name, bytes},
// text, reply_text, bounces, original_message_id, return_date, authentication {spf, dkim, dmarc,
// arc}, defects. What the message lacks is null (subject, text: empty); addresses are bare, ids
// without angle brackets, the date in UTC. Never fails.
std::string inspect_json(std::string_view file_name, std::string_view bytes);

}  // namespace mime
