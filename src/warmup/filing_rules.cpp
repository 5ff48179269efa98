#include "warmup/filing_rules.h"

#include "base/text.h"
#include "mailbox/presets.h"

namespace warmup {

using std::chrono::minutes;

base::Timestamp filing_due(base::Timestamp handled_at, base::Random& random) {
    return handled_at + random.between(minutes(30), minutes(90));
}

base::Timestamp rescue_due(base::Timestamp found_at, base::Random& random) {
    return found_at + random.between(minutes(10), minutes(60));
}

bool is_google_oauth(const mailbox::Mailbox& mailbox) {
    if (mailbox.login_method != mailbox::LoginMethod::oauth2) return false;
    const std::string host = base::to_lower(mailbox.imap.host);
    return mailbox::family_of(mailbox.provider) == "gmail" || host.ends_with(".gmail.com") ||
           host.ends_with(".googlemail.com") || host.ends_with(".google.com");
}

RescueDecision decide_rescue(const RescueFacts& facts) {
    if (!facts.wanted) return {false, "[warmup] rescue is off"};
    if (facts.measuring) return {false, "the mailbox only measures"};
    if (facts.google_oauth) return {false, "Google's policy for OAuth access excludes it"};
    if (!facts.accepted) return {false, "the mailbox's owner has not consented to it"};
    if (!facts.proven_ours) return {false, "the text is not the one we sent"};
    if (facts.today >= kRescuesASenderAndDay) return {false, "one mail of this sender today"};
    return {true, "the first of this sender's mails in spam today"};
}

}  // namespace warmup
