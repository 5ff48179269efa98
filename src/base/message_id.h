// A Message-ID without its angle brackets.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

class Random;

class MessageId {
  public:
    MessageId() = default;
    // Reads "<left@right>" or "left@right" (RFC 5322 section 3.6.4, lenient about the inside, since
    // foreign mail is; strict about blanks, brackets and control characters). Nothing where
    // malformed.
    static std::optional<MessageId> parse(std::string_view text);
    // A new one: 24 random letters and digits before the sender's domain, telling no host, time or
    // product.
    static MessageId generate(std::string_view domain, Random& random);

    // "left@right"; "<left@right>".
    const std::string& str() const { return text_; }
    std::string bracketed() const { return "<" + text_ + ">"; }
    bool empty() const { return text_.empty(); }
    auto operator<=>(const MessageId&) const = default;

  private:
    std::string text_;
};

// All ids of a References or In-Reply-To value, in order, at most `count_max`.
std::vector<MessageId> parse_message_ids(std::string_view value, std::size_t count_max = 100);

}  // namespace base
