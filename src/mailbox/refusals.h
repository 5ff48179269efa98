// The rules of data/refusals.json, compiled in. Each carries a sample line of a server, which a
// test finds judged by that rule and no other.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "mailbox/failure_policy.h"

namespace mailbox {

struct RefusalRule {
    std::string id;
    std::string provider;             // family of providers ("gmail", "zoho", …); empty: any
    std::vector<std::string> phases;  // "connect", "auth", "mail", …; empty: any
    std::string code;                 // "550", or "4x" for all of the 400s; empty: any
    std::string enhanced;             // "5.7.139", "5.7.x"; empty: any
    std::vector<std::string> words;   // any of them, lower case; empty: any
    Verdict verdict;
    std::string sample_phase;  // "dot", "login" …
    std::string sample;        // as the server sends it, without the IMAP tag

    bool fits(const base::Error& error, std::string_view provider) const;
};

const std::vector<RefusalRule>& refusal_rules();

// The phase of an error's stage: "smtp.rcpt" → "rcpt", "imap.login" → "login".
std::string_view phase_of(const base::Error& error);

}  // namespace mailbox
