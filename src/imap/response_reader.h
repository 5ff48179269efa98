// Cuts the bytes of a server into responses: a line, with the literals that it announces (RFC 3501
// section 4.3, literal8 of RFC 3516). Incremental: any number of bytes at a time, each looked at
// once.
//
// Life cycle: next() takes bytes off the front of what it is given until one response is whole; it
// keeps nothing but the one unfinished response, so what follows STARTTLS's OK stays with the
// caller. Limits: constructor arguments; passing one is Error limit_exceeded, and the reader is of
// no more use. Lines end with CRLF; a lone LF is accepted as well. Texts of status lines never
// announce literals, however they end: "* OK {5}" is a whole response.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace imap {

struct ReaderLimits {
    // All text of one response without its literals.
    std::size_t line_bytes_max = 64 << 10;
    // The same for SEARCH and ESEARCH, whose one line holds every UID of a large folder.
    std::size_t search_bytes_max = 4 << 20;
    std::size_t literal_bytes_max = 50 << 20;
    std::size_t response_bytes_max = 60 << 20;
};

// One response. `text` is everything but line ends and the literals' bytes; their "{n}" stay in it.
struct Frame {
    struct Literal {
        std::size_t at = 0;            // where "{n}" or "~{n}" begins in `text`
        std::size_t header_bytes = 0;  // how long that is
        std::string bytes;
    };
    std::string text;
    std::vector<Literal> literals;
};

class ResponseReader {
  public:
    explicit ResponseReader(ReaderLimits limits = {}) : limits_(limits) {}

    // The next response, or nothing where `bytes` is used up before its end.
    base::Result<std::optional<Frame>> next(std::string_view& bytes);
    // True between two responses.
    bool idle() const { return response_bytes_ == 0; }
    // Work done so far, for tests that show it to be linear.
    std::uint64_t bytes_examined() const { return bytes_examined_; }

  private:
    void take_literal(std::string_view& bytes);
    base::Result<bool> take_text(std::string_view& bytes);
    base::Result<bool> line_ended();
    std::size_t text_bytes_max(std::string_view more) const;

    ReaderLimits limits_;
    Frame frame_;
    std::size_t literal_left_ = 0;
    std::size_t line_start_ = 0;
    std::size_t response_bytes_ = 0;
    std::uint64_t bytes_examined_ = 0;
};

}  // namespace imap
