#include "warmup/reply_rules.h"

#include "base/text.h"

namespace warmup {

namespace {

constexpr int kDepthMax = 4;

}  // namespace

ReplyDecision decide_reply(const ReplyFacts& facts) {
    if (!facts.proven_ours) return {false, "the text is not the one we sent"};
    if (!facts.right_mailbox) return {false, "found in another mailbox than it was sent to"};
    if (facts.automatic) return {false, "it is marked as automatic"};
    if (facts.measuring) return {false, "the mailbox only measures"};
    if (!facts.can_send) return {false, "the mailbox can't send"};
    if (facts.depth + 1 > kDepthMax) return {false, "the thread is 4 deep"};
    if (facts.pair_replies_today >= kPairRepliesADay)
        return {false, "2 replies to this sender today"};
    if (facts.roll >= facts.rate) return {false, "not in the share that is answered"};
    return {true, "due"};
}

std::string reply_subject(std::string_view subject) {
    subject = base::trim(subject);
    while (base::starts_with_ignoring_case(subject, "re:")) subject = base::trim(subject.substr(3));
    return "Re: " + std::string(subject);
}

}  // namespace warmup
