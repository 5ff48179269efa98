// Finds phrases of several words in a folded text, by words: case, punctuation and line ends
// between them do not matter. Linear in the text for a given list.
//
// Scripts without blanks between words (Chinese, Japanese, Korean, Thai) are sought letter by
// letter instead.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inbound/word_lists.h"

namespace inbound {

// The words and numbers of a folded text: views into it. "5th" is two of them.
std::vector<std::string_view> words_of(std::string_view folded);

class Phrases {
  public:
    explicit Phrases(const std::vector<std::string>& entries);

    // How many words the longest phrase has that starts with word `at`; 0 for none.
    std::size_t words_at(std::span<const std::string_view> words, std::size_t at) const;
    // A phrase of a script without blanks that stands in the text; empty for none.
    std::string_view unspaced_in(std::string_view folded) const;

  private:
    using Rest = std::vector<std::string>;  // the words behind the first
    std::map<std::string, std::vector<Rest>, std::less<>> by_first_;
    std::vector<std::string> unspaced_;
};

}  // namespace inbound
