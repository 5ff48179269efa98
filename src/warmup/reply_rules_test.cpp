#include "warmup/reply_rules.h"

namespace {

warmup::ReplyFacts good() {
    warmup::ReplyFacts facts;
    facts.proven_ours = true;
    facts.right_mailbox = true;
    return facts;
}

}  // namespace

TEST(DecideReply, AnOrdinaryOpeningIsAnswered) { EXPECT_TRUE(warmup::decide_reply(good()).reply); }

TEST(DecideReply, EachRuleAloneKeepsTheReplyBack) {
    std::vector<warmup::ReplyFacts> bad(8, good());
    bad[0].proven_ours = false;
    bad[1].right_mailbox = false;
    bad[2].automatic = true;
    bad[3].depth = 4;
    bad[4].pair_replies_today = 2;
    bad[5].can_send = false;
    bad[7].measuring = true;
    bad[6].rate = 0.4;
    bad[6].roll = 0.4;
    std::set<std::string_view> reasons;
    for (const auto& facts : bad) {
        EXPECT_FALSE(warmup::decide_reply(facts).reply);
        EXPECT_TRUE(reasons.insert(warmup::decide_reply(facts).reason).second);
    }
}

TEST(DecideReply, TwoEnginesAnsweringEachOtherStop) {
    auto facts = good();
    int messages = 1;
    while (warmup::decide_reply(facts).reply) {
        ++messages;
        ++facts.depth;
    }
    EXPECT_EQ(messages, 5);
}

TEST(ReplySubject, SaysReOnce) {
    EXPECT_EQ(warmup::reply_subject("Notes"), "Re: Notes");
    EXPECT_EQ(warmup::reply_subject("RE: re:Notes"), "Re: Notes");
}
