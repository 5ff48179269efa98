// Reads IMAP commands as a server does (RFC 3501 section 9): first whole, then piece by piece.
//
//   ImapCommandBuffer buffer;  buffer.feed(bytes);
//   switch (buffer.next()) …   // again and again until need_more
//   ImapReader reader(buffer.take());  reader.atom(); reader.space(); reader.astring(); …
//
// Limits: 64 KiB per line, 4 MiB per command with its literals.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

class ImapCommandBuffer {
  public:
    enum class Step {
        need_more,
        send_continuation,  // a literal is announced that waits for "+ "
        complete,           // take() gives the command
        too_long,           // the connection can't go on
    };
    void feed(std::string_view bytes) { buffer_ += bytes; }
    Step next();
    // The command without its CRLF; literals stand in it as sent: "{3}\r\nabc".
    std::string take() { return std::move(command_); }
    void clear();

  private:
    Step on_line_end(std::size_t end);

    std::string buffer_;
    std::string command_;
    std::size_t scanned_ = 0;
    std::size_t literal_left_ = 0;
};

// A set such as "1,3:5,7:*" (RFC 3501 sequence-set).
class NumberSet {
  public:
    static std::optional<NumberSet> parse(std::string_view text);
    // `largest` is what "*" stands for.
    bool contains(std::uint32_t number, std::uint32_t largest) const;

  private:
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;  // 0 is "*"
};

// A cursor. What does not fit leaves it where it stands and answers nothing or false.
class ImapReader {
  public:
    explicit ImapReader(std::string command) : text_(std::move(command)) {}

    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool eat(char character);
    bool space() { return eat(' '); }
    // Letters and digits and what else an atom may hold; `also` adds characters such as "*%]".
    std::optional<std::string> atom(std::string_view also = {});
    std::optional<std::string> quoted();
    std::optional<std::string> literal();
    // Quoted string, literal, or atom (with ']').
    std::optional<std::string> astring(std::string_view also = {});
    std::optional<NumberSet> set();
    std::optional<std::uint32_t> number();
    // Everything up to the character (not taken), for things with a grammar of their own.
    std::optional<std::string> until(char character);

  private:
    std::string text_;
    std::size_t at_ = 0;
};

}  // namespace sandbox
