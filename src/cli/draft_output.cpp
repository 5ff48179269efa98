#include "cli/draft_output.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"

namespace cli {

namespace {

constexpr std::string_view kSubject = "Subject:";

// Without what a terminal obeys; whole, since it may be edited and read back.
std::string shown(std::string_view text) {
    std::string out;
    const std::string plain = base::replace_all(std::string(text), "\r\n", "\n");
    for (const std::string& line : base::split(plain, '\n'))
        out += base::printable(line, line.size()) + "\n";
    return out;
}

}  // namespace

std::string draft_text(const campaign::DraftText& text) {
    const std::string subject = base::printable(text.subject, text.subject.size());
    return fmt::format("{} {}\n\n{}", kSubject, subject, shown(base::trim(text.body)));
}

base::Result<campaign::DraftText> read_draft_text(const std::string& given) {
    const std::string text = base::replace_all(given, "\r\n", "\n");
    const std::size_t end = text.find('\n');
    const bool named = base::starts_with_ignoring_case(text, kSubject);
    const std::string body(end == std::string::npos ? "" : base::trim(text.substr(end)));
    if (!named || body.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "campaign review",
            "the file begins with \"Subject: …\", then a blank line, then the text"
        );
    campaign::DraftText draft;
    draft.subject = base::trim(text.substr(kSubject.size(), end - kSubject.size()));
    draft.body = body;
    return draft;
}

boost::json::array findings_array(const std::vector<campaign::Finding>& findings) {
    boost::json::array list;
    for (const campaign::Finding& finding : findings)
        list.push_back({{"rule", finding.rule}, {"words", finding.words}, {"hard", finding.hard}});
    return list;
}

std::string review_text(const campaign::Review& review) {
    std::string out = fmt::format(
        "Review: {} of 100, {}\n", review.score, review.passed ? "passed" : "not passed"
    );
    for (const campaign::Finding& finding : review.findings)
        out += fmt::format(
            "  {}{}: {}\n",
            finding.rule,
            finding.hard ? " (must be mended)" : "",
            base::printable(finding.words, 400)
        );
    return out;
}

}  // namespace cli
