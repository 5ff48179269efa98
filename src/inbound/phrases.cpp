#include "inbound/phrases.h"

#include <algorithm>

#include "inbound/fold.h"

namespace inbound {

namespace {

// Thai (U+0E00), kana, Chinese and Hangul; not the Latin and Greek letters of U+1E00 to U+1FFF.
bool is_unspaced(std::string_view text) {
    return std::ranges::any_of(
               text,
               [](char c) {
                   const auto byte = static_cast<unsigned char>(c);
                   return byte >= 0xe3 && byte <= 0xed;
               }
           ) ||
           text.find("\xe0\xb8") != text.npos;
}

bool follow(std::span<const std::string_view> words, const std::vector<std::string>& rest) {
    return words.size() >= rest.size() && std::equal(rest.begin(), rest.end(), words.begin());
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view folded) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < folded.size();) {
        if (!is_word_byte(folded[at])) {
            ++at;
            continue;
        }
        const std::size_t start = at;
        const bool number = is_digit(folded[at]);
        while (at < folded.size() && is_word_byte(folded[at]) && is_digit(folded[at]) == number)
            ++at;
        words.push_back(folded.substr(start, at - start));
    }
    return words;
}

Phrases::Phrases(const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
        if (is_unspaced(entry)) {
            unspaced_.push_back(entry);
            continue;
        }
        const std::vector<std::string_view> words = words_of(entry);
        if (words.empty()) continue;
        by_first_[std::string(words.front())].emplace_back(words.begin() + 1, words.end());
    }
}

std::size_t Phrases::words_at(std::span<const std::string_view> words, std::size_t at) const {
    const auto found = by_first_.find(words[at]);
    if (found == by_first_.end()) return 0;
    std::size_t longest = 0;
    for (const Rest& rest : found->second)
        if (follow(words.subspan(at + 1), rest)) longest = std::max(longest, rest.size() + 1);
    return longest;
}

std::string_view Phrases::unspaced_in(std::string_view folded) const {
    for (const std::string& phrase : unspaced_)
        if (folded.find(phrase) != folded.npos) return phrase;
    return {};
}

}  // namespace inbound
