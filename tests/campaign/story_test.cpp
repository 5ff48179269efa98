// 200 leads, 8 senders, two weeks on the virtual clock: replies, bounces, opt-outs, servers that
// say "later", a worker that is killed now and then. Every lead ends where it should.
#include <fmt/format.h>

#include <map>
#include <set>

#include "mime/message.h"
#include "tests/campaign/campaign_world.h"

namespace {

using namespace std::chrono_literals;
using tests::CampaignWorld;
using tests::MailRow;

constexpr int kLeads = 200;
constexpr int kSenders = 8;

enum class Fate { silent, replies_to_first, replies_to_second, opts_out, dead };

Fate fate_of(std::int64_t lead) {
    switch (lead % 10) {
        case 1:
            return Fate::replies_to_first;
        case 2:
            return Fate::replies_to_second;
        case 3:
            return Fate::opts_out;
        case 4:
            return Fate::dead;
        default:
            return Fate::silent;
    }
}

class CampaignStory : public testing::Test {
  protected:
    void SetUp() override {
        world_ = std::make_unique<CampaignWorld>(
            CampaignWorld::Options{.seed = 11, .senders = kSenders, .leads = 0}
        );
        world_->limits.domain_per_day_young = 200;
        for (int i = 1; i <= kLeads; ++i)
            world_->add_lead(
                fmt::format("lead{}@gmail-like.test", i),
                fmt::format("company{}.test", i / 2),
                fate_of(i) != Fate::dead
            );
        world_->write_first_mails();
    }

    // What the incoming side makes of answers, an hour after each mail.
    void answer() {
        for (const MailRow& mail : world_->mails()) {
            if (mail.status != "accepted" || world_->loop.now() < mail.sent_at + 1h) continue;
            const Fate fate = fate_of(mail.lead_id);
            const bool replies = (fate == Fate::replies_to_first && mail.followup_number == 0) ||
                                 (fate == Fate::replies_to_second && mail.followup_number == 1);
            const bool opts_out = fate == Fate::opts_out && mail.followup_number == 0;
            if (!replies && !opts_out) continue;
            if (!answered_.emplace(mail.lead_id).second) continue;
            stopped_at_[mail.lead_id] = world_->loop.now();
            world_->stop(mail.lead_id, replies ? "replied" : "unsubscribed");
        }
    }

    void play() {
        int passes = 0;
        base::SeededRandom chance(3);
        const base::Timestamp end = tests::kCampaignStart + 24h * 14;
        while (world_->loop.now() < end) {
            if (++passes % 40 == 0)
                world_->world.set_fault(
                    base::Email::parse(world_->senders[chance.below(kSenders)]).value(),
                    {.greylist_once = true}
                );
            // Killed somewhere in this pass.
            if (passes % 25 == 0) world_->store.lose(chance.between(1, 30), tests::Loss::before);
            world_->look();
            try {
                world_->pass();
            } catch (const store::StoreError&) {
                ++kills_;
            }
            world_->store.lose(0);
            answer();
            const bool night = world_->loop.now().micros / 3'600'000'000 % 24 >= 16;
            world_->go_on(night ? 2h : 7min);
        }
    }

    void expect_right_ends() {
        std::map<std::int64_t, int> mails;
        std::map<std::int64_t, std::string> account;
        for (const MailRow& mail : world_->mails()) {
            if (mail.status != "accepted") continue;
            ++mails[mail.lead_id];
            const auto first = account.emplace(mail.lead_id, mail.from_).first;
            EXPECT_EQ(first->second, mail.from_) << "lead " << mail.lead_id;
            if (stopped_at_.contains(mail.lead_id))
                EXPECT_LE(mail.sent_at, stopped_at_[mail.lead_id]) << mail.lead_id;
        }
        for (const campaign::Lead& lead : world_->leads()) {
            const bool doubt =
                world_->count(fmt::format(
                    "SELECT COUNT(*) FROM email_drafts WHERE lead_id = {} AND status = 'in_doubt'",
                    lead.id
                )) > 0;
            EXPECT_LE(mails[lead.id], 3);
            if (doubt) continue;
            switch (fate_of(lead.id)) {
                case Fate::silent:
                    EXPECT_EQ(lead.status, "finished") << lead.id << " " << lead.status_reason;
                    EXPECT_EQ(mails[lead.id], 3) << lead.id;
                    break;
                case Fate::replies_to_first:
                    EXPECT_EQ(lead.status, "replied");
                    EXPECT_EQ(mails[lead.id], 1);
                    break;
                case Fate::replies_to_second:
                    EXPECT_EQ(lead.status, "replied");
                    EXPECT_EQ(mails[lead.id], 2);
                    break;
                case Fate::opts_out:
                    EXPECT_EQ(lead.status, "unsubscribed");
                    EXPECT_EQ(mails[lead.id], 1);
                    break;
                case Fate::dead:
                    EXPECT_EQ(lead.status, "bounced");
                    EXPECT_EQ(mails[lead.id], 0);
                    break;
            }
        }
    }

    // Of each mailbox by the time of acceptance: gaps, caps, hours.
    void expect_good_manners() {
        std::map<std::string, std::vector<base::Timestamp>> times;
        for (const sandbox::Delivered& mail : world_->world.delivered()) {
            times[mail.from.str()].push_back(mail.accepted_at);
            const base::Timestamp local =
                mail.accepted_at + world_->limits.zone.offset_at(mail.accepted_at);
            const std::int64_t hour = local.micros / 3'600'000'000;
            EXPECT_GE(hour % 24, 9);
            EXPECT_LT(hour % 24, 17);
            EXPECT_LT((hour / 24 + 3) % 7, 5) << "on a weekend: " << base::to_iso(mail.accepted_at);
        }
        std::size_t least = SIZE_MAX;
        std::size_t most = 0;
        for (const auto& [account, at] : times) {
            for (std::size_t i = 1; i < at.size(); ++i)
                EXPECT_GE(at[i] - at[i - 1], base::Duration(7min)) << account;
            for (const base::Timestamp from : at)
                EXPECT_LE(
                    std::ranges::count_if(
                        at, [&](base::Timestamp one) { return one >= from && one < from + 24h; }
                    ),
                    30
                );
            least = std::min(least, at.size());
            most = std::max(most, at.size());
        }
        EXPECT_EQ(times.size(), static_cast<std::size_t>(kSenders));
        EXPECT_LE(most - least, most / 3) << "the load is not even";
    }

    void expect_threads() {
        std::map<std::string, mime::Message> by_id;
        int in_thread = 0;
        for (const sandbox::Delivered& mail : world_->world.delivered())
            by_id[mail.message_id] = mime::read_message(mail.raw);
        std::map<std::int64_t, MailRow> first;
        for (const MailRow& mail : world_->mails())
            if (mail.followup_number == 0 && mail.status == "accepted") first[mail.lead_id] = mail;
        for (const MailRow& mail : world_->mails()) {
            if (mail.followup_number != 1 || mail.status != "accepted") continue;
            ++in_thread;
            const mime::Message& message = by_id.at(mail.message_id);
            EXPECT_EQ(message.subject, "Re: " + first.at(mail.lead_id).subject);
            EXPECT_EQ(message.in_reply_to.at(0).str(), first.at(mail.lead_id).message_id);
        }
        EXPECT_GT(in_thread, 100);
    }

    // Nobody of a company has a mail on the same day as a colleague.
    void expect_one_a_day_to_a_company() {
        std::map<std::int64_t, std::string> company;
        for (const campaign::Lead& lead : world_->leads()) company[lead.id] = lead.organisation;
        std::set<std::pair<std::string, std::string>> days;
        for (const MailRow& mail : world_->mails()) {
            if (mail.status != "accepted") continue;
            const std::string day = world_->limits.zone.day_at(mail.sent_at).str();
            EXPECT_TRUE(days.emplace(company[mail.lead_id], day).second)
                << company[mail.lead_id] << " on " << day;
        }
    }

    std::unique_ptr<CampaignWorld> world_;
    std::set<std::int64_t> answered_;
    std::map<std::int64_t, base::Timestamp> stopped_at_;
    int kills_ = 0;
};

TEST_F(CampaignStory, TwoHundredLeadsEndWhereTheyShould) {
    play();
    EXPECT_EQ(world_->broken_promise(), "");
    expect_right_ends();
    expect_good_manners();
    expect_threads();
    expect_one_a_day_to_a_company();
    EXPECT_GT(kills_, 5);
    const std::int64_t doubts =
        world_->count("SELECT COUNT(*) FROM email_drafts WHERE status = 'in_doubt'");
    EXPECT_LT(doubts, kLeads / 10);
    RecordProperty("mails", static_cast<int>(world_->world.delivered().size()));
}

}  // namespace
