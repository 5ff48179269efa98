// Rules about form: length, subject, footer, thread, HTML, and what costs points only.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "campaign/opt_out_words.h"
#include "campaign/review_rules.h"
#include "campaign/words.h"
#include "inbound/fold.h"

namespace campaign {

namespace {

// In characters, without the footer.
constexpr std::size_t kBodyMin = 30;
constexpr std::size_t kBodyMinUnspaced = 12;  // Chinese, Japanese, Korean say more in less
constexpr std::size_t kBodyLong = 1200;
constexpr std::size_t kBodyMax = 2500;
constexpr std::size_t kSubjectLong = 70;
constexpr std::size_t kSubjectMax = 120;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

bool is_unspaced(std::string_view language) {
    const std::string code = base::to_lower(language).substr(0, 2);
    return code == "ja" || code == "zh" || code == "ko" || code == "th";
}

// "Re:", "AW:", "RE[2]:", "Re :"; the rest of the subject, or nothing.
std::optional<std::string> behind_reply_prefix(std::string_view subject) {
    const std::string folded = inbound::fold(subject.substr(0, 40));
    const std::size_t colon = std::min(folded.find(':'), folded.find("\xef\xbc\x9a"));
    if (colon == std::string::npos) return std::nullopt;
    std::string prefix(base::trim(folded.substr(0, colon)));
    if (const std::size_t bracket = prefix.find_first_of("[(^"); bracket != std::string::npos)
        prefix = base::trim(prefix.substr(0, bracket));
    if (!reply_prefixes().contains(prefix)) return std::nullopt;
    return std::string(base::trim(subject.substr(colon + 1)));
}

void hard(Findings& findings, std::string rule, std::string words) {
    findings.push_back({std::move(rule), std::move(words), 100, true});
}
void soft(Findings& findings, std::string rule, std::string words, int points) {
    findings.push_back({std::move(rule), std::move(words), points, false});
}

void check_footer_in(
    const Settings& settings, std::string_view part, std::string_view text, Findings& findings
) {
    const auto sentence = opt_out_sentence(settings.language);
    if (!sentence)
        hard(
            findings,
            "no_opt_out",
            fmt::format("there is no opt-out sentence for language \"{}\"", settings.language)
        );
    else if (!has_words(text, *sentence))
        hard(findings, "no_opt_out", fmt::format("{}: the opt-out sentence is missing", part));
    if (base::trim(settings.postal_address).empty())
        hard(findings, "no_address", "the campaign has no postal address");
    else if (!has_words(text, settings.postal_address))
        hard(findings, "no_address", fmt::format("{}: the postal address is missing", part));
}

int capital_words(const Reading& reading) {
    int count = 0;
    const WordRow campaign(reading.campaign_text);
    const WordRow lead(reading.lead_text);
    for (const Word& word : words_with_places(reading.own)) {
        const bool shouts = word.text.size() >= 4 && std::ranges::all_of(word.text, [](char c) {
                                return c >= 'A' && c <= 'Z';
                            });
        if (shouts && !campaign.has(word.text) && !lead.has(word.text)) ++count;
    }
    return count;
}

}  // namespace

void check_length(const Reading& reading, Findings& findings) {
    const std::string_view subject = base::trim(reading.of.subject);
    if (subject.empty()) hard(findings, "no_subject", "the subject is empty");
    if (reading.of.subject.find_first_of("\r\n") != std::string::npos)
        hard(findings, "subject_lines", "the subject has more than one line");
    if (characters(subject) > kSubjectMax)
        hard(findings, "too_long", fmt::format("a subject of {} characters", characters(subject)));
    else if (characters(subject) > kSubjectLong)
        soft(findings, "long_subject", "readers see about 60 characters of it", 10);
    const std::size_t length = characters(base::trim(reading.own));
    const std::size_t least =
        is_unspaced(reading.of.settings.language) ? kBodyMinUnspaced : kBodyMin;
    if (length < least)
        hard(findings, "too_short", fmt::format("a body of {} characters", length));
    else if (length > kBodyMax)
        hard(findings, "too_long", fmt::format("a body of {} characters", length));
    else if (length > kBodyLong)
        soft(findings, "long_body", fmt::format("{} characters are much to read", length), 20);
}

void check_footer(const Reading& reading, Findings& findings) {
    check_footer_in(reading.of.settings, "body", reading.of.body, findings);
    if (reading.of.html_body)
        check_footer_in(reading.of.settings, "html body", reading.html_text, findings);
}

void check_thread(const Reading& reading, Findings& findings) {
    const ReviewSubject& of = reading.of;
    const auto answered = behind_reply_prefix(of.subject);
    if (!of.answers && answered)
        hard(
            findings, "false_reply", "the subject pretends to answer, but the mail answers nothing"
        );
    if (of.answers && !of.thread_subject.empty() && of.subject != "Re: " + of.thread_subject)
        hard(
            findings,
            "other_subject",
            fmt::format("in its thread the subject is \"Re: {}\"", of.thread_subject)
        );
}

void check_html(const Reading& reading, Findings& findings) {
    if (!reading.of.html_body) return;
    const std::string lower = base::to_lower(*reading.of.html_body);
    constexpr std::array<std::string_view, 20> kMarks = {
        "<script", "<img",    "<iframe",    "<form", "<object",     "<embed",     "<link",
        "<video",  "<audio",  "<svg",       "<base", "<input",      "<source",    "<picture",
        "<meta",   "@import", "image-set(", "url(",  "background=", "javascript:"
    };
    for (const std::string_view mark : kMarks)
        if (lower.find(mark) != std::string::npos)
            hard(findings, "html_content", fmt::format("the HTML body has \"{}\"", mark));
    if (lower.find("{{") != std::string::npos || lower.find("}}") != std::string::npos)
        hard(findings, "unresolved_field", "html body: braces of a field");
    if (lower.find('<') == std::string::npos)
        hard(findings, "html_content", "the HTML body is no HTML");
    // Text that only a program sees is how filters are cheated.
    for (const std::string_view hidden :
         {"display:none", "display: none", "font-size:0", "opacity:0"})
        if (lower.find(hidden) != std::string::npos)
            hard(
                findings, "html_content", fmt::format("the HTML body hides text (\"{}\")", hidden)
            );
}

void check_style(const Reading& reading, Findings& findings) {
    const auto marks = std::ranges::count(reading.own, '!');
    if (marks > 2) soft(findings, "exclamation", fmt::format("{} exclamation marks", marks), 10);
    if (const int shouted = capital_words(reading); shouted > 0)
        soft(findings, "capitals", fmt::format("{} words in capitals", shouted), 10 * shouted);
    const std::string_view subject = reading.of.subject;
    if (subject.find('!') != subject.npos)
        soft(findings, "exclamation", "the subject has an exclamation mark", 10);
}

}  // namespace campaign
