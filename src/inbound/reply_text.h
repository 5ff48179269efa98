// What the person wrote in a reply: quoted mail, the lines that introduce it, forwarded headers,
// signatures and the lines of telephones removed.
//
// Promises, for any bytes: every line of the result is a line of the input or the beginning of one
// ("fine! On Monday Bob wrote:"), in the same order; line ends are LF, blank lines at both ends and
// blanks behind the last line are gone, no line end follows the last line; where lines are taken
// out of the middle at most one blank line is left. To compare with a text from elsewhere, drop
// CR and the blanks at both ends of both.
//
// Answers between quoted lines are kept without those lines. A quote whose author no line names,
// with words below it, is the writer's own and is kept. A name under the text without a delimiter
// ("Regards, Bob") is text. Only the first `kReplyBytesMax` bytes and 100,000 lines are read.
// Linear.
#pragma once
#include <string>
#include <string_view>

#include "mime/message.h"

namespace inbound {

constexpr std::size_t kReplyBytesMax = 1 << 20;

std::string reply_text(const mime::Message& message);
// The same of a bare body, UTF-8 with LF or CRLF.
std::string reply_text_of(std::string_view plain_text);

}  // namespace inbound
