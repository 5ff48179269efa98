// A text as the bounce rules read it: blanks and line ends are one blank, ASCII in lower case,
// repeated codes of a multi-line SMTP reply taken out ("550-5.1.1 no such\n550 5.1.1 user" is
// "550-5.1.1 no such user"). The lines it had are kept beside it.
//
// Linear; at most `bytes_max` bytes of the text are read; never fails.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inbound {

struct FoldedLine {
    std::uint32_t begin = 0;  // in `lower` and `kept`
    std::uint32_t end = 0;
    bool indented = false;
    bool after_blank = false;  // the line before it was blank, or there was none
};

struct FoldedText {
    std::string lower;
    std::string kept;               // the same bytes with their case
    std::vector<FoldedLine> lines;  // without blank ones

    std::string_view line(const FoldedLine& at) const {
        return std::string_view(kept).substr(at.begin, at.end - at.begin);
    }
    void cut(std::size_t line_count);
};

FoldedText fold_text(std::string_view text, std::size_t bytes_max = 64 * 1024);

// The same up to the header block of a returned message, if there is one: three header fields or
// more in a row, one of which only a message on its way has (Received, Return-Path, …).
struct FoldedNotice {
    FoldedText text;
    std::string_view returned;  // from that block on; empty where there is none
};
FoldedNotice fold_notice(std::string_view text, std::size_t bytes_max = 64 * 1024);

}  // namespace inbound
