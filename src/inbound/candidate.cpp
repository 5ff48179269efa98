#include "inbound/candidate.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace inbound {

namespace {

constexpr std::array<std::string_view, 8> kDaemons = {
    "mailer-daemon",
    "mailerdaemon",
    "mailer_daemon",
    "mail-daemon",
    "postmaster",
    "mdaemon",
    "maildelivery",
    "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"
};

std::string value_of(const mime::Message& headers, std::string_view name) {
    return std::string(base::trim(headers.header(name)));
}

bool is_daemon(const base::Email& from) {
    const std::string local = base::to_lower(from.local());
    return std::ranges::any_of(kDaemons, [&](std::string_view name) {
        return std::string_view(local).starts_with(name);
    });
}

}  // namespace

std::string header_items(std::string_view token_header, bool gmail) {
    return fmt::format(
        "(UID RFC822.SIZE{} BODY.PEEK[HEADER.FIELDS ({} MESSAGE-ID FROM TO SUBJECT DATE "
        "IN-REPLY-TO REFERENCES CONTENT-TYPE AUTO-SUBMITTED RETURN-PATH LIST-UNSUBSCRIBE "
        "X-FAILED-RECIPIENTS)])",
        gmail ? " X-GM-THRID" : "",
        token_header
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
    candidate.names_failed_recipients = !headers.header("X-Failed-Recipients").empty();
    candidate.gmail_thread_id = fetched.gmail_thread_id;
    return candidate;
}

bool looks_like_report(const Candidate& candidate) {
    if (candidate.names_failed_recipients) return true;
    if (base::starts_with_ignoring_case(candidate.content_type, "multipart/report")) return true;
    if (candidate.from && is_daemon(*candidate.from)) return true;
    // Answers to somebody's mail come with an empty return path too.
    const bool answers = base::starts_with_ignoring_case(candidate.auto_submitted, "auto-replied");
    return candidate.return_path == "<>" && !answers &&
           (!candidate.from || base::starts_with_ignoring_case(candidate.auto_submitted, "auto-"));
}

}  // namespace inbound
