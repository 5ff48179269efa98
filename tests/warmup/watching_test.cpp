// Watching a mailbox of the sandbox: what is found, what is fetched, when the cursor moves.
#include "base/text.h"
#include "inbound/watcher.h"
#include "sandbox/world.h"
#include "tests/support/scripted_dialer.h"
#include "tests/warmup/notes_handler.h"
#include "tests/warmup/recording_dialer.h"

namespace {

using inbound::FolderKind;
using inbound::PassResult;

constexpr base::Timestamp kStart{1'780'300'800'000'000};  // 2026-06-01T08:00:00Z

class Watching : public testing::Test {
  protected:
    Watching() : db_(tests::open_in_memory(loop_)) {
        account("seed@gmail-like.test", "gmail");
        account("seed@outlook-like.test", "outlook");
        use("seed@gmail-like.test", "gmail");
    }
    void account(const std::string& email, const std::string& provider) {
        world_.add_account({base::Email::parse(email).value(), "secret", provider, kStart, "en"});
    }
    // The mailbox that is watched from here on, by a fresh watcher.
    void use(const std::string& email, const std::string& provider) {
        mailbox_.id = 7;
        mailbox_.email = base::Email::parse(email).value();
        mailbox_.login = email;
        mailbox_.password = "secret";
        mailbox_.provider = provider;
        mailbox_.imap = sandbox::imap_endpoint(provider);
        fresh_watcher(dialer_);
    }
    void fresh_watcher(net::Dialer& dialer) {
        connector_ =
            std::make_unique<mailbox::Connector>(dialer, loop_, mailbox::ConnectorSettings{});
        watcher_ = std::make_unique<inbound::Watcher>(
            mailbox_,
            *connector_,
            *db_,
            loop_,
            std::vector<inbound::Handler*>{&notes_},
            inbound::WatchSettings{"X-Abcdefgh", {"Spam", "Junk Email"}}
        );
    }
    void deliver(const std::string& message_id, const std::string& folder, bool ours = true) {
        world_.deliver_from_outside(mailbox_.email, tests::small_mail(message_id), folder);
        if (ours) notes_.ours[message_id] = static_cast<std::int64_t>(notes_.ours.size()) + 1;
    }
    PassResult pass() {
        const base::MonotonicTime deadline = loop_.in(std::chrono::seconds(90));
        return base::run_to_end(loop_, watcher_->pass(deadline));
    }
    std::vector<std::string> flags_of(const std::string& message_id) const {
        for (const sandbox::StoredMessage& one : world_.messages(mailbox_.email))
            if (one.message_id == message_id) return one.flags;
        return {"not there"};
    }
    std::int64_t cursor(const std::string& folder) {
        const auto read = [folder](store::Connection& connection) {
            return connection.integer(
                "SELECT last_uid FROM imap_cursors WHERE folder = :folder ORDER BY folder",
                store::values(folder)
            );
        };
        return base::run_to_end(loop_, db_->read(store::Role::warmup, read));
    }
    void change(const std::string& sql) {
        base::run_to_end(loop_, db_->run(store::Role::owner, [sql](store::Connection& connection) {
            connection.execute(sql);
        }));
    }
    // Another client of the mailbox deletes a message for good.
    void expunge(const std::string& folder, std::uint32_t uid) {
        base::run_to_end(loop_, expunge_by_hand(world_.dialer(), loop_, mailbox_, folder, uid));
    }
    static base::Task<> expunge_by_hand(
        net::Dialer& dialer,
        base::Clock& clock,
        mailbox::Mailbox of,
        std::string folder,
        std::uint32_t uid
    ) {
        const base::MonotonicTime deadline = clock.in(std::chrono::seconds(10));
        auto stream = co_await dialer.dial(of.imap, deadline);
        support::Peer peer(std::move(*stream));
        const std::vector<std::string> commands = {
            "a LOGIN " + of.login + " " + *of.password,
            "b SELECT \"" + folder + "\"",
            "c UID STORE " + std::to_string(uid) + " +FLAGS (\\Deleted)",
            "d EXPUNGE",
            "e LOGOUT",
        };
        const std::string all = base::join(commands, "\r\n") + "\r\n";
        co_await peer.say(all);
        const std::string answers = co_await peer.rest();
        CHECK(answers.find("d OK") != std::string::npos);
    }

    sandbox::VirtualLoop loop_{kStart};
    sandbox::World world_{{1, "kind", kStart}, loop_};
    tests::RecordingDialer dialer_{world_.dialer()};
    std::unique_ptr<store::Database> db_;
    mailbox::Mailbox mailbox_;
    tests::NotesHandler notes_;
    std::unique_ptr<mailbox::Connector> connector_;
    std::unique_ptr<inbound::Watcher> watcher_;
};

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

namespace {

// Two sides in one look.
class TwoSides : public Watching {
  protected:
    TwoSides() {
        theirs_.side = store::Role::campaign;
        two_watchers();
    }
    void two_watchers() {
        connector_ =
            std::make_unique<mailbox::Connector>(dialer_, loop_, mailbox::ConnectorSettings{});
        watcher_ = std::make_unique<inbound::Watcher>(
            mailbox_,
            *connector_,
            *db_,
            loop_,
            std::vector<inbound::Handler*>{&notes_, &theirs_},
            inbound::WatchSettings{"X-Abcdefgh", {"Spam", "Junk Email"}}
        );
    }
    std::string cursor_row(const std::string& folder, const std::string& side) {
        const auto read = [folder, side](store::Connection& connection) {
            const store::Values key = store::values(folder, side);
            const std::string where =
                " FROM imap_cursors WHERE folder = :folder AND side = :side ORDER BY folder";
            return connection.text("SELECT kind" + where, key).value_or("none") + " " +
                   std::to_string(connection.integer("SELECT last_uid" + where, key));
        };
        return base::run_to_end(loop_, db_->read(store::Role::operator_, read));
    }

    tests::NotesHandler theirs_;
};

}  // namespace

TEST_F(TwoSides, ShareOneFetchAndHaveTheirOwnCursors) {
    use("seed@outlook-like.test", "outlook");
    two_watchers();
    deliver("warm@ours", "INBOX");
    deliver("reply@lead", "INBOX", false);
    deliver("both@ours", "Junk Email");
    theirs_.ours = {{"reply@lead", 0}, {"both@ours", 0}};
    const PassResult result = pass();
    EXPECT_FALSE(result.error.has_value());
    EXPECT_EQ(result.found, 3);  // messages, not handlers
    ASSERT_EQ(notes_.handled.size(), 2U);
    ASSERT_EQ(theirs_.handled.size(), 2U);
    EXPECT_EQ(theirs_.handled[0].message.message_id->str(), "reply@lead");
    EXPECT_EQ(theirs_.handled[0].message.text, "Hello.\n");
    EXPECT_EQ(cursor_row("INBOX", "warmup"), "inbox 2");
    EXPECT_EQ(cursor_row("INBOX", "campaign"), "inbox 2");
    EXPECT_EQ(cursor_row("Junk Email", "campaign"), "spam 1");
    // Each mail's header was asked for once, and each folder's bodies together.
    const std::string written = dialer_.written("imap.");
    int headers = 0;
    int bodies = 0;
    for (std::size_t at = 0; (at = written.find("UID FETCH", at)) != std::string::npos; ++at)
        ++(written.substr(at, 60).find("HEADER.FIELDS") == std::string::npos ? bodies : headers);
    EXPECT_EQ(headers, 2);
    EXPECT_EQ(bodies, 2);
}

TEST_F(TwoSides, ThatComesLaterCatchesUpAndTheOtherSeesNothingTwice) {
    fresh_watcher(dialer_);  // warmup alone
    deliver("one@ours", "INBOX");
    deliver("reply@lead", "INBOX", false);
    EXPECT_EQ(pass().found, 1);
    base::run_to_end(loop_, watcher_->close(loop_.in(std::chrono::seconds(10))));
    theirs_.ours = {{"reply@lead", 0}, {"late@lead", 0}};
    two_watchers();
    deliver("late@lead", "INBOX", false);
    notes_.asked.clear();
    pass();
    // The inbox, and All Mail, which shows its mail too.
    ASSERT_EQ(theirs_.handled.size(), 4U);
    EXPECT_EQ(theirs_.handled[0].message.message_id->str(), "reply@lead");
    EXPECT_EQ(theirs_.handled[1].message.message_id->str(), "late@lead");
    EXPECT_EQ(theirs_.handled[2].place.kind, FolderKind::all);
    EXPECT_EQ(notes_.handled.size(), 1U);
    for (const inbound::Candidate& one : notes_.asked)
        EXPECT_EQ(one.message_id->str(), "late@lead");
}

TEST_F(TwoSides, OneThatFailsKeepsItsCursorAndLosesNothing) {
    deliver("one@ours", "INBOX");
    theirs_.ours = {{"one@ours", 0}};
    theirs_.lose_store = true;
    EXPECT_THROW(pass(), store::StoreError);
    EXPECT_EQ(cursor_row("INBOX", "campaign"), "none 0");
    theirs_.lose_store = false;
    two_watchers();
    pass();
    ASSERT_FALSE(theirs_.handled.empty());
    EXPECT_EQ(theirs_.handled[0].place.kind, FolderKind::inbox);
    EXPECT_EQ(cursor_row("INBOX", "campaign"), "inbox 1");
}

TEST_F(TwoSides, TheSentFolderIsReadByHeadersForThoseWhoWantIt) {
    deliver("mine@ours", "[Gmail]/Sent Mail", false);
    notes_.asked.clear();
    theirs_.wants_sent = true;
    theirs_.reading = inbound::Reading::headers;
    theirs_.ours = {{"mine@ours", 5}};
    two_watchers();
    EXPECT_EQ(pass().found, 2);  // Sent, and All Mail
    ASSERT_EQ(theirs_.handled.size(), 2U);
    EXPECT_EQ(theirs_.handled[1].place.kind, FolderKind::sent);
    EXPECT_EQ(theirs_.handled[1].email_id, 5);
    EXPECT_EQ(theirs_.handled[1].message.text, "");
    EXPECT_EQ(dialer_.written("imap.").find("BODY.PEEK[]"), std::string::npos);
    EXPECT_EQ(cursor_row("[Gmail]/Sent Mail", "campaign"), "sent 1");
    EXPECT_EQ(cursor_row("[Gmail]/Sent Mail", "warmup"), "none 0");
}

TEST_F(TwoSides, OnlyTheSideThatProvesItsMailMarksItAsRead) {
    theirs_.proven = false;
    deliver("reply@lead", "INBOX", false);
    theirs_.ours = {{"reply@lead", 0}};
    pass();
    EXPECT_EQ(flags_of("reply@lead"), std::vector<std::string>{});
}
