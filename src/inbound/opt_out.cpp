#include "inbound/opt_out.h"

#include <algorithm>

#include "base/embedded.h"
#include "base/text.h"
#include "inbound/fold.h"
#include "inbound/phrases.h"

namespace inbound {

namespace {

// A subject of a client's unsubscribe mail: the word and perhaps a token of ours.
constexpr std::size_t kSubjectWordsMax = 4;

struct OptOutWords {
    Phrases anywhere;
    Phrases alone;
    Phrases footer;
    Phrases never;
    WordSet courtesy;
};

const OptOutWords& opt_out_words() {
    static const OptOutWords words = [] {
        const WordLists lists(embedded::inbound("opt_out.txt"));
        WordSet courtesy;
        for (const std::string& entry : lists.of("courtesy"))
            for (const std::string_view word : words_of(entry)) courtesy.emplace(word);
        return OptOutWords{
            .anywhere = Phrases(lists.of("anywhere")),
            .alone = Phrases(lists.of("alone")),
            .footer = Phrases(lists.of("footer")),
            .never = Phrases(lists.of("never")),
            .courtesy = std::move(courtesy),
        };
    }();
    return words;
}

std::string own_lines(std::string_view text) {
    std::string own;
    for (const std::string& line : base::split(text.substr(0, kOptOutBytesMax), '\n')) {
        if (base::trim(line).starts_with('>')) continue;
        own += line;
        own += '\n';
    }
    return own;
}

// The text between word `at` and the one before it.
std::string_view gap_before(const std::vector<std::string_view>& words, std::size_t at) {
    if (at == 0) return "\n\n";
    const char* from = words[at - 1].data() + words[at - 1].size();
    return {from, static_cast<std::size_t>(words[at].data() - from)};
}

bool starts_sentence(const std::vector<std::string_view>& words, std::size_t at) {
    return gap_before(words, at).find_first_of(".!?;\n") != std::string_view::npos;
}

// The first word behind the sentence that goes on at word `at`.
std::size_t sentence_end(const std::vector<std::string_view>& words, std::size_t at) {
    for (++at; at < words.size(); ++at) {
        const std::string_view gap = gap_before(words, at);
        const std::size_t point = gap.find_first_of(".!?");
        const bool ends = point != gap.npos && point + 1 < gap.size();
        if (ends || gap.find("\n\n") != gap.npos) break;
    }
    return at;
}

bool asks_anywhere(std::string_view folded) {
    const OptOutWords& lists = opt_out_words();
    if (!lists.anywhere.unspaced_in(folded).empty()) return true;
    const std::vector<std::string_view> words = words_of(folded);
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::size_t denied = lists.never.words_at(words, at);
        if (denied > 0)
            at += denied - 1;
        else if (starts_sentence(words, at) && lists.footer.words_at(words, at) > 0)
            at = sentence_end(words, at) - 1;
        else if (lists.anywhere.words_at(words, at) > 0)
            return true;
    }
    return false;
}

// "Stop.", "STOP please, thank you": the word and courtesies, nothing else.
bool is_nothing_else(std::string_view folded) {
    const OptOutWords& lists = opt_out_words();
    const std::string_view unspaced = lists.alone.unspaced_in(folded);
    if (!unspaced.empty()) {
        constexpr std::size_t kCourtesyBytes = 12;
        return base::trim(folded).size() <= unspaced.size() + kCourtesyBytes;
    }
    const std::vector<std::string_view> words = words_of(folded);
    bool found = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::size_t length = lists.alone.words_at(words, at);
        if (length > 0) {
            found = true;
            at += length - 1;
        } else if (!lists.courtesy.contains(words[at])) {
            return false;
        }
    }
    return found;
}

bool first_line_asks(std::string_view folded) {
    const std::string_view text = base::trim(folded);
    if (is_nothing_else(text)) return true;
    // The word in a line of its own; a name or another paragraph below, not the sentence's rest.
    constexpr std::size_t kNameWordsMax = 3;
    const std::size_t end = text.find('\n');
    if (end == text.npos || !is_nothing_else(text.substr(0, end))) return false;
    const std::string_view below = text.substr(end + 1);
    return base::trim(below.substr(0, below.find('\n'))).empty() ||
           words_of(below).size() <= kNameWordsMax;
}

bool answers_ours(std::string_view folded) {
    const std::size_t colon = folded.find(':');
    return colon != folded.npos && colon <= 6;
}

bool subject_asks(std::string_view subject) {
    const std::string folded = fold(base::trim(subject));
    if (folded.size() > 200 || answers_ours(folded)) return false;
    if (is_nothing_else(folded)) return true;
    if (base::split(folded, ' ').size() > kSubjectWordsMax) return false;
    const std::vector<std::string_view> words = words_of(folded);
    return !words.empty() && opt_out_words().anywhere.words_at(words, 0) > 0;
}

}  // namespace

bool asks_to_stop(std::string_view reply_text, std::string_view subject) {
    const std::string folded = fold(own_lines(reply_text));
    return asks_anywhere(folded) || first_line_asks(folded) || subject_asks(subject);
}

}  // namespace inbound
