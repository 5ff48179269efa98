// Why a mail was refused, from everything a server said: a pure decision.
//
// The first that answers: the rules on what the other server said; the rules on the report's prose;
// the enhanced status (RFC 3463); the command that was refused; words that say little.
// "No such user" is `userunknown` only where the status or the command says that the address was
// refused: at the end of the data the same words are a filter's.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inbound/bounce_rules.h"

namespace inbound {

struct Evidence {
    std::vector<RuleMatch> diagnostic;  // matches in what the other server said
    std::vector<RuleMatch> prose;       // … in the report's prose about this recipient
    std::string status;                 // the enhanced code that says most, or empty
    std::string reply_code;             // or empty
    std::string action;                 // RFC 3464 section 2.3.3, or empty
};

// "userunknown", "mailboxfull", …; never empty.
std::string bounce_reason(const Evidence& evidence);

// A hard bounce: the address, or the host behind it, is gone for good.
bool is_hard(std::string_view reason, const Evidence& evidence);

// What the enhanced code alone means; empty where it says too little.
std::string_view reason_of_status(std::string_view status);

}  // namespace inbound
