// The prose of a delivery report: whom it is about, what it says of each, and where the returned
// message starts. General rules: servers write an address first in its line, or behind a label.
//
// Linear in the text, which is cut at 64 KB; at most 1,000 recipients; never fails.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "inbound/bounce_rules.h"
#include "inbound/text_fold.h"
#include "mime/message.h"

namespace inbound {

struct NoticeRecipient {
    std::string address;
    std::uint32_t begin = 0;  // what is said about it, in Notice::text
    std::uint32_t end = 0;
};

struct Notice {
    FoldedText text;
    std::vector<RuleMatch> matches;           // in `text`
    std::string_view returned;                // the returned message in the text, with its headers
    std::vector<NoticeRecipient> recipients;  // in order, each once

    // The matches within a part of the text.
    std::vector<RuleMatch> matches_in(std::uint32_t begin, std::uint32_t end) const;
};

// `message` must outlive the result.
Notice read_notice(const mime::Message& message, const BounceRules& rules);

}  // namespace inbound
