// Whether a found mail is answered, and why not. A pure decision; its words go to the ledger.
#pragma once
#include <string>
#include <string_view>

namespace warmup {

inline constexpr int kPairRepliesADay = 2;

struct ReplyFacts {
    bool proven_ours = false;  // token or Message-ID is ours, and the text is the one that was sent
    bool right_mailbox = false;  // it lies in the mailbox it was sent to
    bool automatic = false;      // Auto-Submitted, List-Id, Precedence, null return path (RFC 3834)
    int depth = 0;               // of the found mail: 0 is an opening
    int pair_replies_today = 0;  // from this mailbox to that sender
    bool measuring = false;      // mode = measure
    bool can_send = true;        // the mailbox is active and has a password
    double rate = 1.0;           // [warmup] reply_rate
    double roll = 0.0;           // drawn evenly from [0, 1)
};

struct ReplyDecision {
    bool reply = false;
    std::string_view reason;
};

// At most 2 replies a pair and day and threads of depth 4 keep any loop finite (threats.md row 13).
ReplyDecision decide_reply(const ReplyFacts& facts);

// "Re: …" once, whatever the subject already starts with.
std::string reply_subject(std::string_view subject);

}  // namespace warmup
