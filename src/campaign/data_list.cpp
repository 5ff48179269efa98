#include "campaign/data_list.h"

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"

namespace campaign {

namespace {

WordMap read_file(std::string_view name) {
    const std::string_view text = embedded::campaign(name);
    CHECK(!text.empty());
    return read_word_map(text);
}

WordSet read_set(std::string_view name) {
    WordSet words;
    for (const auto& [word, value] : read_file(name)) words.insert(base::to_lower(word));
    return words;
}

}  // namespace

WordMap read_word_map(std::string_view text) {
    WordMap words;
    for (const std::string& line : base::split(text, '\n')) {
        const std::string_view kept = base::trim(std::string_view(line).substr(0, line.find('#')));
        if (kept.empty()) continue;
        const std::size_t blank = kept.find_first_of(" \t");
        const std::string_view value =
            blank == std::string_view::npos ? std::string_view() : kept.substr(blank);
        words.emplace(kept.substr(0, blank), base::trim(value));
    }
    return words;
}

const WordSet& free_mail_domains() {
    static const WordSet words = read_set("free_mail.txt");
    return words;
}

const WordSet& disposable_domains() {
    static const WordSet words = read_set("disposable_domains.txt");
    return words;
}

const WordSet& role_names() {
    static const WordSet words = read_set("role_names.txt");
    return words;
}

const WordMap& consent_first_countries() {
    static const WordMap words = read_file("consent_first.txt");
    return words;
}

}  // namespace campaign
