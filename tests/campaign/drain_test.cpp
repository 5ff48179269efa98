// Both sides on one store, the same mailboxes, one clock: emptying one pool leaves the rate of the
// other as it is.
#include "tests/campaign/campaign_world.h"
#include "warmup/warmup.h"

namespace {

using namespace std::chrono_literals;
using tests::CampaignWorld;

constexpr int kDays = 3;

// What left of each side, cycle by cycle (six a day). Of warmup the openings: whether a mail is
// answered, and when, is the seed mailboxes' and chance's.
struct Rates {
    std::vector<std::int64_t> warmup;
    std::vector<std::int64_t> campaign;
};

class BothSides {
  public:
    BothSides() : both_({.senders = 4, .leads = 150}), model_(both_.loop) {
        both_.add_mailbox("seed0@gmail-like.test", mailbox::Role::seed);
        both_.add_mailbox("seed1@gmail-like.test", mailbox::Role::seed);
        both_.write_first_mails();
        settings_.zone = both_.limits.zone;
        settings_.token_header = "X-Abcdefgh";
        both_.limits.token_header = settings_.token_header;
    }

    // Runs some days; `before_cycle` may drain a pool.
    Rates run(const std::function<void(CampaignWorld&, int day)>& before_cycle) {
        Rates rates;
        base::Timestamp at = tests::kCampaignStart;
        for (int cycle = 0; cycle < kDays * 6; ++cycle) {
            if (before_cycle) before_cycle(both_, cycle / 6);
            const std::int64_t warmup_before = sent(kOpenings);
            const std::int64_t campaign_before = sent(kCampaignMails);
            warmup::Warmup warmup(
                {both_.store,
                 both_.connector,
                 model_,
                 both_.loop,
                 random_,
                 both_.vault,
                 both_.mint,
                 settings_}
            );
            both_.run(warmup.run_bidirectional_warmup_cycle(120s));
            at = at + 4h;
            both_.run_until(at, 10min);
            rates.warmup.push_back(sent(kOpenings) - warmup_before);
            rates.campaign.push_back(sent(kCampaignMails) - campaign_before);
        }
        return rates;
    }

  private:
    static constexpr const char* kOpenings =
        "emails_warmup WHERE email_type = 'warmup_bidirectional' AND status = 'accepted'";
    static constexpr const char* kCampaignMails = "emails_campaign WHERE status = 'accepted'";
    std::int64_t sent(const std::string& of) { return both_.count("SELECT COUNT(*) FROM " + of); }

    CampaignWorld both_;
    tests::ScriptedModel model_;
    base::SeededRandom random_{9};
    warmup::Settings settings_;
};

std::int64_t sum(const std::vector<std::int64_t>& counts, std::size_t from) {
    std::int64_t all = 0;
    for (std::size_t i = from; i < counts.size(); ++i) all += counts[i];
    return all;
}

TEST(DrainedPools, NoDraftLeavesWarmupsRateAsItIs) {
    const Rates full = BothSides().run({});
    const Rates drained = BothSides().run([](CampaignWorld& world, int day) {
        if (day > 0) world.change("DELETE FROM email_drafts WHERE status = 'ready_to_send'");
    });
    EXPECT_GT(sum(full.campaign, 6), 10);
    EXPECT_EQ(sum(drained.campaign, 6), 0) << "the pool is empty from the second day on";
    EXPECT_GT(sum(full.warmup, 6), 10);
    EXPECT_EQ(drained.warmup, full.warmup);
}

TEST(DrainedPools, NoTemplateLeavesTheCampaignsRateAsItIs) {
    const Rates full = BothSides().run({});
    const Rates drained = BothSides().run([](CampaignWorld& world, int day) {
        if (day > 0) world.change("DELETE FROM warmup_email_drafts");
    });
    EXPECT_GT(sum(full.campaign, 6), 10);
    EXPECT_EQ(drained.campaign, full.campaign);
}

// The other way round too: a side that sends nothing at all gives the other no more than its own.
TEST(DrainedPools, WithoutWarmupsMailTheCampaignsSendNoFaster) {
    const Rates full = BothSides().run({});
    const Rates alone = BothSides().run([](CampaignWorld& world, int day) {
        if (day > 0) world.change("UPDATE mailboxes SET status = 'paused' WHERE role = 'seed'");
    });
    EXPECT_LT(sum(alone.warmup, 12), sum(full.warmup, 12));
    EXPECT_EQ(sum(alone.campaign, 6), sum(full.campaign, 6));
}

}  // namespace
