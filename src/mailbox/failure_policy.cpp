#include "mailbox/failure_policy.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "mailbox/governor.h"
#include "mailbox/refusals.h"

namespace mailbox {

namespace {

constexpr std::chrono::minutes kLater{15};
constexpr std::chrono::hours kRetryMax{4};
constexpr std::chrono::hours kAskedMax{24 * 7};
// The rule that says no more than "refused".
constexpr std::string_view kLoginRefused = "login-refused";

Verdict refused_login() {
    return {
        Consequence::pause_mailbox,
        Blame::mailbox,
        std::nullopt,
        false,
        "the login was refused; check user name and password (many providers want an app password)"
    };
}

constexpr std::string_view kTokenRefused =
    "the mail server refuses the sign-in by OAuth2, with a new access token too: the consent was "
    "withdrawn, or this account may not use IMAP or SMTP";

Verdict without_reply(const base::Error& error) {
    switch (error.code) {
        case base::ErrorCode::unauthenticated:
            return refused_login();
        case base::ErrorCode::tls:
            return {
                Consequence::retry,
                Blame::server,
                kLater,
                false,
                "the server's certificate can't be trusted; for a private CA set [tls] ca_file"
            };
        case base::ErrorCode::unsupported:
            return {
                Consequence::retry,
                Blame::server,
                kLater,
                false,
                "the server lacks something that is needed"
            };
        case base::ErrorCode::invalid_input:
        case base::ErrorCode::limit_exceeded:
            return {
                Consequence::fail,
                Blame::message,
                std::nullopt,
                false,
                "this message can't be sent as it is"
            };
        default:
            break;
    }
    if (phase_of(error) == "session")
        return {
            Consequence::retry,
            Blame::server,
            kLater,
            false,
            "it was not this mailbox's turn to log in; it is tried again later"
        };
    return {
        Consequence::retry,
        Blame::server,
        kLater,
        false,
        "the server could not be reached or stopped answering; it is tried again later"
    };
}

// What a code means that no rule knows, by its first digit and where it came.
Verdict by_digit(const base::Error& error) {
    const std::string_view phase = phase_of(error);
    const bool at_recipient = phase == "rcpt";
    if (error.reply_code < 500)
        return {
            Consequence::retry,
            at_recipient ? Blame::recipient : Blame::server,
            kLater,
            false,
            "put off; it is tried again later"
        };
    if (at_recipient)
        return {Consequence::fail, Blame::recipient, std::nullopt, false, "refused for good"};
    if (phase == "data" || phase == "dot")
        return {Consequence::fail, Blame::message, std::nullopt, false, "refused for good"};
    if (phase == "mail")
        return {
            Consequence::pause_mailbox,
            Blame::mailbox,
            std::chrono::hours(24),
            false,
            "the server refuses this sender; its words say why, and sending rests for a day"
        };
    return {
        Consequence::retry,
        Blame::server,
        std::chrono::hours(1),
        false,
        "the server refuses us as a whole; it is tried again later"
    };
}

// What holds whatever a rule says.
Verdict bounded(Verdict verdict, const base::Error& error) {
    const std::string_view phase = phase_of(error);
    if (verdict.blame == Blame::recipient && phase != "rcpt")
        verdict.blame = verdict.permanent() ? Blame::message : Blame::server;
    // At the login nothing is said about a message.
    if (verdict.permanent() && (phase == "auth" || phase == "login")) return refused_login();
    return verdict;
}

std::optional<base::Duration> unit_of(std::string_view word) {
    if (word.starts_with("sec") || word == "s") return std::chrono::seconds(1);
    if (word.starts_with("min") || word == "m") return std::chrono::minutes(1);
    if (word.starts_with("hour") || word == "hr" || word == "hrs" || word == "h")
        return std::chrono::hours(1);
    if (word.starts_with("day")) return std::chrono::hours(24);
    return std::nullopt;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_letter(char byte) { return byte >= 'a' && byte <= 'z'; }

// "10 minutes", "3600s" at the front of `text`.
std::optional<base::Duration> span_at(std::string_view text) {
    std::int64_t number = 0;
    std::size_t at = 0;
    while (at < text.size() && is_digit(text[at]) && at < 7)
        number = number * 10 + (text[at++] - '0');
    if (at == 0 || (at < text.size() && is_digit(text[at]))) return std::nullopt;
    while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    const auto unit = unit_of(text.substr(at, end - at));
    if (!unit) return std::nullopt;
    return std::min<base::Duration>(*unit * number, kAskedMax);
}

}  // namespace

std::string_view to_string(Blame blame) {
    switch (blame) {
        case Blame::message:
            return "message";
        case Blame::recipient:
            return "recipient";
        case Blame::mailbox:
            return "mailbox";
        case Blame::server:
            return "server";
    }
    return "unknown";
}

std::string_view to_string(Consequence consequence) {
    switch (consequence) {
        case Consequence::pause_mailbox:
            return "pause_mailbox";
        case Consequence::retry:
            return "retry";
        case Consequence::fail:
            return "fail";
        case Consequence::stop_campaign:
            return "stop_campaign";
    }
    return "unknown";
}

std::optional<base::Duration> asked_wait(std::string_view server_words) {
    const std::string said = base::to_lower(server_words);
    constexpr std::array<std::string_view, 6> kAsks{
        "try again", "retry", "try after", "try later", "please wait", "wait for"
    };
    for (const std::string_view ask : kAsks) {
        const std::size_t found = said.find(ask);
        if (found == std::string::npos) continue;
        // The number stands close behind: "try again after about 10 minutes".
        const std::string_view rest = std::string_view(said).substr(found + ask.size(), 40);
        for (std::size_t at = 0; at < rest.size(); ++at) {
            if (!is_digit(rest[at])) continue;
            const bool whole = at == 0 || (!is_digit(rest[at - 1]) && rest[at - 1] != '.');
            const auto span = whole ? span_at(rest.substr(at)) : std::nullopt;
            if (span && span->count() > 0) return span;
        }
    }
    return std::nullopt;
}

Verdict judge(const base::Error& error, std::string_view provider, LoginMethod method) {
    const bool spoken = error.reply_code != 0 || !error.server_words.empty();
    const std::vector<RefusalRule>& rules = refusal_rules();
    const auto rule = std::ranges::find_if(rules, [&](const RefusalRule& one) {
        return spoken && one.fits(error, provider);
    });
    Verdict verdict;
    if (rule != rules.end())
        verdict = bounded(rule->verdict, error);
    else if (error.reply_code != 0 && error.code != base::ErrorCode::unauthenticated)
        verdict = bounded(by_digit(error), error);
    else
        verdict = without_reply(error);
    const bool known = rule != rules.end() && rule->id != kLoginRefused;
    if (method == LoginMethod::oauth2 && error.code == base::ErrorCode::unauthenticated && !known)
        verdict.words = spoken ? kTokenRefused : error.message;
    // A time of the server's own is better than our guess, but never turns what waits for the owner
    // into something that passes.
    if (verdict.wait)
        if (const auto asked = asked_wait(error.server_words)) verdict.wait = asked;
    return verdict;
}

base::Duration retry_in(
    const Verdict& verdict, std::string_view server_words, int attempts, base::Random& random
) {
    const base::Duration first = verdict.wait.value_or(kLater);
    if (asked_wait(server_words) || first >= kRetryMax) return not_before(first, random);
    // The first retry comes no earlier than the table says.
    return first / 2 + backoff(first, kRetryMax - first / 2, attempts, random);
}

}  // namespace mailbox
