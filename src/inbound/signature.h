// Where a signature starts: "-- " (RFC 3676 section 4.3) and what people use instead, and the lines
// that mail programs on telephones add ("Sent from my phone", in the words of many languages).
#pragma once
#include "inbound/reply_lines.h"

namespace inbound {

// "-- " or "--" alone in its line; "—" too, and the marks of mail trackers.
bool is_delimiter(const Line& line);
// A line of nothing but dashes, underscores, equal signs or the like, at least three.
bool is_rule(const Line& line);

enum class Mobile {
    no,
    perhaps,  // "Sent by courier": only where no words follow
    surely,   // it names a device or a mail program
};
Mobile mobile_signature(const Line& line);

}  // namespace inbound
