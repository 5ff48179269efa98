// Reads SMTP replies (RFC 5321 section 4.2, enhanced codes of RFC 2034 and RFC 3463), in pieces of
// any size.
//
//   base::Result<std::size_t> eaten = parser.eat(bytes);   // stops at the end of one reply
//   if (parser.complete()) Reply reply = parser.take(Command::mail);
//
// Limits: 8 KB a line, 200 lines a reply; never more than one reply is kept. Errors:
// limit_exceeded, and protocol for whatever is no reply or changes its code half-way; after an
// error the connection is of no use. Tolerated, since servers do it: bare LF, more than one CR
// before it, no text after the code.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "smtp/types.h"

namespace smtp {

class ReplyParser {
  public:
    static constexpr std::size_t kLineBytesMax = 8192;
    static constexpr std::size_t kLinesMax = 200;

    // Eats bytes until a reply is complete or none are left, and says how many it ate.
    base::Result<std::size_t> eat(std::string_view bytes);
    bool complete() const { return complete_; }
    // True where no byte of a reply has been seen since the last one was taken.
    bool idle() const { return !complete_ && line_.empty() && lines_.empty(); }
    // The complete reply, as the answer to `command`; the parser is ready for the next one.
    Reply take(Command command);
    // Forgets everything.
    void reset();

  private:
    base::Result<> end_line();
    base::Result<> check_start() const;

    std::string line_;  // the line so far, with its line end
    std::vector<std::string> lines_;
    int code_ = 0;
    bool complete_ = false;
};

}  // namespace smtp
