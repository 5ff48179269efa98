#include "sandbox/sender_record.h"

namespace sandbox {

namespace {

constexpr base::Duration kDay = std::chrono::hours(24);
constexpr base::Duration kMemory = 8 * kDay;

}  // namespace

SenderHistory SenderRecord::history(base::Timestamp now) const {
    SenderHistory history;
    history.account_created = account_created_;
    history.first_mail = first_mail_;
    history.delivered = delivered_;
    history.engaged = engaged_;
    double before = 0;
    history.mails_today = 1;
    for (const Mail& mail : recent_) {
        const base::Duration ago = now - mail.at;
        if (ago < kDay) {
            history.mails_today += 1;
        } else if (ago < kMemory) {
            before += 1;
        }
    }
    if (!first_mail_) return history;
    // Whole or begun days between the first mail (or the memory's end) and the last 24 hours.
    const base::Duration known = std::min(now - *first_mail_, kMemory) - kDay;
    const double days = std::max(1.0, static_cast<double>(known / kDay));
    history.average_before = before / days;
    return history;
}

double SenderRecord::same_text_before(const std::string& text_hash, base::Timestamp now) const {
    double same = 0;
    for (const Mail& mail : recent_)
        if (mail.text_hash == text_hash && now - mail.at < kMemory) same += 1;
    return same;
}

void SenderRecord::note_mail(const std::string& text_hash, base::Timestamp now) {
    if (!first_mail_) first_mail_ = now;
    delivered_ += 1;
    recent_.push_back({now, text_hash});
    while (now - recent_.front().at >= kMemory) recent_.pop_front();
}

}  // namespace sandbox
