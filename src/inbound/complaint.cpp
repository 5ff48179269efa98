#include "inbound/complaint.h"

#include <algorithm>

#include "base/text.h"
#include "inbound/address_scan.h"
#include "inbound/delivery_status.h"
#include "inbound/returned_message.h"
#include "inbound/ses_notification.h"
#include "inbound/text_fold.h"

namespace inbound {

namespace {

void add(BounceReport& report, std::string_view address) {
    const bool known = std::ranges::any_of(report.bounces, [&](const Bounce& other) {
        return base::equals_ignoring_case(other.address, address);
    });
    if (known || report.bounces.size() >= kRecipientsMax) return;
    report.bounces.push_back({std::string(address), "", "", "feedback", false, false});
}

// The recipients that a feedback report names (RFC 5965 section 3.2).
void read_feedback(std::string_view text, BounceReport& report) {
    for (const std::string& line : base::split(text, '\n')) {
        const bool names = base::starts_with_ignoring_case(line, "Original-Rcpt-To:") ||
                           base::starts_with_ignoring_case(line, "Removal-Recipient:");
        if (!names) continue;
        if (const std::string_view address = first_address(line); !address.empty())
            add(report, address);
    }
}

// Outlook.com's Junk Mail Reporting Program and others: the message, and a header that names whom.
bool is_called_complaint(const mime::Message& message, const BounceRules& rules) {
    if (!message.header("X-HmXmrOriginalRecipient").empty()) return true;
    for (const RuleMatch& match : rules.scan(fold_text(message.subject, 1000).lower))
        if (match.rule->kind == RuleKind::complaint && match.begin == 0) return true;
    return false;
}

}  // namespace

std::optional<BounceReport> read_complaint(const mime::Message& message, const BounceRules& rules) {
    BounceReport report;
    if (const auto ses = read_ses_notification(message)) {
        if (ses->complained.empty()) return std::nullopt;
        for (const std::string& address : ses->complained) add(report, address);
        report.original_message_id = base::MessageId::parse(ses->message_id);
        return report;
    }
    bool is_complaint = false;
    for (const mime::ReportPart& part : message.report_parts) {
        if (part.nested || part.type != "message/feedback-report") continue;
        is_complaint = true;
        read_feedback(part.text, report);
    }
    if (!is_complaint && !message.report_parts.empty())
        is_complaint = is_called_complaint(message, rules);
    if (!is_complaint) return std::nullopt;
    const ReturnedMessage returned = returned_message(message, {});
    report.original_message_id = returned.message_id;
    if (report.bounces.empty())
        add(report, first_address(message.header("X-HmXmrOriginalRecipient")));
    if (report.bounces.front().address.empty()) report.bounces.front().address = returned.to;
    return report;
}

}  // namespace inbound
