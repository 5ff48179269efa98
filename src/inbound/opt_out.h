// Whether a person asks not to be written to again, in the major languages, and the mail that a
// client sends for a List-Unsubscribe header (RFC 2369: subject or body "unsubscribe").
//
// Give the reply text (inbound/reply_text.h), never the whole body: the quoted footer of our own
// mail has the same words. Quoted lines are skipped here too, and so is a subject that answers
// ours ("Re: …"). Only the first `kOptOutBytesMax` bytes are read. Linear; the words are data:
// data/inbound/opt_out.txt.
#pragma once
#include <string_view>

namespace inbound {

constexpr std::size_t kOptOutBytesMax = 16 * 1024;

bool asks_to_stop(std::string_view reply_text, std::string_view subject);

}  // namespace inbound
