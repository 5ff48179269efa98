// The only place that says what a server's refusal means. The table is data/refusals.json.
#pragma once
#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace mailbox {

enum class Blame { message, recipient, mailbox, server };

struct Verdict {
    Blame blame = Blame::server;
    bool permanent = false;         // trying the same again is of no use
    base::Duration retry_after{0};  // how long to leave the blamed one alone
    bool pause_mailbox = false;  // the account is in trouble: no more sends from it for retry_after
    std::string words;           // for the owner: what it means and what to do
};

// What an error of a send, a login or a fetch means for the mailbox of this provider ("zoho",
// "gmail", "outlook" or "" for any). By enhanced code first, then by reply code and the server's
// words.
Verdict judge(const base::Error& error, std::string_view provider);

}  // namespace mailbox
