// A UID set such as "1,5:9,17:*" (RFC 3501 section 9, sequence-set), held as ranges, never
// expanded.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imap {

class UidRanges {
  public:
    // Nothing where the text is not a UID set. "*" is the highest UID, whatever it is.
    static std::optional<UidRanges> parse(std::string_view text);
    // True for a UID that was asked for. "17:*" is 17 and above, although a server answers it with
    // its last message even where that one's UID is lower; a lone "*" can be any UID.
    bool contains(std::uint32_t uid) const;
    // Every UID of the set; nothing where there are more than `count_max` or a "*" stands in it.
    std::optional<std::vector<std::uint32_t>> expand(std::size_t count_max) const;

  private:
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;  // sorted, apart from each other
    bool any_ = false;
    bool open_ = false;
};

// Cuts a set at commas into sets of at most `bytes_max` bytes: servers limit the length of a
// command (RFC 7162 section 4 asks them for 8,192 bytes).
std::vector<std::string> split_uid_set(std::string_view set, std::size_t bytes_max);

}  // namespace imap
