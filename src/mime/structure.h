// The tree of a message (RFC 2045, 2046), read without recursion and within limits: one pass over
// the lines with a stack of open boundaries.
//
// Entities are views into the bytes given: they live as long as those. Never fails: what is beyond
// a limit or broken is named in `defects`. A multipart without boundary, or in which no part
// starts, is given as text/plain, so that its text can be read.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mime/header_block.h"
#include "mime/message.h"
#include "mime/parameters.h"

namespace mime {

struct Entity {
    int parent = -1;  // index in `entities`; -1 for the message itself
    std::size_t depth = 0;
    std::string type;  // "text/plain"
    StructuredValue content_type;
    StructuredValue disposition;
    std::string_view transfer_encoding;
    std::string_view body;
    bool in_message = false;  // within a message/rfc822

    bool is_multipart() const { return type.starts_with("multipart/"); }
};

struct Structure {
    HeaderBlock header;            // of the message itself
    std::vector<Entity> entities;  // in the order of the bytes; the first is the message
    std::vector<std::string> defects;
};

Structure read_structure(std::string_view bytes, const Limits& limits);

}  // namespace mime
