// Finds many phrases in a text in one pass (Aho and Corasick 1975). A phrase is one or more pieces
// that must stand in their order, with at most `kGapMax` bytes between two of them.
//
// Built once, then read-only and safe to share. Texts and pieces must be folded alike
// (text_fold.h). Linear in the text and the matches; no allocation while scanning but for the
// result.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inbound {

struct PhraseMatch {
    std::uint32_t phrase = 0;  // position in the list given to the constructor
    std::uint32_t begin = 0;   // bytes in the text
    std::uint32_t end = 0;
};

class PhraseMatcher {
  public:
    static constexpr std::uint32_t kGapMax = 80;
    // Beyond this many matches a text is made to exhaust us, and the rest is left out.
    static constexpr std::size_t kMatchesMax = 4096;

    using Phrase = std::vector<std::string>;
    explicit PhraseMatcher(const std::vector<Phrase>& phrases);

    // All matches in the order of their ends.
    std::vector<PhraseMatch> scan(std::string_view text) const;

  private:
    struct Use {  // one piece of one phrase
        std::uint32_t phrase = 0;
        std::uint32_t slot = 0;  // where its progress is kept, of phrases with several pieces
        std::uint32_t length = 0;
        bool first = false;
        bool last = false;
    };
    struct Progress {
        std::uint32_t begin = 0;  // of the phrase
        std::uint32_t end = 0;    // of the piece; 0 where it was not met
    };
    void add_alphabet(const std::vector<Phrase>& phrases);
    std::uint16_t add_piece(std::string_view piece);
    void link_failures();
    void order_by_depth();
    void report(
        std::uint32_t node,
        std::uint32_t end,
        std::vector<Progress>& progress,
        std::vector<PhraseMatch>& matches
    ) const;

    std::array<std::uint8_t, 256> letter_{};  // byte to column; 0 stands in no piece
    std::uint32_t letters_ = 1;
    // node * letters_ + column. Nodes stand by their depth: the shallow ones, where a scan is most
    // of the time, lie together in the cache. The top bit says that the node that follows, or a
    // suffix of it, ends a piece.
    static constexpr std::uint16_t kEndsSomething = 0x8000;
    std::vector<std::uint16_t> next_;
    std::vector<std::vector<Use>> uses_;  // by node: pieces that end there
    std::vector<std::uint16_t> shorter_;  // by node: the next suffix at which pieces end
    std::uint32_t slots_ = 0;
};

}  // namespace inbound
