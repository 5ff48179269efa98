#include "engine/campaign_capacity.h"

namespace engine {
namespace {

campaign::MailboxLoad warm(int sending_days) {
    campaign::MailboxLoad load;
    load.sending_days = sending_days;
    load.warmup_days = 30;
    return load;
}

TEST(CampaignCapacity, IsTheCapOfTwoDaysOfEverySenderThatIsWarm) {
    const campaign::Limits limits;
    EXPECT_EQ(first_mails_ahead({}, limits), 0);
    EXPECT_EQ(first_mails_ahead({warm(0)}, limits), 2 * 5);
    EXPECT_EQ(first_mails_ahead({warm(0), warm(100)}, limits), 2 * (5 + 30));
    campaign::MailboxLoad cold = warm(0);
    cold.warmup_days = 3;
    EXPECT_EQ(first_mails_ahead({cold}, limits), 0);
    campaign::Limits overridden = limits;
    overridden.ignore_warmup_days = true;
    EXPECT_EQ(first_mails_ahead({cold}, overridden), 2 * 5);
    campaign::Limits small = limits;
    small.mailbox_per_day = 4;
    small.drafts_ahead = std::chrono::hours(25);
    EXPECT_EQ(first_mails_ahead({warm(100)}, small), 2 * 4);
}

}  // namespace
}  // namespace engine
