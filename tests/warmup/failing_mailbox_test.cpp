// One mailbox in trouble never stops the others, and is told with its server's words.
#include "tests/warmup/warmup_world.h"

namespace {

using sandbox::Fault;
using tests::EmailRow;
using tests::WarmupWorld;

const warmup::Failure* failure_of(const warmup::CycleResult& result, const std::string& mailbox) {
    for (const warmup::Failure& one : result.failures)
        if (one.mailbox == mailbox) return &one;
    return nullptr;
}

}  // namespace

TEST(FailingMailbox, ASendersRefusedLoginStopsThatSenderOnly) {
    WarmupWorld world;
    world.world.set_fault(tests::address(world.senders[0]), {.refuse_login = true});
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 2);
    EXPECT_EQ(result.replies, 2);
    EXPECT_EQ(result.mailboxes_failed, 1);
    ASSERT_EQ(result.failures.size(), 1U);
    EXPECT_EQ(result.failures[0].mailbox, world.senders[0]);
    EXPECT_EQ(result.failures[0].error.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(result.failures[0].error.server_words, "Authentication Failed");
    EXPECT_EQ(world.dialer.dials(sandbox::smtp_endpoint("zoho").host), 3);
}

TEST(FailingMailbox, ASeedsRefusedLoginStopsThatSeedOnly) {
    WarmupWorld world;
    world.world.set_fault(tests::address(world.seeds[0]), {.refuse_login = true});
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 3);
    EXPECT_EQ(result.replies, 2);
    EXPECT_EQ(result.mailboxes_failed, 1);
    const warmup::Failure* failure = failure_of(result, world.seeds[0]);
    ASSERT_NE(failure, nullptr);
    EXPECT_EQ(failure->error.code, base::ErrorCode::unauthenticated);
    EXPECT_NE(failure->error.server_words.find("Invalid credentials"), std::string::npos);
}

TEST(FailingMailbox, AHangEndsAtItsDeadline) {
    for (const bool sender : {true, false}) {
        SCOPED_TRACE(sender ? "sender" : "seed");
        WarmupWorld world;
        world.settings.sends_per_cycle = 3;
        const std::string hanging = sender ? world.senders[0] : world.seeds[0];
        world.world.set_fault(tests::address(hanging), {.hang = true});
        const base::MonotonicTime begun = world.loop.monotonic();
        const warmup::CycleResult result = world.cycle(std::chrono::seconds(300));
        const auto took = world.loop.monotonic() - begun;
        EXPECT_LT(took, world.settings.mailbox_deadline + std::chrono::seconds(320));
        EXPECT_EQ(result.sent, sender ? 6 : 9);
        EXPECT_GT(result.replies, 3);
        EXPECT_EQ(result.mailboxes_failed, 1);
        // It is waited for once, not once for each of its mails.
        ASSERT_EQ(result.failures.size(), 1U);
        EXPECT_EQ(result.failures[0].mailbox, hanging);
        EXPECT_EQ(result.failures[0].error.code, base::ErrorCode::timed_out);
        EXPECT_EQ(world.broken_promise(), "");
    }
}

TEST(FailingMailbox, ASeedThatCanBeReadButCannotSendIsNotWaitedForTwice) {
    // The IMAP side works, the SMTP side of all Gmail-like ones is away.
    WarmupWorld world({.senders = 4, .gmail = 1, .outlook = 0});
    world.send();
    world.pass(std::chrono::minutes(15));
    const auto closed = sandbox::smtp_endpoint("gmail");
    world.change("UPDATE mailboxes SET smtp_url = 'smtps://nowhere.test:465' WHERE role = 'seed'");
    const warmup::CycleResult result = world.look();
    EXPECT_EQ(result.replies, 0);
    EXPECT_EQ(result.placement.inbox + result.placement.spam + result.placement.elsewhere, 4);
    EXPECT_EQ(result.failures.size(), 1U);
    EXPECT_EQ(result.mailboxes_failed, 0);  // it was read
    EXPECT_EQ(world.dialer.dials("nowhere.test"), 1);
    world.change(fmt::format(
        "UPDATE mailboxes SET smtp_url = '{}' WHERE role = 'seed'", mailbox::to_url(closed, "smtp")
    ));
    EXPECT_EQ(world.cycle().replies, 8);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(FailingMailbox, AllOfThemFailingIsCounted) {
    WarmupWorld world;
    for (const char* provider : {"zoho", "gmail", "outlook"})
        world.world.set_fault(provider, sandbox::ServerFault{.refuse_connections = true});
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent + result.replies, 0);
    EXPECT_EQ(result.mailboxes, 6);
    EXPECT_EQ(result.mailboxes_failed, 6);
}

TEST(FailingMailbox, ARefusedRecipientIsNotTheMailboxsFailure) {
    WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 0});
    world.change("UPDATE mailboxes SET email = 'gone@gmail-like.test' WHERE role = 'seed'");
    world.change("UPDATE mailboxes SET secret = '" + [&] {
        return world.vault.seal("app password", "gone@gmail-like.test", world.random);
    }() + "' WHERE role = 'seed'");
    const warmup::CycleResult result = world.send();
    EXPECT_EQ(result.sent, 0);
    EXPECT_EQ(result.failures.size(), 2U);
    EXPECT_EQ(result.failures[0].error.enhanced, "5.1.1");
    EXPECT_EQ(result.mailboxes_failed, 0);
    for (const EmailRow& row : world.openings()) EXPECT_EQ(row.status, "refused");
}

TEST(FailingMailbox, AGreylistedOpeningGoesOutInTheNextCycleWithTheSameMessageId) {
    WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 1});
    world.world.set_fault(tests::address(world.senders[0]), {.greylist_once = true});
    const warmup::CycleResult first = world.cycle();
    EXPECT_EQ(first.sent, 1);
    EXPECT_EQ(first.mailboxes_failed, 0);
    std::string waiting;
    for (const EmailRow& row : world.openings())
        if (row.status == "prepared") waiting = row.message_id;
    world.pass(std::chrono::hours(4));
    EXPECT_EQ(world.cycle().sent, 3);
    int arrived = 0;
    for (const sandbox::Delivered& mail : world.world.delivered())
        arrived += mail.message_id == waiting;
    EXPECT_EQ(arrived, 1);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(FailingMailbox, AnOpeningToASeedThatRestsDoesNotHoldItsSenderBack) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 1});
    world.world.set_fault(tests::address(world.senders[0]), {.greylist_once = true});
    EXPECT_EQ(world.send().sent, 0);
    ASSERT_EQ(world.openings().size(), 1U);
    const EmailRow waiting = world.openings()[0];
    // Its seed mailbox refuses our login meanwhile: it rests until the owner acts.
    const std::string seed = std::to_string(waiting.to_mailbox_id);
    world.change("UPDATE mailboxes SET status = 'paused', paused_by = 'login' WHERE id = " + seed);
    world.pass(std::chrono::hours(4));
    EXPECT_EQ(world.send().sent, 1);  // to the other one
    EXPECT_EQ(world.openings()[0].status, "prepared");
    world.change("UPDATE mailboxes SET status = 'active', paused_by = '' WHERE id = " + seed);
    world.pass(std::chrono::hours(4));
    EXPECT_GE(world.send().sent, 1);
    EXPECT_EQ(world.openings()[0].status, "accepted");
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(FailingMailbox, AWrongPasswordIsTriedOnceUntilTheOwnerActsAndNoBacklogGrows) {
    WarmupWorld world({.senders = 3, .gmail = 2, .outlook = 0});
    const std::string& wrong = world.senders[0];
    world.world.set_fault(tests::address(wrong), {.refuse_login = true});
    std::vector<int> mailboxes;
    for (int cycle = 0; cycle < 4; ++cycle) {
        // Another process each time: what is remembered stands in the store.
        world.connector.forget(world.mailbox(wrong).id);
        mailboxes.push_back(world.cycle().mailboxes);
        world.pass(std::chrono::hours(4));
    }
    EXPECT_EQ(mailboxes, (std::vector<int>{5, 4, 4, 4}));
    EXPECT_EQ(world.warnings("mailbox 1 is paused until its owner acts"), 1);
    const mailbox::Mailbox paused = world.mailbox(wrong);
    EXPECT_EQ(paused.status, mailbox::Status::paused);
    EXPECT_EQ(paused.paused_by, mailbox::PausedBy::login);
    EXPECT_FALSE(paused.paused_until);
    EXPECT_NE(paused.status_reason.find("535"), std::string::npos) << paused.status_reason;
    EXPECT_NE(paused.status_reason.find("Authentication Failed"), std::string::npos);
    EXPECT_EQ(
        world.count(
            "SELECT COUNT(*) FROM ledger WHERE subject_kind = 'mailbox' AND subject_id = 1 AND "
            "decision = 'paused'"
        ),
        1
    );
    int waiting = 0;
    for (const EmailRow& row : world.openings()) waiting += row.status == "prepared";
    EXPECT_EQ(waiting, 1);
    world.world.set_fault(tests::address(wrong), {});
    world.as(store::Role::operator_, [&](store::Connection& connection) {
        mailbox::set_status(connection, paused.id, mailbox::Status::active, "");
    });
    EXPECT_EQ(world.cycle().sent, 4);  // what waited, and this cycle's three
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(FailingMailbox, WhatIsPutOffTooOftenIsCancelled) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    for (int cycle = 0; cycle < world.settings.send_attempts_max; ++cycle) {
        world.world.set_fault(tests::address(world.senders[0]), {.greylist_once = true});
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    EXPECT_EQ(world.emails().size(), 1U);
    EXPECT_EQ(world.emails().at(0).attempts, world.settings.send_attempts_max);
    world.cycle();
    EXPECT_EQ(world.emails().at(0).status, "cancelled");
    EXPECT_EQ(world.emails().at(0).error_message, "put off too often");
    EXPECT_EQ(world.openings().at(1).status, "accepted");
}

// Tries that no server saw once counted as put off by one.
TEST(FailingMailbox, WhatReachesNoServerGoesOnWaiting) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.world.set_fault("zoho", sandbox::ServerFault{.refuse_connections = true});
    for (int cycle = 0; cycle <= world.settings.send_attempts_max; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    ASSERT_EQ(world.emails().size(), 1U);
    EXPECT_EQ(world.emails().at(0).status, "prepared");
    EXPECT_EQ(world.emails().at(0).attempts, 0);
    world.world.set_fault("zoho", sandbox::ServerFault{});
    world.cycle();
    EXPECT_EQ(world.openings().at(0).status, "accepted");
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(FailingMailbox, WhatWaitsForAMailboxThatItsOwnerPausedGoesOnWaiting) {
    for (const char* role : {"sender", "seed"}) {
        SCOPED_TRACE(role);
        WarmupWorld world({.senders = 2, .gmail = 2, .outlook = 0});
        world.world.set_fault("zoho", sandbox::ServerFault{.refuse_connections = true});
        world.send();
        world.world.set_fault("zoho", sandbox::ServerFault{});
        const EmailRow row = world.emails().at(0);
        const std::int64_t id =
            role == std::string("sender") ? row.from_mailbox_id : row.to_mailbox_id;
        const auto set = [&](mailbox::Status status) {
            world.as(store::Role::operator_, [id, status](store::Connection& connection) {
                return mailbox::set_status(connection, id, status, "");
            });
        };
        set(mailbox::Status::paused);
        const warmup::CycleResult result = world.cycle();
        EXPECT_EQ(world.emails().at(0).status, "prepared");
        EXPECT_GT(result.sent, 0);
        EXPECT_EQ(result.mailboxes_paused, 0);  // no server refused it
        set(mailbox::Status::active);
        world.pass(std::chrono::hours(4));
        world.cycle();
        EXPECT_EQ(world.emails().at(0).status, "accepted");
        EXPECT_EQ(world.broken_promise(), "");
    }
}

TEST(FailingMailbox, AReplyThatIsRefusedShowsInItsThread) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.send();
    world.pass(std::chrono::minutes(15));
    // The sender's account is gone when the answer comes.
    world.change(
        "UPDATE mailboxes SET email = 'gone@co-one.test', secret = '" +
        world.vault.seal("app password", "gone@co-one.test", world.random) +
        "' WHERE role = 'sender'"
    );
    EXPECT_EQ(world.look().replies, 0);
    EXPECT_EQ(world.replies().at(0).status, "refused");
    world.look();
    EXPECT_EQ(world.threads().at(0).reply_decision, "not sent: refused");
}

TEST(FailingMailbox, AMailboxWithoutPasswordIsLeftOut) {
    WarmupWorld world;
    world.change("UPDATE mailboxes SET secret = NULL WHERE id = 1");
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.mailboxes, 5);
    EXPECT_EQ(result.sent, 2);
    EXPECT_EQ(world.warnings("its password is not known"), 0);  // the result says it
}

TEST(InDoubt, BecomesAcceptedWhenItIsFoundAndIsNeverSentAgain) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.world.set_fault(tests::address(world.senders[0]), {.drop_after_dot = 1});
    const warmup::CycleResult first = world.cycle(std::chrono::seconds(0));
    EXPECT_EQ(first.in_doubt, 1);
    EXPECT_EQ(first.sent, 0);
    EXPECT_EQ(world.emails().at(0).status, "in_doubt");
    world.pass(std::chrono::minutes(15));
    const warmup::CycleResult second = world.cycle();
    EXPECT_EQ(second.in_doubt, 0);
    EXPECT_EQ(world.emails().at(0).status, "accepted");
    EXPECT_TRUE(world.emails().at(0).sent_at.has_value());
    EXPECT_EQ(second.replies, 2);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(InDoubt, AReplyInDoubtIsNotWrittenAgain) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.send();
    world.pass(std::chrono::minutes(15));
    world.world.set_fault(tests::address(world.seeds[0]), {.drop_after_dot = 1});
    EXPECT_EQ(world.look().in_doubt, 1);
    world.look();
    world.cycle();
    int to_first = 0;
    for (const EmailRow& reply : world.replies())
        to_first += reply.in_reply_to == world.openings().at(0).message_id;
    EXPECT_EQ(to_first, 1);
    EXPECT_EQ(world.broken_promise(), "");
}
