#include "inbound/auto_reply.h"

#include "base/text.h"
#include "inbound/auto_reply_words.h"
#include "inbound/fold.h"
#include "inbound/phrases.h"
#include "inbound/reply_text.h"
#include "inbound/return_date.h"

namespace inbound {

namespace {

constexpr std::size_t kSubjectBytesMax = 1000;

// The keyword of RFC 3834 section 5, without parameters and comments.
std::string_view keyword_of(std::string_view value) {
    return base::trim(value.substr(0, value.find_first_of(";(")));
}

bool is_denied(std::string_view value) {
    for (const std::string_view no : {"", "no", "false", "0", "none", "off"})
        if (base::equals_ignoring_case(value, no)) return true;
    return false;
}

std::optional<std::string> submitted_automatically(const mime::Message& message) {
    const std::string_view keyword = keyword_of(message.header("Auto-Submitted"));
    if (is_denied(keyword)) return std::nullopt;
    return "Auto-Submitted: " + base::printable(keyword, 60);
}

struct VendorField {
    std::string value;  // to be contained, folded; empty for any
};
using VendorFields = std::multimap<std::string, VendorField, std::less<>>;

const VendorFields& vendor_fields() {
    static const VendorFields fields = [] {
        VendorFields built;
        for (const std::string& entry : auto_reply_words().of("header")) {
            const std::size_t colon = std::min(entry.find(':'), entry.size());
            const std::string_view value =
                colon < entry.size() ? base::trim(std::string_view(entry).substr(colon + 1)) : "";
            built.emplace(entry.substr(0, colon), VendorField{std::string(value)});
        }
        return built;
    }();
    return fields;
}

std::optional<std::string> vendor_evidence(const mime::Message& message) {
    for (const auto& [name, value] : message.headers) {
        const auto [first, last] = vendor_fields().equal_range(base::to_lower(name));
        if (first == last) continue;
        const std::string folded = fold(value.substr(0, 500));
        for (auto field = first; field != last; ++field) {
            const std::string& wanted = field->second.value;
            const bool found = wanted.empty() ? !is_denied(keyword_of(folded))
                                              : folded.find(wanted) != folded.npos;
            if (found) return name + ": " + base::printable(base::trim(value), 60);
        }
    }
    return std::nullopt;
}

struct SubjectWords {
    Phrases starts;
    WordSet next;
};

const SubjectWords& subject_words() {
    static const SubjectWords words = {
        .starts = Phrases(auto_reply_words().of("subject")),
        .next = auto_reply_words().set_of("subject-next"),
    };
    return words;
}

// Between the words found and what follows stands a mark, or a word that goes with them.
bool may_follow(std::string_view folded, std::string_view found, std::string_view next) {
    const auto behind = static_cast<std::size_t>(found.data() + found.size() - folded.data());
    const auto until = static_cast<std::size_t>(next.data() - folded.data());
    if (folded.substr(behind, until - behind).find_first_of(":-([|!/.") != std::string::npos)
        return true;
    return is_digit(next.front()) || subject_words().next.contains(next);
}

std::optional<std::string> subject_evidence(std::string_view subject) {
    const std::string folded = fold(subject.substr(0, kSubjectBytesMax));
    const std::string_view unspaced = subject_words().starts.unspaced_in(folded);
    // A person's answer to such a note has a mark of a reply in front.
    if (!unspaced.empty() && folded.find(unspaced) <= 12 && !folded.starts_with("re"))
        return "subject: " + std::string(unspaced);
    const std::vector<std::string_view> words = words_of(folded);
    if (words.empty()) return std::nullopt;
    const std::size_t length = subject_words().starts.words_at(words, 0);
    if (length == 0) return std::nullopt;
    if (length < words.size() && !may_follow(folded, words[length - 1], words[length]))
        return std::nullopt;
    return "subject: " +
           base::join({words.begin(), words.begin() + static_cast<long>(length)}, " ");
}

}  // namespace

std::optional<AutoReply> auto_reply(const mime::Message& message) {
    std::optional<std::string> evidence = submitted_automatically(message);
    if (!evidence) evidence = vendor_evidence(message);
    if (!evidence) evidence = subject_evidence(message.subject);
    if (!evidence) return std::nullopt;
    return AutoReply{
        .evidence = std::move(*evidence),
        .return_date = return_date(reply_text_of(message.text), message.date),
    };
}

}  // namespace inbound
