// Two sides in one look: what each is offered, whose cursor moves when.
#include "tests/warmup/watching.h"

namespace {

using inbound::FolderKind;
using inbound::PassResult;
using tests::Watching;

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
    EXPECT_EQ(theirs_.handled[0].place.kind, FolderKind::sent);
    EXPECT_EQ(theirs_.handled[0].email_id, 5);
    EXPECT_EQ(theirs_.handled[0].message.text, "");
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
