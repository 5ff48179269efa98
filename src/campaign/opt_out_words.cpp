#include "campaign/opt_out_words.h"

#include <fmt/format.h>

#include <map>

#include "base/embedded.h"
#include "base/text.h"
#include "campaign/text_template.h"

namespace campaign {

namespace {

constexpr std::string_view kAnswer = "answer:";

struct Words {
    std::string sentence;
    std::string answer;
};

const std::map<std::string, Words, std::less<>>& all_words() {
    static const auto words = [] {
        std::map<std::string, Words, std::less<>> made;
        Words* open = nullptr;
        for (const std::string& line : base::split(embedded::campaign("opt_out.txt"), '\n')) {
            const std::string_view entry = base::trim(line);
            if (entry.empty() || entry.starts_with('#')) continue;
            if (entry.starts_with('['))
                open = &made[std::string(entry.substr(1, entry.size() - 2))];
            else if (entry.starts_with(kAnswer))
                open->answer = base::trim(entry.substr(kAnswer.size()));
            else
                open->sentence = entry;
        }
        return made;
    }();
    return words;
}

const Words* words_for(std::string_view language) {
    std::string code = base::to_lower(language).substr(0, 2);
    if (code == "nb" || code == "nn") code = "no";
    const auto found = all_words().find(code);
    return found == all_words().end() ? nullptr : &found->second;
}

base::Result<std::string> footer(const Settings& settings) {
    const auto wrong = [](std::string words) {
        return base::fail(base::ErrorCode::invalid_input, "campaign.footer", std::move(words));
    };
    if (base::trim(settings.postal_address).empty())
        return wrong("the campaign has no postal_address; every mail must carry one");
    const Words* words = words_for(settings.language);
    if (words == nullptr)
        return wrong(fmt::format(
            "there is no opt-out sentence for language \"{}\"; there are: {}",
            settings.language,
            base::join(opt_out_languages(), ", ")
        ));
    std::string address;
    for (const std::string& line : base::split(settings.postal_address, '\n'))
        if (!base::trim(line).empty()) address += "\n" + std::string(base::trim(line));
    return words->sentence + address;
}

// Line ends as they are stored, and none at the end.
std::string plain(std::string_view text) {
    std::string lines = base::replace_all(std::string(text), "\r\n", "\n");
    while (!lines.empty() && (lines.back() == '\n' || lines.back() == ' ')) lines.pop_back();
    return lines;
}

}  // namespace

std::optional<std::string> opt_out_sentence(std::string_view language) {
    const Words* words = words_for(language);
    if (words == nullptr) return std::nullopt;
    return words->sentence;
}

std::optional<std::string> opt_out_answer(std::string_view language) {
    const Words* words = words_for(language);
    if (words == nullptr) return std::nullopt;
    return words->answer;
}

std::vector<std::string> opt_out_languages() {
    std::vector<std::string> languages;
    for (const auto& [code, words] : all_words()) languages.push_back(code);
    return languages;
}

base::Result<std::string> append_footer(std::string_view body, const Settings& settings) {
    const base::Result<std::string> end = footer(settings);
    if (!end) return end;
    std::string text = plain(body);
    if (text.ends_with("\n\n" + *end)) return text + "\n";
    return text + "\n\n" + *end + "\n";
}

base::Result<std::string> append_html_footer(std::string_view html, const Settings& settings) {
    const base::Result<std::string> end = footer(settings);
    if (!end) return end;
    const std::string block = "<p>" + base::replace_all(escape_html(*end), "\n", "<br>") + "</p>\n";
    std::string text(html);
    if (text.find(block) != std::string::npos) return text;
    const std::size_t close = base::to_lower(text).rfind("</body>");
    text.insert(close == std::string::npos ? text.size() : close, block);
    return text;
}

std::string without_footer(std::string_view body, const Settings& settings) {
    std::string text = plain(body);
    if (const base::Result<std::string> end = footer(settings);
        end && text.ends_with("\n\n" + *end))
        text.resize(text.size() - end->size() - 2);
    return text;
}

}  // namespace campaign
