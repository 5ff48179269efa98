#include "inbound/classify.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "inbound/auto_reply.h"
#include "inbound/complaint.h"
#include "inbound/opt_out.h"
#include "inbound/reply_text.h"

namespace inbound {

namespace {

void take(BounceReport report, Classified& result) {
    result.bounces = std::move(report.bounces);
    result.original_message_id = std::move(report.original_message_id);
}

// An answer names what it answers, or at least its subject does.
bool answers_something(const mime::Message& message) {
    if (!message.in_reply_to.empty() || !message.references.empty()) return true;
    constexpr std::array<std::string_view, 12> kMarks = {
        "re:", "aw:", "antw:", "sv:", "vs:", "odp:", "rv:", "res:", "ynt:", "bls:", "re :", "回复:"
    };
    for (const std::string_view mark : kMarks)
        if (base::starts_with_ignoring_case(message.subject, mark)) return true;
    return false;
}

// A delivery report that reports no failure: nobody wrote it, and there is nothing to do.
bool is_success_report(const mime::Message& message) {
    return std::ranges::any_of(message.report_parts, [](const mime::ReportPart& part) {
        return !part.nested && part.type.ends_with("delivery-status");
    });
}

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::reply:
            return "reply";
        case Kind::bounce:
            return "bounce";
        case Kind::auto_reply:
            return "auto_reply";
        case Kind::complaint:
            return "complaint";
        case Kind::unsubscribe:
            return "unsubscribe";
        case Kind::warmup:
            return "warmup";
        case Kind::other:
            return "other";
    }
    return "other";
}

Classified classify(
    const mime::Message& message, const WarmupTest& is_warmup, const BounceRules& rules
) {
    Classified result;
    if (is_warmup && is_warmup(message)) {
        result.kind = Kind::warmup;
        result.reply_text = reply_text(message);
        return result;
    }
    if (auto complaint = read_complaint(message, rules)) {
        result.kind = Kind::complaint;
        take(std::move(*complaint), result);
        return result;
    }
    if (auto bounce = read_bounce(message, rules)) {
        result.kind = Kind::bounce;
        take(std::move(*bounce), result);
        return result;
    }
    result.reply_text = reply_text(message);
    if (is_success_report(message)) return result;
    // The mail that a client sends for List-Unsubscribe says that it is automatic, and is a wish.
    if (asks_to_stop({}, message.subject)) {
        result.kind = Kind::unsubscribe;
    } else if (auto automatic = auto_reply(message)) {
        result.kind = Kind::auto_reply;
        result.return_date = automatic->return_date;
    } else if (asks_to_stop(result.reply_text, message.subject)) {
        result.kind = Kind::unsubscribe;
    } else if (answers_something(message)) {
        result.kind = Kind::reply;
    }
    return result;
}

}  // namespace inbound
