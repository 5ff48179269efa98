// Walks over one framed response and takes the tokens of RFC 3501 section 9 off its front.
//
// Every take_* either takes its token and answers it, or answers nothing and the response is
// malformed (the position is then of no more use). Nothing recurses: nested lists are skipped with
// a counter, and more than kNestingMax levels set limit(). Each byte is looked at a fixed number of
// times.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/response_reader.h"

namespace imap {

inline constexpr int kNestingMax = 32;

class Cursor {
  public:
    // `frame` outlives the cursor; literals are moved out of it.
    explicit Cursor(Frame& frame) : frame_(frame) {}

    bool at_end() const { return at_ >= frame_.text.size(); }
    // The next byte; NUL at the end (a response with a NUL in it is never parsed).
    char peek() const { return at_end() ? '\0' : frame_.text[at_]; }
    std::string_view rest() const { return std::string_view(frame_.text).substr(at_); }
    bool take(char byte);
    bool take_spaces();
    // Bytes up to the first of `stops`, a literal or the end; may be empty.
    std::string_view take_until(std::string_view stops);
    // Bytes up to a blank, parenthesis, quote, literal or the end; tolerant about what an atom may
    // hold.
    std::string_view take_atom() { return take_until(" ()\""); }
    // "quoted", {literal} or ~{literal8}.
    std::optional<std::string> take_string();
    // A string or a non-empty atom.
    std::optional<std::string> take_astring();
    // A string, an atom, or NIL: then the outer optional holds an empty inner one.
    std::optional<std::optional<std::string>> take_nstring();
    std::optional<std::uint64_t> take_number(std::uint64_t max);
    // Any one value, lists with all they hold.
    bool skip_value();
    // Notes one more level; false where that is too many.
    bool descend(int& depth);
    // Notes that a limit of ours was passed, such as "more than 1000 flags".
    void note_limit(std::string_view passed) { limit_ = passed; }

    // The limit that was passed, or empty.
    std::string_view limit() const { return limit_; }
    std::uint64_t steps() const { return steps_; }

  private:
    bool literal_here();
    std::optional<std::string> take_quoted();

    Frame& frame_;
    std::size_t at_ = 0;
    std::size_t next_literal_ = 0;
    std::string_view limit_;
    std::uint64_t steps_ = 0;
};

}  // namespace imap
