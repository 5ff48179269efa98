// Watching a mailbox of the sandbox: what is found, what is fetched, when the cursor moves.
#include "tests/warmup/watching.h"

namespace {

using inbound::FolderKind;
using inbound::PassResult;
using tests::Watching;

}  // namespace

TEST_F(Watching, HandsOverOursFromEveryFolderAndLeavesTheRest) {
    const std::vector<std::pair<std::string, FolderKind>> folders = {
        {"INBOX", FolderKind::inbox},
        {"Junk Email", FolderKind::spam},
        {"Archive", FolderKind::archive},
        {"Deleted Items", FolderKind::trash},
    };
    use("seed@outlook-like.test", "outlook");
    for (const auto& [folder, kind] : folders) {
        deliver(std::string(to_string(kind)) + "@ours", folder);
        deliver(std::string(to_string(kind)) + "@theirs", folder, false);
    }
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    EXPECT_EQ(result.found, 4);
    EXPECT_EQ(result.mailbox_id, 7);
    ASSERT_EQ(notes_.handled.size(), 4U);
    for (const inbound::Incoming& one : notes_.handled) {
        const std::string left(to_string(one.place.kind));
        EXPECT_EQ(one.message.message_id->str(), left + "@ours");
        EXPECT_EQ(one.email_id, notes_.ours[left + "@ours"]);
        EXPECT_NE(one.place.uidvalidity, 0U);
        EXPECT_EQ(one.message.text, "Hello.\n");
        EXPECT_EQ(flags_of(left + "@ours"), std::vector<std::string>{"\\Seen"});
        EXPECT_EQ(flags_of(left + "@theirs"), std::vector<std::string>{});
    }
    for (const inbound::Candidate& one : notes_.asked)
        EXPECT_EQ(one.from, base::Email::parse("anna@co-one.test").value());
}

TEST_F(Watching, GivesTheTokenAsItStandsInTheHeader) {
    world_.deliver_from_outside(
        mailbox_.email,
        tests::small_mail("a@b", "X-Abcdefgh:\r\n wtoken123\r\nX-Other: no\r\n"),
        "INBOX"
    );
    pass();
    ASSERT_FALSE(notes_.asked.empty());
    EXPECT_EQ(base::trim(notes_.asked[0].token), "wtoken123");
}

TEST_F(Watching, AsksForNothingASecondTime) {
    deliver("one@ours", "INBOX");
    deliver("two@theirs", "INBOX", false);
    pass();
    EXPECT_EQ(cursor("INBOX"), 2);
    notes_.asked.clear();
    // The server answers "UID 3:*" with the last message all the same.
    EXPECT_EQ(pass().found, 0);
    EXPECT_TRUE(notes_.asked.empty());
    deliver("three@ours", "INBOX");
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(notes_.handled.size(), 2U);
    EXPECT_EQ(cursor("INBOX"), 3);
    // Another process goes on from there.
    notes_.asked.clear();
    fresh_watcher(dialer_);
    EXPECT_EQ(pass().found, 0);
    EXPECT_TRUE(notes_.asked.empty());
}

TEST_F(Watching, TheFirstLookGoesThirtyDaysBackAndNoFurther) {
    deliver("old@ours", "INBOX");
    loop_.advance(std::chrono::hours(24 * 20));
    deliver("recent@ours", "INBOX");
    loop_.advance(std::chrono::hours(24 * 15));
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(notes_.handled.at(0).message.message_id->str(), "recent@ours");
    EXPECT_EQ(pass().found, 0);
}

TEST_F(Watching, AFirstLookThatFindsNothingRecentStartsFromTheEnd) {
    deliver("old@ours", "INBOX");
    loop_.advance(std::chrono::hours(24 * 40));
    EXPECT_EQ(pass().found, 0);
    EXPECT_EQ(cursor("INBOX"), 1);
    deliver("new@ours", "INBOX");
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(notes_.handled.at(0).message.message_id->str(), "new@ours");
}

TEST_F(Watching, TheCursorMovesAfterTheHandlersOnly) {
    deliver("one@ours", "INBOX");
    notes_.lose_store = true;
    EXPECT_THROW(pass(), store::StoreError);
    EXPECT_EQ(cursor("INBOX"), 0);
    EXPECT_EQ(flags_of("one@ours"), std::vector<std::string>{});
    notes_.lose_store = false;
    fresh_watcher(dialer_);
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(notes_.handled.size(), 1U);
    EXPECT_EQ(cursor("INBOX"), 1);
}

TEST_F(Watching, WhatIsExpungedMeanwhileIsPassedOver) {
    use("seed@outlook-like.test", "outlook");
    deliver("gone@ours", "INBOX");
    deliver("stays@ours", "INBOX");
    notes_.after_headers = [this] {
        notes_.after_headers = {};
        // From within the pass: the loop runs on below it.
        base::start(
            expunge_by_hand(world_.dialer(), loop_, mailbox_, "INBOX", 1),
            [](std::exception_ptr problem) { CHECK(!problem); }
        );
        loop_.advance(std::chrono::seconds(1));
    };
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    ASSERT_EQ(notes_.handled.size(), 1U);
    EXPECT_EQ(notes_.handled[0].message.message_id->str(), "stays@ours");
    EXPECT_EQ(cursor("INBOX"), 2);
}

TEST_F(Watching, WhatWasDeletedIsNotMissed) {
    deliver("one@ours", "INBOX");
    pass();
    expunge("INBOX", 1);
    deliver("two@ours", "INBOX");
    EXPECT_EQ(pass().found, 1);
}

TEST_F(Watching, AChangedUidvalidityStartsTheFolderAnew) {
    deliver("one@ours", "INBOX");
    pass();
    change("UPDATE imap_cursors SET uidvalidity = uidvalidity + 1, last_uid = 900");
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(cursor("INBOX"), 1);
}

TEST_F(Watching, TheInboxCountsWhereAllMailShowsItsMailToo) {
    deliver("inbox@ours", "INBOX");
    deliver("archived@ours", "[Gmail]/All Mail");
    EXPECT_EQ(pass().found, 2);
    ASSERT_EQ(notes_.handled.size(), 2U);
    EXPECT_EQ(notes_.handled[0].place.kind, FolderKind::inbox);
    EXPECT_EQ(notes_.handled[1].place.kind, FolderKind::all);
    EXPECT_EQ(notes_.handled[1].message.message_id->str(), "archived@ours");
}

TEST_F(Watching, MailThatComesBetweenTheFoldersIsLeftToTheNextLook) {
    deliver("first@ours", "INBOX");
    notes_.after_headers = [this] {
        notes_.after_headers = {};
        deliver("late@ours", "INBOX");  // lies in All Mail too
    };
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(pass().found, 1);
    ASSERT_EQ(notes_.handled.size(), 2U);
    EXPECT_EQ(notes_.handled[1].message.message_id->str(), "late@ours");
    EXPECT_EQ(notes_.handled[1].place.kind, FolderKind::inbox);
}

TEST_F(Watching, OfFiveThousandForeignMailsOnlyHeadersAreFetchedAndOnce) {
    for (int i = 0; i < 5000; ++i)
        deliver("foreign" + std::to_string(i) + "@theirs", "INBOX", false);
    EXPECT_EQ(pass().found, 0);
    EXPECT_EQ(notes_.asked.size(), 10'000U);  // the inbox, and All Mail
    EXPECT_LE(*std::ranges::max_element(notes_.asked_at_once), 200U);
    const std::string written = dialer_.written("imap.");
    for (const char* command : {"BODY.PEEK[]", " BODY[", "RFC822.TEXT", "STORE", " SELECT "})
        EXPECT_EQ(written.find(command), std::string::npos) << command;
    dialer_.forget();
    EXPECT_EQ(pass().found, 0);
    EXPECT_EQ(dialer_.written("imap.").find("FETCH"), std::string::npos);
    deliver("needle@ours", "INBOX");
    EXPECT_EQ(pass().found, 1);
}

TEST_F(Watching, OneSessionServesManyPassesAndAFailureOpensAnother) {
    pass();
    pass();
    EXPECT_EQ(dialer_.dials(mailbox_.imap.host), 1);
    base::run_to_end(loop_, watcher_->close(loop_.in(std::chrono::seconds(10))));
    world_.set_fault(mailbox_.email, {.hang = true});
    const PassResult failed = pass();
    ASSERT_TRUE(failed.error.has_value());
    EXPECT_EQ(failed.error->code, base::ErrorCode::timed_out);
    world_.set_fault(mailbox_.email, {});
    deliver("one@ours", "INBOX");
    EXPECT_EQ(pass().found, 1);
    EXPECT_EQ(dialer_.dials(mailbox_.imap.host), 3);
}

TEST_F(Watching, ARefusedLoginIsInTheResultAndNotTriedAgain) {
    world_.set_fault(mailbox_.email, {.refuse_login = true});
    EXPECT_EQ(pass().error->code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(pass().error->code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(dialer_.dials(mailbox_.imap.host), 1);
}
