#include "campaign/words.h"

#include "base/embedded.h"
#include "base/text.h"
#include "inbound/fold.h"

namespace campaign {

namespace {

bool joins_letters(std::string_view text, std::size_t at) {
    const bool inside = at + 1 < text.size() && inbound::is_word_byte(text[at + 1]);
    return inside && (text[at] == '\'' || text[at] == '-' || text[at] == '.');
}

// U+2019 stands in names where a typewriter has an apostrophe; other marks of U+2000 to U+206F
// stand between words.
std::size_t mark_bytes(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at);
    if (rest.starts_with("\xe2\x80\x99")) return 0;
    if (rest.starts_with("\xe2\x80") || rest.starts_with("\xe2\x81")) return 3;
    if (rest.starts_with("\xe3\x80") || rest.starts_with("\xef\xbc")) return 3;  // CJK points
    if (rest.starts_with("\xc2\xa0") || rest.starts_with("\xc2\xab") ||
        rest.starts_with("\xc2\xbb"))
        return 2;
    return 0;
}

std::vector<std::string> raw_list(std::string_view file, std::string_view section) {
    std::vector<std::string> entries;
    bool open = false;
    for (const std::string& line : base::split(file, '\n')) {
        const std::string_view entry = base::trim(line);
        if (entry.empty() || entry.starts_with('#')) continue;
        if (entry.starts_with('['))
            open = entry.substr(1, entry.size() - 2) == section;
        else if (open)
            entries.emplace_back(entry);
    }
    return entries;
}

}  // namespace

const inbound::WordLists& greeting_words() {
    static const inbound::WordLists lists(embedded::campaign("greetings.txt"));
    return lists;
}

const inbound::Phrases& banned_phrases() {
    static const inbound::Phrases phrases(
        inbound::WordLists(embedded::campaign("banned_phrases.txt")).of("banned")
    );
    return phrases;
}

const inbound::Phrases& model_leftovers() {
    static const inbound::Phrases phrases(
        inbound::WordLists(embedded::campaign("model_leftovers.txt")).of("leftover")
    );
    return phrases;
}

const inbound::WordSet& reply_prefixes() {
    static const inbound::WordSet prefixes =
        inbound::WordLists(embedded::campaign("reply_prefixes.txt")).set_of("prefix");
    return prefixes;
}

const std::vector<std::string>& company_suffixes(bool strong) {
    static const std::vector<std::string> kinds[] = {
        raw_list(embedded::campaign("company_suffixes.txt"), "weak"),
        raw_list(embedded::campaign("company_suffixes.txt"), "strong"),
    };
    return kinds[strong ? 1 : 0];
}

std::string phrase_in(const inbound::Phrases& phrases, std::string_view text) {
    const std::string folded = inbound::fold(text);
    if (const std::string_view found = phrases.unspaced_in(folded); !found.empty())
        return std::string(found);
    const std::vector<std::string_view> words = inbound::words_of(folded);
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::size_t count = phrases.words_at(words, at);
        if (count == 0) continue;
        const auto begin = static_cast<std::size_t>(words[at].data() - folded.data());
        const std::string_view last = words[at + count - 1];
        const auto end = static_cast<std::size_t>(last.data() - folded.data()) + last.size();
        return std::string(text.substr(begin, end - begin));
    }
    return {};
}

std::vector<Word> words_with_places(std::string_view text) {
    const std::string folded = inbound::fold(text);
    std::vector<Word> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t mark = mark_bytes(text, at);
        if (mark > 0 || !inbound::is_word_byte(text[at])) {
            at += std::max<std::size_t>(mark, 1);
            continue;
        }
        const std::size_t start = at;
        while (at < text.size() && mark_bytes(text, at) == 0 &&
               (inbound::is_word_byte(text[at]) || joins_letters(text, at)))
            ++at;
        // Folding keeps places, so that another first byte or two mean a capital letter.
        const bool capital =
            folded.compare(start, 2, text.substr(start, 2)) != 0 &&
            (static_cast<unsigned char>(text[start]) >= 0x80 || folded[start] != text[start]);
        words.push_back({text.substr(start, at - start), start, capital});
    }
    return words;
}

}  // namespace campaign
