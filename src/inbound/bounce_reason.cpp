#include "inbound/bounce_reason.h"

#include <algorithm>
#include <array>

#include "inbound/smtp_words.h"

namespace inbound {

namespace {

struct StatusMeaning {
    std::string_view status;  // without its class: "1.1"
    std::string_view permanent;
    std::string_view temporary;
};

// RFC 3463 and the IANA registry of enhanced codes, as servers use them.
constexpr std::array<StatusMeaning, 59> kStatusMeanings = {{
    {"1.1", "userunknown", "userunknown"},
    {"1.2", "hostunknown", "hostunknown"},
    {"1.3", "userunknown", "userunknown"},
    {"1.4", "filtered", "filtered"},
    {"1.6", "hasmoved", "hasmoved"},
    {"1.7", "rejected", "rejected"},
    {"1.8", "rejected", "rejected"},
    {"1.9", "userunknown", "systemerror"},
    {"1.10", "notaccept", "notaccept"},
    {"2.0", "filtered", ""},
    {"2.1", "filtered", "blocked"},
    {"2.2", "mailboxfull", "mailboxfull"},
    {"2.3", "exceedlimit", "exceedlimit"},
    {"2.4", "filtered", "filtered"},
    {"3.0", "systemerror", "mailererror"},
    {"3.1", "systemfull", "systemfull"},
    {"3.2", "notaccept", "notaccept"},
    {"3.3", "systemerror", "systemerror"},
    {"3.4", "mesgtoobig", "mesgtoobig"},
    {"3.5", "systemerror", "systemerror"},
    {"4.0", "networkerror", "networkerror"},
    {"4.1", "expired", "expired"},
    {"4.2", "networkerror", "networkerror"},
    {"4.3", "systemerror", "systemerror"},
    {"4.4", "hostunknown", "hostunknown"},
    {"4.5", "speeding", "expired"},
    {"4.6", "networkerror", "networkerror"},
    {"4.7", "expired", "expired"},
    {"4.310", "systemerror", "systemerror"},
    {"4.312", "networkerror", "networkerror"},
    {"4.316", "expired", "expired"},
    {"5.0", "mailererror", "mailererror"},
    {"5.1", "mailererror", "mailererror"},
    {"5.2", "syntaxerror", "syntaxerror"},
    {"5.3", "syntaxerror", "toomanyconn"},
    {"5.4", "syntaxerror", "syntaxerror"},
    {"5.5", "systemerror", "systemerror"},
    {"6.0", "contenterror", "contenterror"},
    {"6.1", "contenterror", "contenterror"},
    {"6.2", "contenterror", "contenterror"},
    {"6.3", "contenterror", "contenterror"},
    {"6.5", "contenterror", "contenterror"},
    {"6.7", "contenterror", "contenterror"},
    {"7.0", "securityerror", "blocked"},
    {"7.1", "securityerror", "blocked"},
    {"7.2", "filtered", "filtered"},
    {"7.4", "securityerror", "securityerror"},
    {"7.7", "systemerror", "systemerror"},
    {"7.8", "securityerror", "securityerror"},
    {"7.9", "securityerror", "securityerror"},
    {"7.13", "suspend", "suspend"},
    {"7.20", "authfailure", "authfailure"},
    {"7.21", "authfailure", "authfailure"},
    {"7.22", "authfailure", "authfailure"},
    {"7.23", "authfailure", "authfailure"},
    {"7.24", "authfailure", "authfailure"},
    {"7.25", "requireptr", "requireptr"},
    {"7.26", "authfailure", "authfailure"},
    {"7.27", "notaccept", "notaccept"},
}};

const RuleMatch* first_rule(const std::vector<RuleMatch>& matches, RuleKind kind) {
    const RuleMatch* best = nullptr;
    for (const RuleMatch& match : matches)
        if (match.rule->kind == kind && (best == nullptr || match.order < best->order))
            best = &match;
    return best;
}

// The command the refusal answered; where a transcript names several, the last one.
std::string_view phase_of(const std::vector<RuleMatch>& matches) {
    const RuleMatch* last = nullptr;
    for (const RuleMatch& match : matches)
        if (match.rule->kind == RuleKind::phase) last = &match;
    return last == nullptr ? std::string_view() : std::string_view(last->rule->answer);
}

std::string_view phase_of(const Evidence& evidence) {
    for (const auto* matches : {&evidence.diagnostic, &evidence.prose})
        if (const std::string_view phase = phase_of(*matches); !phase.empty()) return phase;
    return {};
}

bool is_delayed(const Evidence& evidence) { return evidence.action == "delayed"; }

// "No such user", said by somebody at some time.
std::string_view unknown_user(const Evidence& evidence) {
    const std::string_view phase = phase_of(evidence);
    const std::string_view status = evidence.status;
    const std::string_view detail = status.substr(std::min<std::size_t>(2, status.size()));
    if (detail == "1.6") return "hasmoved";
    if (phase == "rcpt") return "userunknown";
    const bool about_address = detail.starts_with("1.");
    // 5.5.0 is what servers add to a bare 550 (RFC 2821 has "mailbox unavailable" for it).
    if (about_address || detail == "5.0") return "userunknown";
    if (phase == "data") return "filtered";
    const std::string_view meant = reason_of_status(evidence.status);
    if (meant == "filtered" || meant == "securityerror") return "filtered";
    // Without a reply code it is the reporting server's own knowledge of its users.
    return evidence.reply_code.empty() ? "userunknown" : "filtered";
}

std::string_view by_rules(
    const std::vector<RuleMatch>& matches, RuleKind kind, const Evidence& evidence
) {
    const RuleMatch* match = first_rule(matches, kind);
    if (match == nullptr) return {};
    if (match->rule->answer == "userunknown" && match->rule->family.empty())
        return unknown_user(evidence);
    return match->rule->answer;
}

// Codes that servers give to everything: words that say little still say more.
bool says_little(std::string_view reason, const Evidence& evidence) {
    const bool odd_expiry = reason == "expired" && evidence.status.starts_with('5');
    return reason.empty() || reason == "securityerror" || reason == "mailererror" || odd_expiry;
}

// What is left where neither clear words nor a clear status tell the reason.
std::string_view by_few_words(const Evidence& evidence) {
    std::string_view reason = by_rules(evidence.diagnostic, RuleKind::last, evidence);
    if (reason.empty()) reason = by_rules(evidence.prose, RuleKind::last, evidence);
    const std::string_view phase = phase_of(evidence);
    // Who is turned away at the door was not asked whom the mail is for.
    const bool at_the_door = phase == "connect" || phase == "helo";
    const bool is_vague = reason.empty() || reason == "systemerror" || reason == "userunknown";
    if (at_the_door && is_vague) return "blocked";
    if (reason.empty() && phase == "mail") return "rejected";
    return reason;
}

std::string_view by_class(const Evidence& evidence) {
    if (is_delayed(evidence)) return "expired";
    return evidence.status.empty() && evidence.reply_code.empty() ? "undefined" : "onhold";
}

}  // namespace

std::string_view reason_of_status(std::string_view status) {
    if (says_nothing(status) || status.size() < 3) return {};
    const std::string_view rest = status.substr(2);
    const auto* found = std::ranges::find(kStatusMeanings, rest, &StatusMeaning::status);
    if (found == kStatusMeanings.end()) return rest.starts_with("7.") ? "securityerror" : "";
    return status.front() == '4' ? found->temporary : found->permanent;
}

std::string bounce_reason(const Evidence& evidence) {
    std::string_view reason = by_rules(evidence.diagnostic, RuleKind::reason, evidence);
    if (reason.empty()) reason = by_rules(evidence.prose, RuleKind::reason, evidence);
    if (reason.empty()) {
        reason = reason_of_status(evidence.status);
        if (says_little(reason, evidence))
            if (const std::string_view more = by_few_words(evidence); !more.empty()) reason = more;
    }
    if (reason.empty()) reason = by_class(evidence);
    return std::string(reason);
}

bool is_hard(std::string_view reason, const Evidence& evidence) {
    if (is_delayed(evidence)) return false;
    if (reason == "notaccept") return !evidence.status.starts_with('4');
    return reason == "userunknown" || reason == "hostunknown" || reason == "hasmoved";
}

}  // namespace inbound
