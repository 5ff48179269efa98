// A cycle that ends at any job of the store, as by a kill, and the normal run after it.
#include "tests/warmup/warmup_world.h"

namespace {

using tests::EmailRow;
using tests::Loss;
using tests::WarmupWorld;

struct Death {
    const char* name;
    Loss loss;
    bool once;  // one failure, and the process lives on
};

// For GoogleTest: the padding of a Death has no value to print.
void PrintTo(const Death& death, std::ostream* out) { *out << death.name; }

// Two senders and two seeds with a past: found mail, a reply that waits, filings that are due.
std::unique_ptr<WarmupWorld> world_with_a_past() {
    auto world = std::make_unique<WarmupWorld>(
        WarmupWorld::Options{.seed = 4, .kind = "kind", .senders = 2, .gmail = 1, .outlook = 1}
    );
    world->settings.answer_back_rate = 1.0;
    world->settings.file_in_seeds = true;
    // Nobody files what the second sender sends: we do.
    world->world.set_files_sent(tests::address(world->senders[1]), false);
    world->world.set_fault(tests::address(world->seeds[0]), {.greylist_once = true});
    world->cycle();
    world->pass(std::chrono::minutes(20));
    world->look();  // finds the answers, plans what is filed in the next run
    world->pass(std::chrono::hours(4));
    return world;
}

// The run that dies, as far as it comes; false where it came to its end.
bool dies(WarmupWorld& world, long at_job, const Death& death) {
    world.store.lose(at_job, death.loss, death.once);
    try {
        world.cycle(std::chrono::seconds(30));
    } catch (const store::StoreError&) {
        return true;
    }
    return false;
}

// What the next process finds: the store as it is, connections gone.
void restart(WarmupWorld& world) {
    world.store.lose(0);
    const base::MonotonicTime deadline = world.loop.in(std::chrono::seconds(10));
    world.run(world.connector.close_idle(deadline));
    world.pass(std::chrono::minutes(10));
}

// Of a mail that arrived, however often we died while moving it and its Sent copy.
void expect_one_copy_a_side(WarmupWorld& world, const EmailRow& row, bool arrived) {
    const auto copies_in = [&](const std::string& account) {
        std::set<std::string> folders;
        int copies = 0;
        for (const auto& mail : world.world.messages(tests::address(account))) {
            if (mail.message_id != row.message_id) continue;
            // At Gmail the message of another folder lies in All Mail too.
            if (mail.folder == "[Gmail]/All Mail") continue;
            ++copies;
            EXPECT_TRUE(folders.insert(mail.folder).second) << mail.folder;
        }
        return copies;
    };
    if (arrived) EXPECT_LE(copies_in(row.to_), 1);
    EXPECT_LE(copies_in(row.from_), 1) << row.sent_copy;
    if (row.sent_copy == "appended") EXPECT_EQ(copies_in(row.from_), 1);
}

void expect_a_sound_store(WarmupWorld& world) {
    EXPECT_EQ(world.broken_promise(), "");
    std::set<std::string> tokens;
    std::map<std::int64_t, std::string> filed;
    for (const EmailRow& row : world.emails()) {
        EXPECT_NE(row.status, "intent");
        EXPECT_NE(row.status, "not_accepted");
        EXPECT_TRUE(tokens.insert(row.token).second);
        for (const sandbox::Delivered& mail : world.world.delivered())
            if (mail.message_id == row.message_id && mail.filed_at)
                filed[row.id] = tests::placement_of(mail);
        expect_one_copy_a_side(world, row, filed.contains(row.id));
    }
    // All that arrived at a seed is found, once, where it was filed; none of it is in doubt.
    std::map<std::int64_t, std::string> found;
    for (const tests::ThreadRow& thread : world.threads())
        found[thread.email_id] = thread.placement;
    for (const EmailRow& row : world.emails()) {
        if (!filed.contains(row.id)) continue;
        EXPECT_EQ(found[row.id], filed[row.id]);
        EXPECT_EQ(row.status, "accepted");
    }
}

class Crash : public testing::TestWithParam<Death> {};

}  // namespace

TEST_P(Crash, AtAnyJobNothingIsSentTwiceAndNothingIsLost) {
    long last = 0;
    for (long job = 1;; ++job) {
        SCOPED_TRACE("job " + std::to_string(job));
        const std::unique_ptr<WarmupWorld> world = world_with_a_past();
        const bool died = dies(*world, job, GetParam());
        restart(*world);
        world->cycle();
        world->pass(std::chrono::minutes(20));
        world->look();
        expect_a_sound_store(*world);
        if (testing::Test::HasFailure()) return;
        last = job;
        if (!died) break;
    }
    EXPECT_GT(last, 30);
}

INSTANTIATE_TEST_SUITE_P(
    Deaths,
    Crash,
    testing::Values(
        Death{"killed_before_a_job", Loss::before, false},
        Death{"killed_after_a_commit", Loss::after_commit, false},
        Death{"one_job_lost", Loss::before, true},
        Death{"one_answer_lost", Loss::after_commit, true}
    ),
    [](const auto& one) { return std::string(one.param.name); }
);

TEST(CrashWithFaults, AndAServerThatDropsTheConnectionToo) {
    for (long job = 1; job < 60; job += 3) {
        for (const sandbox::Fault& fault :
             {sandbox::Fault{.drop_after_dot = 1},
              sandbox::Fault{.drop_before_dot = 1},
              sandbox::Fault{.greylist_once = true}}) {
            SCOPED_TRACE("job " + std::to_string(job));
            const std::unique_ptr<WarmupWorld> world = world_with_a_past();
            world->world.set_fault(tests::address(world->senders[0]), fault);
            world->world.set_fault(tests::address(world->seeds[1]), fault);
            dies(*world, job, {"", Loss::before, false});
            restart(*world);
            world->cycle();
            world->pass(std::chrono::minutes(20));
            world->look();
            EXPECT_EQ(world->broken_promise(), "");
        }
    }
}

TEST(Prepared, MailIsSentFirstByTheNextRunWithTheSameMessageId) {
    // Die when the opening is prepared and its intent is not committed.
    std::unique_ptr<WarmupWorld> dying;
    for (long job = 1; !dying || dying->emails().empty(); ++job) {
        dying.reset();
        dying = std::make_unique<WarmupWorld>(
            WarmupWorld::Options{.senders = 1, .gmail = 1, .outlook = 0}
        );
        dying->store.lose(job);
        EXPECT_THROW(dying->send(), store::StoreError);
        dying->store.lose(0);
    }
    WarmupWorld& world = *dying;
    const EmailRow row = world.emails().at(0);
    ASSERT_EQ(row.status, "prepared");
    EXPECT_TRUE(world.world.delivered().empty());
    EXPECT_EQ(world.send().sent, 2);
    EXPECT_EQ(world.world.delivered().at(0).message_id, row.message_id);
    EXPECT_EQ(world.world.delivered().at(0).raw, row.raw);
}
