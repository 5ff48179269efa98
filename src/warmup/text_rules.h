// What a warmup text may look like, whoever wrote it. Pure functions; a text that breaks a rule is
// never stored and never sent.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace warmup {

struct TextLimits {
    std::size_t subject_bytes_max = 120;
    std::size_t body_bytes_min = 20;
    std::size_t body_bytes_max = 2000;
};

// Why a template is malformed, or nothing: empty, over length, control characters, a placeholder
// left in
// ("{{name}}", "[name]", "<name>", "$NAME", "As an AI"), a link, an HTML body that is no HTML.
std::optional<std::string> template_problem(
    std::string_view subject,
    std::string_view body,
    std::string_view html_body,
    const TextLimits& limits = {}
);
// Why an answer may not be sent, or nothing: the same rules, and none of `forbidden` (the canary)
// in it.
std::optional<std::string> reply_problem(std::string_view body, std::string_view forbidden);

// The stricter rules of the local grammar: no price, percent sign, word in capitals or advertising
// word.
std::optional<std::string> advertising_problem(std::string_view text);

// Received text made fit for a prompt: invisible characters out, at most `bytes_max` bytes.
std::string visible_text(std::string_view text, std::size_t bytes_max);
// True where `received` still holds the text that was sent (blanks and line breaks don't count).
bool holds_text(std::string_view received, std::string_view sent);

}  // namespace warmup
