#include "inbound/signature.h"

#include <algorithm>

#include "base/text.h"
#include "inbound/fold.h"
#include "inbound/reply_words.h"

namespace inbound {

namespace {

constexpr std::size_t kMobileBytesMin = 8;
constexpr std::size_t kMobileBytesMax = 200;
constexpr std::size_t kMobileWordsMax = 10;

// Counts the code points of a line that consists of one of these characters only; 0 otherwise.
std::size_t repeated(std::string_view line, std::initializer_list<std::string_view> marks) {
    for (const std::string_view mark : marks) {
        std::size_t count = 0;
        std::string_view rest = line;
        for (; rest.starts_with(mark); rest.remove_prefix(mark.size())) ++count;
        if (count > 0 && rest.empty()) return count;
    }
    return 0;
}

// Links out: "<https://…>", "(https://…)", "https://…".
std::string without_links(std::string_view folded) {
    std::string out;
    for (std::size_t at = 0; at < folded.size();) {
        const std::string_view rest = folded.substr(at);
        if (!rest.starts_with("http://") && !rest.starts_with("https://")) {
            out += folded[at++];
            continue;
        }
        at = std::min(folded.find_first_of(" >)]", at), folded.size());
    }
    return out;
}

std::size_t count_words(std::string_view text) {
    std::size_t count = 0;
    std::size_t at = 0;
    while (!next_word(text, at).empty()) ++count;
    return count;
}

// The sentence's end or a comma within; what follows must ask to be excused.
bool goes_on(std::string_view line) {
    static const WordSet excuses = reply_words().set_of("excuse");
    std::size_t at = line.find_first_of(",.;:!?");
    while (at != line.npos && at + 1 < line.size() && line[at + 1] != ' ')
        at = line.find_first_of(",.;:!?", at + 1);
    if (at == line.npos) return false;
    std::size_t from = at;
    const std::string_view word = next_word(line, from);
    return !word.empty() && !excuses.contains(word);
}

// A line of [mobile-signature]: what stands before and behind its '*'.
struct Pattern {
    std::string head;
    std::string tail;
    bool open = false;  // has a '*'

    bool fits(std::string_view line) const {
        if (!open) return line == head;
        return line.size() >= head.size() + tail.size() && line.starts_with(head) &&
               line.ends_with(tail);
    }
};

const std::vector<Pattern>& mobile_patterns() {
    static const std::vector<Pattern> patterns = [] {
        std::vector<Pattern> built;
        for (const std::string& entry : reply_words().of("mobile-signature")) {
            const std::size_t star = std::min(entry.find('*'), entry.size());
            const bool open = star < entry.size();
            built.push_back({
                .head = entry.substr(0, star),
                .tail = open ? entry.substr(star + 1) : "",
                .open = open,
            });
        }
        return built;
    }();
    return patterns;
}

}  // namespace

bool is_delimiter(const Line& line) {
    if (line.blank || line.quoted || line.code) return false;
    const std::string_view text = base::trim(line.text);
    const std::size_t dashes = repeated(text, {"-", "_"});
    return dashes == 2 || repeated(text, {"\xe2\x80\x94", "\xe2\x80\x93", "\xe2\x80\x95"}) > 0 ||
           text == "\xe1\x90\xa7";
}

bool is_rule(const Line& line) {
    if (line.blank || line.quoted || line.code) return false;
    const std::string_view text = base::trim(line.text);
    return repeated(text, {"-", "_", "=", "~", "*", "#", "+"}) >= 3;
}

Mobile mobile_signature(const Line& line) {
    static const std::vector<std::string>& devices = reply_words().of("device");
    if (line.blank || line.quoted || line.code) return Mobile::no;
    if (line.text.size() < kMobileBytesMin || line.text.size() > kMobileBytesMax) return Mobile::no;
    const std::string folded = fold(line.text);
    const std::string cleaned = without_links(folded);
    std::string_view text = cleaned;
    constexpr std::string_view kAround = " <>()[]*_-~|\"!.";
    while (!text.empty() && kAround.find(text.front()) != kAround.npos) text.remove_prefix(1);
    while (!text.empty() && kAround.find(text.back()) != kAround.npos) text.remove_suffix(1);
    const auto fits = [text](const Pattern& pattern) { return pattern.fits(text); };
    if (std::ranges::none_of(mobile_patterns(), fits) || goes_on(text)) return Mobile::no;
    if (count_words(text) > kMobileWordsMax && text.find_first_of(",.") == text.npos)
        return Mobile::no;
    const auto named = [&folded](const std::string& device) {
        return folded.find(device) != folded.npos;
    };
    return std::ranges::any_of(devices, named) ? Mobile::surely : Mobile::perhaps;
}

}  // namespace inbound
