// One warmup cycle of the program on real servers, judged by the files in the Maildirs.
#include "tests/lab/cycle_test.h"

namespace lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using FirstCycleTest = CycleTest;

TEST_F(FirstCycleTest, WorksGivenOnlyInitMailboxesAndAModel) {
    world_->set_up({});
    put_strangers();
    const CycleReport report = cycle();
    EXPECT_EQ(report.sent, 3) << "one opening per sender";
    EXPECT_EQ(report.inbox + report.spam, 3);
    expect_report_is_true(report);
    expect_good_openings();
    expect_replies_in_their_threads();
    expect_nothing_twice();
    expect_strangers_untouched();
    const std::unique_ptr<StoreView> store = world_->store();
    EXPECT_EQ(store->count("email_drafts"), 0);
    EXPECT_EQ(store->count("emails_campaign"), 0);
    EXPECT_EQ(openings_found(*store), report.inbox + report.spam);
}

TEST_F(FirstCycleTest, AnswersEveryMailWhenAskedToAndSaysWhereItLay) {
    world_->set_up({{"warmup.sends_per_cycle", "3"}, {"warmup.reply_rate", "1.0"}});
    put_strangers();
    const CycleReport report = cycle();
    // All nine pairs, since no pair repeats while another has not had its turn.
    EXPECT_EQ(report.sent, 9);
    EXPECT_EQ(report.replies, 9);
    EXPECT_EQ(report.inbox, 6);
    EXPECT_EQ(report.spam, 3);
    EXPECT_NEAR(report.spam_rate, 1.0 / 3, 0.001);
    std::set<std::string> pairs;
    for (const StoredMail& mail : openings()) {
        const std::string box = mail.path.substr(0, mail.path.find("/Maildir"));
        pairs.insert(sender_of(mail) + " to " + box);
    }
    EXPECT_EQ(pairs.size(), 9U);
    expect_report_is_true(report);
    expect_good_openings();
    expect_replies_in_their_threads();
    expect_nothing_twice();
    expect_strangers_untouched();
}

TEST_F(FirstCycleTest, AddsUpOverTwoRuns) {
    world_->set_up({{"warmup.reply_rate", "1.0"}});
    put_strangers();
    CycleReport total = cycle();
    const CycleReport second = cycle();
    EXPECT_EQ(second.sent, 3);
    total.sent += second.sent;
    total.replies += second.replies;
    total.inbox += second.inbox;
    total.spam += second.spam;
    expect_report_is_true(total);
    expect_replies_in_their_threads();
    expect_nothing_twice();
    expect_strangers_untouched();
}

TEST_F(FirstCycleTest, VerifiesTheSeparationAfterwards) {
    world_->set_up({});
    cycle();
    const Outcome outcome = world_->run({"verify"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("SEPARATION VERIFIED - WARMUP USES SEPARATE COLLECTION"));
    EXPECT_THAT(outcome.out, HasSubstr("Zoho Accounts: 3"));
    EXPECT_THAT(outcome.out, HasSubstr("Warmup Accounts: 3"));
    for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
        for (const Account& account : *accounts)
            EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(account.password)));
}

}  // namespace
}  // namespace lab
