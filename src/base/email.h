// An email address, checked once and then trusted.
#pragma once
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

// An addr-spec as SMTP carries it (RFC 5321 section 4.1.2 Mailbox, RFC 6531 for UTF-8). The domain
// is lower-cased; the local part keeps its case. Comments, folding and obsolete forms are refused,
// as are control characters and quoted local parts with them.
class Email {
  public:
    Email() = default;
    // invalid_input names the address and what is wrong with it.
    static Result<Email> parse(std::string_view text);

    const std::string& str() const { return text_; }
    std::string_view local() const { return std::string_view(text_).substr(0, at_); }
    std::string_view domain() const { return std::string_view(text_).substr(at_ + 1); }
    bool empty() const { return text_.empty(); }
    // Same mailbox for our purposes: the local part compared without case too.
    bool same_mailbox(const Email& other) const;
    auto operator<=>(const Email&) const = default;

  private:
    std::string text_;
    std::size_t at_ = 0;
};

}  // namespace base
