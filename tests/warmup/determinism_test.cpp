// The same seed gives the same bytes and the same rows; another seed gives others.
#include "tests/warmup/warmup_world.h"

namespace {

using tests::WarmupWorld;

struct Story {
    std::string digest;
    std::vector<tests::EmailRow> emails;
    std::vector<tests::ThreadRow> threads;
    std::vector<std::string> templates;
    std::vector<std::string> ledger;
    std::vector<std::string> log;
};

Story live(std::uint64_t seed, tests::ScriptedModel::Mood mood) {
    WarmupWorld world({.seed = seed, .senders = 4, .gmail = 2, .outlook = 1});
    world.settings.reply_rate = 0.7;
    world.model.mood = mood;
    world.world.set_fault(tests::address(world.senders[0]), {.greylist_once = true});
    world.world.set_fault(tests::address(world.senders[1]), {.drop_after_dot = 1});
    world.world.set_fault(tests::address(world.senders[2]), {.hang = true});
    for (int cycle = 0; cycle < 8; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    Story story{world.world.smtp_digest(), world.emails(), world.threads(), {}, {}, {}};
    for (const warmup::Template& one : world.templates())
        story.templates.push_back(one.subject + "|" + one.body + "|" + one.generated_via);
    for (const tests::EmailRow& row : story.emails)
        for (const std::string& line : world.ledger_of(row.id)) story.ledger.push_back(line);
    for (const base::log::Line& line : world.log) story.log.push_back(line.text);
    return story;
}

}  // namespace

TEST(Determinism, TheSameSeedGivesTheSameBytesAndRows) {
    for (const auto mood :
         {tests::ScriptedModel::Mood::writes, tests::ScriptedModel::Mood::refuses}) {
        const Story one = live(11, mood);
        const Story two = live(11, mood);
        EXPECT_EQ(one.digest, two.digest);
        EXPECT_TRUE(one.emails == two.emails);
        EXPECT_TRUE(one.threads == two.threads);
        EXPECT_EQ(one.templates, two.templates);
        EXPECT_EQ(one.ledger, two.ledger);
        EXPECT_EQ(one.log, two.log);
        EXPECT_GT(one.emails.size(), 30U);
    }
}

TEST(Determinism, AnotherSeedGivesOthers) {
    const auto mood = tests::ScriptedModel::Mood::writes;
    EXPECT_NE(live(11, mood).digest, live(12, mood).digest);
}
