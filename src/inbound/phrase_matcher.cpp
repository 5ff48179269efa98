#include "inbound/phrase_matcher.h"

#include <deque>

#include "base/check.h"

namespace inbound {

PhraseMatcher::PhraseMatcher(const std::vector<Phrase>& phrases) {
    add_alphabet(phrases);
    next_.assign(letters_, 0);
    uses_.resize(1);
    for (std::uint32_t phrase = 0; phrase < phrases.size(); ++phrase) {
        const Phrase& pieces = phrases[phrase];
        CHECK(!pieces.empty());
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            CHECK(!pieces[i].empty());
            const std::uint32_t node = add_piece(pieces[i]);
            uses_[node].push_back(
                {phrase,
                 pieces.size() > 1 ? slots_++ : 0,
                 static_cast<std::uint32_t>(pieces[i].size()),
                 i == 0,
                 i + 1 == pieces.size()}
            );
        }
    }
    order_by_depth();
    link_failures();
}

void PhraseMatcher::add_alphabet(const std::vector<Phrase>& phrases) {
    for (const Phrase& pieces : phrases)
        for (const std::string& piece : pieces)
            for (const char c : piece) {
                std::uint8_t& letter = letter_[static_cast<unsigned char>(c)];
                // 255 different bytes are more than UTF-8 has.
                if (letter == 0) letter = static_cast<std::uint8_t>(letters_++);
            }
}

std::uint16_t PhraseMatcher::add_piece(std::string_view piece) {
    std::uint16_t node = 0;
    for (const char c : piece) {
        const std::size_t at = node * letters_ + letter_[static_cast<unsigned char>(c)];
        if (next_[at] == 0) {
            CHECK(uses_.size() < kEndsSomething);
            next_[at] = static_cast<std::uint16_t>(uses_.size());
            uses_.emplace_back();
            next_.resize(next_.size() + letters_, 0);
        }
        node = next_[at];
    }
    return node;
}

void PhraseMatcher::order_by_depth() {
    std::vector<std::uint16_t> order = {0};  // old names in their new order
    std::vector<std::uint16_t> renamed(uses_.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        renamed[order[i]] = static_cast<std::uint16_t>(i);
        for (std::uint32_t letter = 1; letter < letters_; ++letter)
            if (const std::uint16_t to = next_[order[i] * letters_ + letter]; to != 0)
                order.push_back(to);
    }
    std::vector<std::uint16_t> next(next_.size(), 0);
    std::vector<std::vector<Use>> uses(uses_.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        uses[i] = std::move(uses_[order[i]]);
        for (std::uint32_t letter = 1; letter < letters_; ++letter)
            next[i * letters_ + letter] = renamed[next_[order[i] * letters_ + letter]];
    }
    next_ = std::move(next);
    uses_ = std::move(uses);
}

// Breadth first: a node's missing steps become those of its longest suffix.
void PhraseMatcher::link_failures() {
    std::vector<std::uint16_t> suffix(uses_.size(), 0);
    shorter_.assign(uses_.size(), 0);
    std::deque<std::uint16_t> queue;
    for (std::uint32_t letter = 1; letter < letters_; ++letter)
        if (next_[letter] != 0) queue.push_back(next_[letter]);
    while (!queue.empty()) {
        const std::uint16_t node = queue.front();
        queue.pop_front();
        const std::uint16_t fallback = suffix[node];
        shorter_[node] = uses_[fallback].empty() ? shorter_[fallback] : fallback;
        for (std::uint32_t letter = 1; letter < letters_; ++letter) {
            std::uint16_t& to = next_[node * letters_ + letter];
            const std::uint16_t by_suffix = next_[fallback * letters_ + letter];
            if (to == 0) {
                to = by_suffix;
            } else {
                suffix[to] = by_suffix;
                queue.push_back(to);
            }
        }
    }
    for (std::uint16_t& to : next_)
        if (!uses_[to].empty() || shorter_[to] != 0) to |= kEndsSomething;
}

void PhraseMatcher::report(
    std::uint32_t node,
    std::uint32_t end,
    std::vector<Progress>& progress,
    std::vector<PhraseMatch>& matches
) const {
    for (; node != 0; node = shorter_[node]) {
        for (const Use& use : uses_[node]) {
            const std::uint32_t begin = end - use.length;
            Progress here{begin, end};
            if (!use.first) {
                const Progress& before = progress[use.slot - 1];
                if (before.end == 0 || before.end > begin || begin - before.end > kGapMax) continue;
                here.begin = before.begin;
            }
            if (!use.last)
                progress[use.slot] = here;
            else if (matches.size() < kMatchesMax)
                matches.push_back({use.phrase, here.begin, end});
        }
    }
}

std::vector<PhraseMatch> PhraseMatcher::scan(std::string_view text) const {
    std::vector<PhraseMatch> matches;
    std::vector<Progress> progress(slots_);
    std::uint32_t node = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::uint16_t to =
            next_[node * letters_ + letter_[static_cast<unsigned char>(text[at])]];
        node = to & (kEndsSomething - 1U);
        if ((to & kEndsSomething) != 0)
            report(node, static_cast<std::uint32_t>(at + 1), progress, matches);
    }
    return matches;
}

}  // namespace inbound
