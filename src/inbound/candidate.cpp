#include "inbound/candidate.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "inbound/bounce_rules.h"
#include "inbound/daemon.h"
#include "inbound/text_fold.h"

namespace inbound {

namespace {

// Header fields that reports alone bear: of Exim and Gmail, Outlook.com's complaints, Amazon's
// notices.
constexpr std::array<std::string_view, 3> kReportFields = {
    "X-FAILED-RECIPIENTS", "X-HMXMRORIGINALRECIPIENT", "X-AMZ-SNS-MESSAGE-ID"
};

std::string value_of(const mime::Message& headers, std::string_view name) {
    return std::string(base::trim(headers.header(name)));
}

// A subject that reports bear, but for people's answers to one.
bool is_called_report(const Candidate& candidate) {
    const bool answers = !candidate.in_reply_to.empty() || !candidate.references.empty();
    if (answers && base::starts_with_ignoring_case(candidate.subject, "re:")) return false;
    const auto matches = BounceRules::standard().scan(fold_text(candidate.subject, 1000).lower);
    return std::ranges::any_of(matches, [](const RuleMatch& match) {
        return match.rule->kind == RuleKind::subject ||
               (match.rule->kind == RuleKind::complaint && match.begin == 0);
    });
}

}  // namespace

std::string header_items(std::string_view token_header, bool gmail) {
    return fmt::format(
        "(UID RFC822.SIZE{} BODY.PEEK[HEADER.FIELDS ({} MESSAGE-ID FROM TO SUBJECT DATE "
        "IN-REPLY-TO REFERENCES CONTENT-TYPE AUTO-SUBMITTED RETURN-PATH LIST-UNSUBSCRIBE "
        "{})])",
        gmail ? " X-GM-THRID" : "",
        token_header,
        fmt::join(kReportFields, " ")
    );
}

mime::Message headers_of(const imap::Fetched& fetched) {
    for (const auto& [name, bytes] : fetched.sections)
        if (name.starts_with("BODY[HEADER")) return mime::read_headers(bytes);
    return {};
}

Candidate candidate_of(
    const mime::Message& headers, const imap::Fetched& fetched, std::string_view token_header
) {
    Candidate candidate;
    candidate.token = headers.header(token_header);
    candidate.message_id = headers.message_id;
    if (!headers.from.empty()) candidate.from = headers.from.front().email;
    for (const mime::Address& address : headers.to) candidate.to.push_back(address.email);
    candidate.in_reply_to = headers.in_reply_to;
    candidate.references = headers.references;
    candidate.subject = headers.subject;
    candidate.date = headers.date;
    candidate.content_type = value_of(headers, "Content-Type");
    candidate.auto_submitted = value_of(headers, "Auto-Submitted");
    candidate.return_path = value_of(headers, "Return-Path");
    candidate.list_unsubscribe = value_of(headers, "List-Unsubscribe");
    candidate.has_report_field = std::ranges::any_of(kReportFields, [&](std::string_view name) {
        return !headers.header(name).empty();
    });
    candidate.by_daemon = !headers.headers.empty() && is_daemon(headers.header("From"));
    candidate.gmail_thread_id = fetched.gmail_thread_id;
    return candidate;
}

bool looks_like_report(const Candidate& candidate) {
    if (candidate.has_report_field || candidate.by_daemon) return true;
    if (base::starts_with_ignoring_case(candidate.content_type, "multipart/report")) return true;
    if (is_called_report(candidate)) return true;
    // Answers to somebody's mail come with an empty return path too.
    return candidate.return_path == "<>" && candidate.in_reply_to.empty() &&
           candidate.references.empty() &&
           !base::starts_with_ignoring_case(candidate.auto_submitted, "auto-replied");
}

}  // namespace inbound
