// What one provider remembers of one sender, from which it makes the SenderHistory for the next
// mail.
//
// Life cycle: one per (provider, sender); note_mail() once per filed mail, note_engagement() at
// most once per mail of the sender (the caller sees to that). Only the last eight days are kept in
// detail.
#pragma once
#include <deque>
#include <map>
#include <string>

#include "sandbox/opinion.h"

namespace sandbox {

class SenderRecord {
  public:
    explicit SenderRecord(base::Timestamp account_created) : account_created_(account_created) {}

    // As it stands when another mail comes at `now` (which is counted in mails_today).
    SenderHistory history(base::Timestamp now) const;
    // Mails of the last days with this text.
    double same_text_before(const std::string& text_hash, base::Timestamp now) const;

    void note_mail(const std::string& text_hash, base::Timestamp now);
    void note_engagement() { engaged_ += 1; }

  private:
    struct Mail {
        base::Timestamp at;
        std::string text_hash;
    };

    base::Timestamp account_created_;
    std::optional<base::Timestamp> first_mail_;
    std::deque<Mail> recent_;
    double delivered_ = 0;
    double engaged_ = 0;
};

}  // namespace sandbox
