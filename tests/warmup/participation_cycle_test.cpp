// Who takes part in a cycle: mailboxes whose provider's policy is accepted; and of those that are
// only measured, the placement, nothing else.
#include "tests/warmup/warmup_world.h"

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::WarmupWorld;

void set_mode(WarmupWorld& world, const std::string& email, mailbox::Mode mode) {
    const std::int64_t id = world.mailbox(email).id;
    EXPECT_TRUE(world.as(store::Role::operator_, [id, mode](store::Connection& connection) {
        return mailbox::set_mode(connection, id, mode);
    }));
}

bool stands_in(const tests::EmailRow& row, const std::string& email) {
    return row.from_ == email || row.to_ == email;
}

}  // namespace

TEST(Participation, AMailboxThatIsNotAcceptedIsLeftOutAndNamed) {
    WarmupWorld world;
    const std::string sender = world.senders[0];
    const std::string seed = world.seeds[0];
    for (const std::string& email : {sender, seed})
        world.change(
            "UPDATE mailboxes SET policy_accepted_at = NULL WHERE email = '" + email + "'"
        );
    const warmup::CycleResult result = world.cycle();
    ASSERT_THAT(result.skipped, SizeIs(2));
    EXPECT_EQ(result.skipped[0].mailbox, sender);
    EXPECT_EQ(result.skipped[1].mailbox, seed);
    for (const warmup::Skipped& skipped : result.skipped)
        EXPECT_THAT(skipped.reason, HasSubstr("pilotlight mailbox accept " + skipped.mailbox));
    EXPECT_EQ(result.sent, 2);
    for (const tests::EmailRow& row : world.emails()) {
        EXPECT_FALSE(stands_in(row, sender)) << row.from_ << " " << row.to_;
        EXPECT_FALSE(stands_in(row, seed)) << row.from_ << " " << row.to_;
    }
    // The result names them; a warning would show them a second time.
    EXPECT_EQ(world.warnings("is left out"), 0);
    EXPECT_EQ(result.mailboxes_failed, 0);
}

TEST(Participation, AcceptedLaterItTakesPartInTheNextCycle) {
    WarmupWorld world;
    const std::int64_t id = world.mailbox(world.senders[0]).id;
    world.change("UPDATE mailboxes SET policy_accepted_at = NULL WHERE id = " + std::to_string(id));
    EXPECT_EQ(world.cycle().sent, 2);
    const base::Timestamp now = world.loop.now();
    world.as(store::Role::operator_, [id, now](store::Connection& connection) {
        return mailbox::accept_policy(connection, id, now);
    });
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 3);
    EXPECT_THAT(result.skipped, IsEmpty());
}

TEST(Participation, AMeasuredSeedIsWatchedAndNotAnswered) {
    WarmupWorld world;
    for (const std::string& seed : world.seeds) set_mode(world, seed, mailbox::Mode::measure);
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 3);
    EXPECT_EQ(result.replies, 0);
    EXPECT_EQ(result.placement.inbox + result.placement.spam + result.placement.elsewhere, 3);
    EXPECT_THAT(world.replies(), IsEmpty());
    for (const tests::EmailRow& row : world.openings())
        EXPECT_THAT(
            world.ledger_of(row.id),
            testing::Contains("leave it unanswered: the mailbox only measures")
        );
}

TEST(Participation, AMeasuredSendersMailIsNotAnsweredWhileOthersIs) {
    WarmupWorld world;
    set_mode(world, world.senders[0], mailbox::Mode::measure);
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 3);
    EXPECT_EQ(result.replies, 2);
    for (const tests::EmailRow& reply : world.replies()) EXPECT_NE(reply.to_, world.senders[0]);
}

TEST(Participation, WhatWasDueBeforeItWasMeasuredIsNotSentAfterwards) {
    WarmupWorld world;
    world.cycle();
    const std::size_t before = world.replies().size();
    ASSERT_EQ(before, 3U);
    // As a crash between the decision and the answer leaves it.
    world.change("DELETE FROM emails_warmup WHERE email_type = 'warmup_reply'");
    world.change("UPDATE warmup_threads SET reply_message_id = NULL, reply_decision = 'due'");
    for (const std::string& seed : world.seeds) set_mode(world, seed, mailbox::Mode::measure);
    EXPECT_EQ(world.look().replies, 0);
    EXPECT_THAT(world.replies(), IsEmpty());
    for (const std::string& seed : world.seeds) set_mode(world, seed, mailbox::Mode::warmup);
    EXPECT_EQ(world.look().replies, 3);
}

// Mail of a sender that is only measured lies first in the list, more of it than is read at once.
TEST(Participation, WhatWaitsForAMeasuredSenderHidesNoOther) {
    WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 0});
    world.cycle();
    ASSERT_EQ(world.replies().size(), 2U);
    world.change("DELETE FROM emails_warmup WHERE email_type = 'warmup_reply'");
    world.change("UPDATE warmup_threads SET reply_message_id = NULL, reply_decision = 'due'");
    world.change("DELETE FROM warmup_threads WHERE email_id NOT IN (SELECT id FROM emails_warmup)");
    const std::string measured = world.senders[0];
    set_mode(world, measured, mailbox::Mode::measure);
    const std::string of_measured = "(SELECT id FROM emails_warmup WHERE from_mailbox_id = " +
                                    std::to_string(world.mailbox(measured).id) + " AND id < 1000)";
    world.change("UPDATE warmup_threads SET id = 9000 WHERE email_id NOT IN " + of_measured);
    for (int copy = 1000; copy < 1150; ++copy) {
        world.change(fmt::format(
            R"(INSERT INTO emails_warmup (id, email_type, "from", "to", from_mailbox_id,
               to_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, created_at)
               SELECT {0}, email_type, "from", "to", from_mailbox_id, to_mailbox_id, subject,
               message_id || '{0}', status, send_key || '{0}', token || '{0}', raw_sha256, created_at
               FROM emails_warmup WHERE id IN {1})",
            copy,
            of_measured
        ));
        world.change(fmt::format(
            R"(INSERT INTO warmup_threads (id, email_id, original_message_id, "from", "to", subject,
               received_from_folder, placement, found_at, reply_decision, created_at)
               SELECT {0}, {0}, original_message_id || '{0}', "from", "to", subject,
               received_from_folder, placement, found_at, 'due', created_at
               FROM warmup_threads WHERE email_id IN {1})",
            copy,
            of_measured
        ));
    }
    EXPECT_EQ(world.look().replies, 1);
}

TEST(Participation, ARemovedMailboxLeavesItsOpenMailCancelled) {
    WarmupWorld world;
    const mailbox::Mailbox sender = world.mailbox(world.senders[0]);
    world.world.set_fault(sender.email, {.refuse_login = true});
    world.cycle();
    const auto prepared = [&] {
        return world.count(
            "SELECT COUNT(*) FROM emails_warmup WHERE status = 'prepared' AND from_mailbox_id = " +
            std::to_string(sender.id)
        );
    };
    ASSERT_EQ(prepared(), 1);
    world.as(store::Role::operator_, [&sender](store::Connection& connection) {
        return mailbox::remove(connection, sender.id);
    });
    world.pass(std::chrono::hours(48));  // whatever it was put off for is over
    world.cycle();
    EXPECT_EQ(prepared(), 0);
    EXPECT_EQ(
        world.count(
            "SELECT COUNT(*) FROM emails_warmup WHERE status = 'cancelled' AND from_mailbox_id = " +
            std::to_string(sender.id)
        ),
        1
    );
    EXPECT_EQ(world.broken_promise(), "");
}
