// What became of each lead of a campaign, as the mailboxes show it, and what is wrong with that.
// Plain values: reading Dovecot and the store is the test's part.
//
// Promises checked: at most three mails; all from the account of the first; the second in the
// thread of the first (by the Message-ID that lies in the lead's mailbox), the third in a new one;
// none once the lead has answered or opted out; the right status in the end, and an address that
// opted out or does not exist is suppressed.
#pragma once
#include <chrono>

#include "tests/lab/lead_cast.h"
#include "tests/lab/maildir.h"

namespace lab {

// A mail as it lies with a lead.
struct LeadMail {
    std::string from;  // the address
    std::string message_id;
    std::string in_reply_to;
    std::string references;
    std::string subject;
    std::int64_t arrived_micros = 0;  // real time, by the server's clock
};

struct LeadStory {
    Lead lead;
    std::vector<LeadMail> mails;               // in the order of arrival; none without a mailbox
    std::optional<std::int64_t> acted_micros;  // when it answered or opted out
    // Whether its sender's side shows under which id the first mail went on. Where nothing does,
    // the second mail opens a thread of its own, under the first one's subject.
    bool thread_known = true;
    int sent = 0;  // mails that the program says it sent
    std::string status;
    bool suppressed = false;
};

// One line for each promise that was broken. `grace`: real time that a look into the senders'
// mailboxes may take; what left within it may still come.
std::vector<std::string> faults_of(const LeadStory& story, std::chrono::microseconds grace);

// The inbox (and spam folder) of a Maildir as mails, ordered by arrival; copies in All Mail do not
// count twice.
std::vector<LeadMail> lead_mails(const std::vector<StoredMail>& mails);

}  // namespace lab
