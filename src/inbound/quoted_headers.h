// Where a mail quotes another without marks: a block of header fields ("From: … Sent: … To: …", in
// the words of many languages), or a separator such as "----- Original Message -----". All that
// follows is the other mail.
//
// The words are data: data/inbound/reply_words.txt. Each line is looked at a bounded number of
// times.
#pragma once
#include "inbound/reply_lines.h"

namespace inbound {

bool is_separator(const Line& line);

// Which lines start a block of header fields.
class HeaderBlocks {
  public:
    explicit HeaderBlocks(const std::vector<Line>& lines);
    bool starts_at(const std::vector<Line>& lines, std::size_t at) const;

    struct Fields {
        unsigned which = 0;  // the fields it may be, 0 for none
        std::size_t count = 0;
    };

  private:
    std::vector<Fields> by_line_;
};

}  // namespace inbound
