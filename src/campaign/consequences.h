// What follows from a message that came back: a pure decision.
//
//   reply           the sequence stops, of the whole company where its campaign says so
//   automatic reply nothing is sent before the date it names, else for 7 days
//   bounce          with a proof that we sent the mail: suppressed where the address or its host is
//                   gone; else this lead is stopped, and refusals that blame the sender or the text
//                   are counted against mailbox and text; delayed: nothing
//   complaint, opt-out
//                   suppressed everywhere at once; an opt-out outside of our mail's thread stops
//                   mail to its own From address and waits for the owner
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "inbound/classify.h"

namespace campaign {

constexpr base::Duration kAutoReplyWait = std::chrono::hours(24 * 7);
constexpr base::Duration kAutoReplyWaitMax = std::chrono::hours(24 * 90);
// A report that comes later proves nothing any more.
constexpr base::Duration kBounceOfMailOf = std::chrono::hours(24 * 30);
// More addresses a mailbox loses in an hour by nobody's fault but a forger's (or a list's).
constexpr int kBounceSuppressionsPerHour = 50;
// The decision about such an address; by it they are counted.
constexpr std::string_view kAddressGone = "the address is gone: never again";

struct ReturnFacts {
    inbound::Kind kind = inbound::Kind::other;
    // What matched, if anything did.
    bool matched = false;
    bool proven = false;     // the writer has seen our mail (Match::is_proof)
    bool in_thread = false;  // … or it lies in our mail's thread (Match::is_in_thread)
    bool from_lead = false;
    bool is_receipt = false;  // a report that is no bounce: delivered, read
    std::optional<base::Timestamp> mailed_at;
    // Of a bounce: what the report says about the address we wrote to.
    bool names_our_address = false;
    bool from_this_mailbox = false;
    bool hard = false;
    bool delayed = false;
    std::string reason;
    std::string status;      // enhanced code
    int gone_last_hour = 0;  // addresses of this mailbox's mails
    // Of an automatic reply.
    std::optional<base::Timestamp> return_date;
    bool whole_company = false;  // campaign setting
    base::Timestamp now;
};

struct Consequence {
    std::string decision;     // in words, for the owner
    std::string lead_status;  // "": the lead goes on
    std::string outcome;      // of the mail: "", "replied", "bounced"
    std::string suppress;     // reason, "": nobody
    bool suppress_lead = false;
    bool suppress_from = false;
    bool pending = false;  // the suppression waits for the owner
    bool stop_company = false;
    std::optional<base::Timestamp> wait_until;
    bool against_mailbox = false;  // ledger
    bool against_text = false;     // ledger
    bool keep = true;              // shown in `campaign inbox`
};

Consequence consequence_of(const ReturnFacts& facts);

// What a bounce with this reason means for the address.
enum class BounceMeaning { gone, refused, other };
BounceMeaning meaning_of(std::string_view reason, std::string_view status, bool hard);

}  // namespace campaign
