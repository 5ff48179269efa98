#include "inbound/bounce.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "inbound/address_scan.h"
#include "inbound/bounce_notice.h"
#include "inbound/bounce_reason.h"
#include "inbound/daemon.h"
#include "inbound/delivery_status.h"
#include "inbound/returned_message.h"
#include "inbound/ses_notification.h"
#include "inbound/smtp_words.h"

namespace inbound {

namespace {

// Subjects of servers that write no fields and still try. Whole phrases, since the returned mail's
// own subject may stand behind.
constexpr std::array<std::string_view, 14> kDelaySubjects = {
    "(delay)",
    "delivery delayed",
    "delivery is delayed",
    "delivery has been delayed",
    "delivery status notification: delayed",
    "delivery status notification: warning",
    "delayed mail",
    "mail delayed",
    "message delayed",
    "mail delivery warning",
    "warning: message",
    "warning: could not send",
    "warning--could not send",
    "still being retried"
};
// How a subject starts that tells of a failure, whatever follows.
constexpr std::array<std::string_view, 6> kFailureSubjects = {
    "undeliver",
    "returned mail",
    "failure",
    "mail delivery fail",
    "delivery failure",
    "non-delivery"
};

bool has(const std::vector<RuleMatch>& matches, RuleKind kind) {
    return std::ranges::any_of(matches, [&](const RuleMatch& match) {
        return match.rule->kind == kind;
    });
}

bool says_delayed(const mime::Message& message, const Notice& notice) {
    const std::string subject = base::to_lower(message.subject);
    if (has(notice.matches, RuleKind::gave_up)) return false;
    if (has(notice.matches, RuleKind::trying)) return true;
    const auto opens = [&](std::string_view words) { return subject.starts_with(words); };
    return std::ranges::none_of(kFailureSubjects, opens) &&
           std::ranges::any_of(kDelaySubjects, [&](std::string_view words) {
               return subject.contains(words);
           });
}

bool is_failure(const RecipientStatus& status) {
    if (status.action == "failed" || status.action == "delayed" || status.action == "failure")
        return true;
    if (!status.action.empty() && status.status.starts_with('2')) return false;
    const bool success = status.action == "delivered" || status.action == "relayed" ||
                         status.action == "expanded" || status.action == "deliverable";
    return !success && (status.action.empty() || !status.status.starts_with('2')) &&
           !(status.action.empty() && status.status.empty() && status.diagnostic.empty());
}

struct Statuses {
    std::vector<RecipientStatus> failed;
    bool any_success = false;
    bool has_part = false;
};

void sort_in(std::vector<RecipientStatus> read, Statuses& statuses) {
    for (RecipientStatus& status : read) {
        if (is_failure(status))
            statuses.failed.push_back(std::move(status));
        else if (!status.action.empty())
            statuses.any_success = true;
    }
}

// The report's own part first; one within an attached message only where there is no other.
Statuses statuses_of(const mime::Message& message, const Notice& notice) {
    Statuses statuses;
    const bool says_nothing_itself = notice.recipients.empty() && notice.matches.empty();
    for (const bool nested : {false, true}) {
        if (nested && !says_nothing_itself) break;
        for (const mime::ReportPart& part : message.report_parts) {
            if (part.nested != nested || part.type.find("delivery-status") == std::string::npos)
                continue;
            statuses.has_part = true;
            sort_in(read_delivery_status(part.text), statuses);
        }
        if (!statuses.failed.empty() || statuses.any_success) return statuses;
    }
    // Fields in a plain part, or in a report that lost its MIME header.
    if (notice.text.lower.find("final-recipient:") != std::string::npos ||
        notice.text.lower.find("original-recipient:") != std::string::npos)
        sort_in(read_delivery_status(message.text), statuses);
    return statuses;
}

// A rule of the recipient's turned the mail away, and a disposition notification says so in its
// own words (RFC 8098; Sieve's reject, RFC 5429 section 2.1.2).
bool is_by_recipients_rules(const mime::Message& message) {
    return std::ranges::any_of(message.report_parts, [](const mime::ReportPart& part) {
        return !part.nested && part.type == "message/disposition-notification";
    });
}

class Assembler {
  public:
    Assembler(const mime::Message& message, const Notice& notice, const BounceRules& rules)
        : message_(message), notice_(notice), rules_(rules) {}

    std::vector<Bounce> from_statuses(const std::vector<RecipientStatus>& statuses) {
        std::vector<Bounce> bounces;
        for (const RecipientStatus& status : statuses) {
            Evidence evidence;
            std::string words = status.diagnostic;
            if (!status.comment.empty()) words += "\n" + status.comment;
            if (!status.category.empty()) words += "\nbounce category: " + status.category;
            const FoldedText said = fold_text(words, 8 * 1024);
            evidence.diagnostic = rules_.scan(said.lower);
            evidence.action = status.action;
            std::string address = status.address();
            const NoticeRecipient* about = named(address);
            if (about == nullptr && statuses.size() == 1 && notice_.recipients.size() == 1)
                about = &notice_.recipients.front();
            if (address.empty() && about != nullptr) address = about->address;
            std::string_view prose;
            if (about != nullptr) prose = add_segment(*about, evidence);
            if (statuses.size() == 1) evidence.prose = notice_.matches;
            if (about == nullptr && statuses.size() == 1) prose = notice_.text.lower;
            add_codes(evidence, said.lower, status.status, prose);
            bounces.push_back(decide(std::move(address), evidence));
        }
        return bounces;
    }

    std::vector<Bounce> from_prose() {
        std::vector<Bounce> bounces;
        std::vector<NoticeRecipient> recipients = named_in_header();
        if (recipients.empty()) recipients = notice_.recipients;
        for (const NoticeRecipient& recipient : recipients) {
            Evidence evidence;
            const std::string_view prose = add_segment(recipient, evidence);
            if (recipients.size() == 1) evidence.prose = notice_.matches;
            add_codes(evidence, {}, {}, prose);
            bounces.push_back(decide(recipient.address, evidence));
        }
        return bounces;
    }

    // Nobody is named: the report is about the returned message's recipient.
    Bounce about_nobody(std::string address) {
        Evidence evidence;
        evidence.prose = notice_.matches;
        add_codes(evidence, {}, {}, notice_.text.lower);
        return decide(std::move(address), evidence);
    }

  private:
    const NoticeRecipient* named(std::string_view address) const {
        for (const NoticeRecipient& recipient : notice_.recipients)
            if (base::equals_ignoring_case(recipient.address, address)) return &recipient;
        return nullptr;
    }

    // X-Failed-Recipients, which Exim and Gmail write.
    std::vector<NoticeRecipient> named_in_header() const {
        std::vector<NoticeRecipient> recipients;
        const auto end = static_cast<std::uint32_t>(notice_.text.lower.size());
        for (const auto& [name, value] : message_.headers) {
            if (!base::equals_ignoring_case(name, "X-Failed-Recipients")) continue;
            for (const FoundAddress& found : find_addresses(value, kRecipientsMax)) {
                const NoticeRecipient* in_text = named(found.text);
                recipients.push_back(
                    in_text != nullptr ? *in_text : NoticeRecipient{std::string(found.text), 0, end}
                );
            }
        }
        return recipients;
    }

    std::string_view add_segment(const NoticeRecipient& about, Evidence& evidence) const {
        evidence.prose = notice_.matches_in(about.begin, about.end);
        return std::string_view(notice_.text.lower).substr(about.begin, about.end - about.begin);
    }

    static void add_codes(
        Evidence& evidence, std::string_view said, std::string_view status, std::string_view prose
    ) {
        evidence.reply_code = reply_code_in(said);
        if (evidence.reply_code.empty()) evidence.reply_code = reply_code_in(prose);
        evidence.status = status_in(said);
        if (says_nothing(evidence.status) && !says_nothing(status)) evidence.status = status;
        const bool said_code = !reply_code_in(said).empty() && !evidence.status.empty();
        if (says_nothing(evidence.status) && !said_code) {
            std::string more = status_in(prose);
            if (evidence.status.empty()) evidence.status = status;
            if (evidence.status.empty() || !says_nothing(more)) evidence.status = std::move(more);
        }
    }

    Bounce decide(std::string address, const Evidence& evidence) const {
        Bounce bounce;
        bounce.address = std::move(address);
        bounce.status = evidence.status;
        bounce.reply_code = evidence.reply_code;
        bounce.reason = bounce_reason(evidence);
        if (bounce.reason == "undefined" && is_by_recipients_rules(message_))
            bounce.reason = "filtered";
        bounce.hard = is_hard(bounce.reason, evidence);
        bounce.delayed = evidence.action == "delayed";
        return bounce;
    }

    const mime::Message& message_;
    const Notice& notice_;
    const BounceRules& rules_;
};

// Points for what delivery reports have and people's mail has not.
bool reads_like_a_report(
    const mime::Message& message,
    const Notice& notice,
    const ReturnedMessage& returned,
    const BounceRules& rules
) {
    const bool called_so =
        has(rules.scan(fold_text(message.subject, 1000).lower), RuleKind::subject);
    const bool says_so = has(notice.matches, RuleKind::notice);
    int by_machine = is_daemon(message.header("From")) ? 2 : 0;
    if (base::trim(message.header("Return-Path")) == "<>") by_machine += 1;
    if (base::starts_with_ignoring_case(message.header("Auto-Submitted"), "auto-")) by_machine += 1;
    if (returned.found) by_machine += 1;
    // A person who asks what a report means answers it. One sent on is still read as a report.
    const bool is_answer = (!message.in_reply_to.empty() || !message.references.empty()) &&
                           base::starts_with_ignoring_case(message.subject, "re:");
    if (by_machine == 0 && is_answer) return false;
    const int by_words =
        (called_so ? 2 : 0) + (says_so ? 2 : 0) + (has(notice.matches, RuleKind::reason) ? 1 : 0);
    return (called_so || says_so) && by_machine + by_words >= 4;
}

}  // namespace

std::optional<BounceReport> read_bounce(const mime::Message& message, const BounceRules& rules) {
    if (const auto ses = read_ses_notification(message)) {
        if (ses->bounced.empty()) return std::nullopt;
        BounceReport report;
        report.bounces = Assembler(message, Notice(), rules).from_statuses(ses->bounced);
        report.original_message_id = base::MessageId::parse(ses->message_id);
        return report;
    }
    const Notice notice = read_notice(message, rules);
    const Statuses statuses = statuses_of(message, notice);
    const ReturnedMessage returned = returned_message(message, notice.returned);
    const bool names_failed = !message.header("X-Failed-Recipients").empty();
    if (statuses.failed.empty()) {
        if (statuses.any_success) return std::nullopt;
        if (!statuses.has_part && !names_failed &&
            !reads_like_a_report(message, notice, returned, rules))
            return std::nullopt;
    } else if (!statuses.has_part && !reads_like_a_report(message, notice, returned, rules)) {
        return std::nullopt;  // somebody quotes a report
    }
    Assembler assembler(message, notice, rules);
    BounceReport report;
    report.original_message_id = returned.message_id;
    if (!statuses.failed.empty()) report.bounces = assembler.from_statuses(statuses.failed);
    const bool by_prose = report.bounces.empty();
    if (report.bounces.empty()) report.bounces = assembler.from_prose();
    if (report.bounces.empty()) report.bounces.push_back(assembler.about_nobody(returned.to));
    if (by_prose && says_delayed(message, notice))
        for (Bounce& bounce : report.bounces) bounce.delayed = !bounce.hard;
    for (Bounce& bounce : report.bounces)
        if (bounce.address.empty() && report.bounces.size() == 1) bounce.address = returned.to;
    return report;
}

}  // namespace inbound
