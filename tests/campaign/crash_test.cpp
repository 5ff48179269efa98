// Workers that die at any moment, workers that sleep through their lease, and several at once.
#include "tests/campaign/campaign_world.h"

namespace {

using namespace std::chrono_literals;
using tests::CampaignWorld;
using tests::DraftRow;
using tests::Loss;

struct Death {
    const char* name;
    Loss loss;
    bool once;
};
void PrintTo(const Death& death, std::ostream* out) { *out << death.name; }

// Every draft ends as sent or in doubt, and nobody gets anything twice.
void expect_all_done(CampaignWorld& world) {
    EXPECT_EQ(world.broken_promise(), "");
    for (const DraftRow& row : world.drafts())
        EXPECT_TRUE(row.status == "sent" || row.status == "in_doubt") << row.id << row.status;
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign WHERE status = 'intent'"), 0);
}

std::unique_ptr<CampaignWorld> small_world() {
    auto world = std::make_unique<CampaignWorld>(CampaignWorld::Options{.senders = 2, .leads = 4});
    world->write_first_mails();
    world->settings.steps = {{0, true}};
    world->set_settings(world->settings);
    return world;
}

// What the next process finds: the store as it is, leases that end, connections gone.
void restart_and_finish(CampaignWorld& world) {
    world.dialer.on_write = {};
    world.store.lose(0);
    world.run(world.connector.close_idle(world.loop.in(10s)));
    world.go_on(11min);
    world.run_until(world.loop.now() + 1h, 5min);
}

class CampaignCrash : public testing::TestWithParam<Death> {};

TEST_P(CampaignCrash, AtAnyJobNothingLeavesTwiceAndNothingIsLost) {
    long last = 0;
    for (long job = 1;; ++job) {
        SCOPED_TRACE("job " + std::to_string(job));
        const auto world = small_world();
        world->store.lose(job, GetParam().loss, GetParam().once);
        bool died = false;
        try {
            world->pass();
        } catch (const store::StoreError&) {
            died = true;
        }
        restart_and_finish(*world);
        expect_all_done(*world);
        if (testing::Test::HasFailure()) return;
        last = job;
        if (!died) break;
    }
    EXPECT_GT(last, 8);
}

INSTANTIATE_TEST_SUITE_P(
    Deaths,
    CampaignCrash,
    testing::Values(
        Death{"killed_before_a_job", Loss::before, false},
        Death{"killed_after_a_commit", Loss::after_commit, false},
        Death{"one_job_lost", Loss::before, true},
        Death{"one_answer_lost", Loss::after_commit, true}
    ),
    [](const auto& one) { return std::string(one.param.name); }
);

// From the n-th write on the wire on, nothing is recorded any more.
TEST(CampaignCrashOnTheWire, AtAnyWriteNothingLeavesTwice) {
    int in_doubt = 0;
    long last = 0;
    for (long write = 1;; ++write) {
        SCOPED_TRACE("write " + std::to_string(write));
        const auto world = small_world();
        long writes = 0;
        world->dialer.on_write = [&](const std::string&) {
            if (++writes == write) world->store.lose(1);
        };
        try {
            world->pass();
        } catch (const store::StoreError& error) {
            EXPECT_EQ(error.kind, store::StoreError::Kind::lost);
        }
        restart_and_finish(*world);
        expect_all_done(*world);
        in_doubt +=
            static_cast<int>(std::ranges::count(world->drafts(), "in_doubt", &DraftRow::status));
        if (testing::Test::HasFailure()) return;
        last = write;
        if (writes < write) break;
    }
    EXPECT_GT(last, 10);
    EXPECT_GT(in_doubt, 0) << "no write met an intent without its answer";
}

TEST(CampaignLease, ADeadWorkersClaimComesBackWithTheSameBytes) {
    const auto world = small_world();
    // Dies when its mail is prepared and its intent is not committed.
    world->dialer.on_write = [&](const std::string&) { world->store.lose(1); };
    EXPECT_THROW(world->pass(1), store::StoreError);
    world->dialer.on_write = {};
    world->store.lose(0);
    EXPECT_EQ(world->draft(1).status, "claimed");
    const std::string raw = world->raw_of(1);
    ASSERT_FALSE(raw.empty());
    world->go_on(5min);
    world->pass(0);
    EXPECT_EQ(world->draft(1).status, "claimed") << "its lease runs";
    world->go_on(6min);
    EXPECT_GE(world->pass().sent, 1);
    EXPECT_EQ(world->draft(1).status, "sent");
    EXPECT_EQ(world->draft(1).claim_token, 2);
    EXPECT_EQ(world->world.delivered().at(0).raw, raw);
}

TEST(CampaignLease, AWorkerThatSleptThroughItsLeaseIsRefusedBeforeTheDot) {
    const auto world = small_world();
    // Stopped between two writes of its SMTP session, as by SIGSTOP, while another worker takes
    // over.
    bool slept = false;
    mailbox::Connector other(world->dialer, world->loop, {});
    world->dialer.on_write = [&](const std::string&) {
        if (slept) return;
        slept = true;
        world->change("UPDATE email_drafts SET lease_until = 1 WHERE status = 'claimed'");
        const base::Timestamp now = world->loop.now();
        const campaign::Limits limits = world->limits;
        world->as(store::Role::campaign, [&](store::Connection& connection) {
            campaign::settle(connection, limits, now);
        });
    };
    const campaign::PassResult result = world->pass(1);
    EXPECT_TRUE(slept);
    EXPECT_EQ(result.sent, 0);
    EXPECT_TRUE(world->world.delivered().empty());
    EXPECT_EQ(world->draft(1).status, "ready_to_send");
    EXPECT_EQ(world->mails().at(0).status, "prepared");
    restart_and_finish(*world);
    expect_all_done(*world);
}

TEST(CampaignWorkers, TwoOnOneStoreShareTheDraftsAndSendNoneTwice) {
    CampaignWorld world({.senders = 4, .leads = 24});
    world.settings.steps = {{0, true}};
    world.set_settings(world.settings);
    world.write_first_mails();
    mailbox::Connector second(world.dialer, world.loop, {});
    std::map<std::string, int> by_owner;
    for (int i = 0; i < 12; ++i) {
        std::vector<base::Task<campaign::PassResult>> passes;
        passes.push_back(world.pass_of("one", world.connector));
        passes.push_back(world.pass_of("two", second));
        const auto results = world.run(base::when_all(std::move(passes)));
        by_owner["one"] += results[0].sent;
        by_owner["two"] += results[1].sent;
        world.go_on(12min);
    }
    EXPECT_EQ(world.broken_promise(), "");
    EXPECT_EQ(by_owner["one"] + by_owner["two"], 20) << "five of each mailbox's first day";
    EXPECT_EQ(world.world.delivered().size(), 20U);
}

}  // namespace
