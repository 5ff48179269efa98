// Who plays in a campaign on the rig: leads whose own servers behave as people's do. Vacation
// notes, refusals, full mailboxes and redirected mail come from Dovecot's Sieve and quota, unknown
// users and lost hosts from Postfix; who answers or opts out does so by tests/lab/scripted_leads.h.
//
// Each lead has a domain of its own: a campaign writes to few people of one organisation.
#pragma once
#include "tests/lab/mail_servers.h"

namespace lab {

enum class Way {
    silent,              // gets the whole sequence
    replies,             // answers the first mail
    replies_late,        // answers the second
    replies_as_spam,     // the same, and its domain's mail is filed as spam everywhere
    redirected,          // another person gets the mail and answers from another address
    on_vacation,         // a note to each new thread's sender, then silence
    refuses,             // its Sieve refuses (RFC 5429)
    unknown,             // no such user: 550 of its MX
    lost_host,           // DNS names an MX that nobody can reach
    full,                // over its quota
    opts_out_by_mailto,  // uses the List-Unsubscribe address
    opts_out_by_text,    // says so in a reply
};
std::string to_string(Way way);

struct Lead {
    std::string email;
    std::string name;
    std::string company;
    Way way = Way::silent;
    // Whose mailbox shows what came: the lead's own, or the one it is redirected to. Empty: none.
    std::string mailbox;
};

struct LeadCast {
    std::vector<Lead> leads;
    std::vector<Account> accounts;  // on the rig's servers
    Domains domains;
    std::vector<std::string> lost_domains;

    // Throws std::out_of_range for an address that is none of theirs.
    const Account& account(const std::string& email) const;
};

// `count` leads, all ways in a fixed mixture; from 40 on each way is there. `back_on`
// ("2026-11-27"): what vacation notes say; empty: no day.
LeadCast make_leads(std::size_t count, const std::string& back_on = {});
// Eight senders: six like Zoho's (three of which keep copies of what is sent), one like Gmail's
// whose owner archives all that comes, and one like Outlook's that logs in by OAuth2 and replaces
// the Message-ID.
std::vector<Account> campaign_senders();

// What a lead of this way ends as, after so many mails.
struct Ending {
    std::string status;
    int mails = 0;
    bool suppressed = false;
};
Ending ending_of(Way way);

}  // namespace lab
