#include "sandbox/imap_server.h"

#include "sandbox/test_world.h"

namespace sandbox {
namespace {

using test::kGmail;
using test::kOutlook;
using test::kSender;
using test::kStart;
using test::Talk;
using test::TestOffice;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct ImapTalk : TestOffice {
    explicit ImapTalk(std::string_view name, bool encrypted = true)
        : server(office, provider(name), encrypted) {}
    ImapServer server;
    Talk talk{server};

    // Logs in and selects INBOX.
    void open(const base::Email& account, const std::string& folder = "INBOX") {
        const std::string password = office.find(account)->spec.password;
        talk.say("l AUTHENTICATE PLAIN " + test::plain_login(account.str(), password));
        talk.say("s SELECT \"" + folder + "\"");
    }
    void put(
        const base::Email& account,
        std::string_view id,
        std::string_view more = {},
        std::string folder = "INBOX"
    ) {
        office.deliver_from_outside(account, test::message(kSender, account, id, more), folder);
    }
};

TEST(ImapServer, TellsItsFoldersInEachProvidersManner) {
    ImapTalk gmail("gmail");
    EXPECT_THAT(gmail.server.greet().bytes, StartsWith("* OK "));
    EXPECT_EQ(
        gmail.talk.say("a LOGIN seed.one@gmail-like.test \"app password\""),
        "* CAPABILITY IMAP4rev1 UNSELECT ID CHILDREN X-GM-EXT-1 UIDPLUS MOVE IDLE ENABLE "
        "UTF8=ACCEPT SPECIAL-USE APPENDLIMIT=35651584\r\na OK authenticated (Success)\r\n"
    );
    EXPECT_EQ(
        gmail.talk.say("b LIST \"\" \"*\""),
        "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n"
        "* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"\r\n"
        "* LIST (\\HasNoChildren \\All) \"/\" \"[Gmail]/All Mail\"\r\n"
        "* LIST (\\HasNoChildren \\Drafts) \"/\" \"[Gmail]/Drafts\"\r\n"
        "* LIST (\\HasNoChildren \\Sent) \"/\" \"[Gmail]/Sent Mail\"\r\n"
        "* LIST (\\HasNoChildren \\Junk) \"/\" \"[Gmail]/Spam\"\r\n"
        "* LIST (\\HasNoChildren \\Trash) \"/\" \"[Gmail]/Trash\"\r\n"
        "b OK LIST completed\r\n"
    );
    EXPECT_THAT(gmail.talk.say("c LIST \"\" %"), Not(HasSubstr("Spam")));
    EXPECT_THAT(
        gmail.talk.say("d LIST \"\" \"\""), HasSubstr("* LIST (\\Noselect) \"/\" \"\"\r\n")
    );
    EXPECT_THAT(gmail.talk.say("e LOGOUT"), StartsWith("* BYE "));
    EXPECT_EQ(gmail.talk.then, Then::close);
}

TEST(ImapServer, NamesGermanAndFrenchFoldersInModifiedUtf7) {
    ImapTalk german("gmail");
    german.open(test::mailbox("seed.de@gmail-like.test"));
    const std::string list = german.talk.say("b LIST \"\" *");
    EXPECT_THAT(list, HasSubstr("\\All) \"/\" \"[Gmail]/Alle Nachrichten\""));
    EXPECT_THAT(list, HasSubstr("\"[Gmail]/Entw&APw-rfe\""));
    ImapTalk french("gmail");
    french.open(test::mailbox("seed.fr@gmail-like.test"));
    EXPECT_THAT(french.talk.say("b LIST \"\" *"), HasSubstr("\"[Gmail]/Messages envoy&AOk-s\""));
    EXPECT_THAT(
        french.talk.say("c SELECT \"[Gmail]/Messages envoy&AOk-s\""),
        EndsWith("c OK [READ-WRITE] selected. (Success)\r\n")
    );
}

TEST(ImapServer, LeavesSomeOutlookAccountsWithoutSpecialUse) {
    ImapTalk outlook("outlook");
    EXPECT_EQ(
        outlook.talk.say("a LOGIN seed.two@outlook-like.test \"pass\\\"word\""),
        "a OK LOGIN completed.\r\n"
    );
    EXPECT_THAT(
        outlook.talk.say("b LIST \"\" *"),
        HasSubstr("* LIST (\\HasNoChildren \\Junk) \"/\" \"Junk Email\"\r\n")
    );
    ImapTalk bare("outlook");
    bare.open(test::mailbox("seed.bare@outlook-like.test"));
    const std::string list = bare.talk.say("b LIST \"\" *");
    EXPECT_THAT(list, HasSubstr("* LIST (\\HasNoChildren) \"/\" \"Junk Email\"\r\n"));
    EXPECT_THAT(list, HasSubstr("* LIST (\\HasNoChildren) \"/\" Archive\r\n"));
    EXPECT_THAT(list, Not(HasSubstr("\\Junk")));
}

TEST(ImapServer, KnowsEveryFormOfLogin) {
    const std::string quoted = "LOGIN anna@co-one.test secret";
    const std::string literal = "LOGIN {16}\r\nanna@co-one.test {6}\r\nsecret";
    const std::string initial =
        "AUTHENTICATE PLAIN " + test::plain_login("anna@co-one.test", "secret");
    const std::string waiting =
        "AUTHENTICATE PLAIN\r\n" + test::plain_login("anna@co-one.test", "secret");
    for (const std::string& form : {quoted, literal, initial, waiting}) {
        ImapTalk whole("zoho");
        ImapTalk slow("zoho");
        const std::string answer = whole.talk.say("a " + form);
        EXPECT_THAT(answer, HasSubstr("a OK [CAPABILITY IMAP4rev1 ")) << form;
        EXPECT_EQ(slow.talk.send_slowly("a " + form + "\r\n"), answer);
    }
    ImapTalk zoho("zoho");
    EXPECT_THAT(
        zoho.talk.say("a LOGIN anna@co-one.test wrong"), StartsWith("a NO [AUTHENTICATIONFAILED]")
    );
    EXPECT_THAT(
        zoho.talk.say("b LOGIN seed.one@gmail-like.test \"app password\""), StartsWith("b NO ")
    );
    EXPECT_THAT(zoho.talk.say("c LOGIN anna@co-one.test"), StartsWith("c BAD "));
    EXPECT_EQ(zoho.talk.say("d AUTHENTICATE PLAIN"), "+ \r\n");
    EXPECT_THAT(zoho.talk.say("*"), StartsWith("d BAD "));
    EXPECT_THAT(zoho.talk.say("e AUTHENTICATE XOAUTH2 abc"), StartsWith("e NO [CANNOT]"));
    EXPECT_THAT(zoho.talk.say("f SELECT INBOX"), StartsWith("f BAD "));
    EXPECT_EQ(zoho.talk.say("nonsense"), "* BAD could not parse command\r\n");
}

TEST(ImapServer, WantsStartTlsBeforeTheLogin) {
    ImapTalk zoho("zoho", false);
    EXPECT_THAT(zoho.talk.say("a CAPABILITY"), HasSubstr("STARTTLS LOGINDISABLED"));
    EXPECT_THAT(
        zoho.talk.say("b LOGIN anna@co-one.test secret"), StartsWith("b NO [PRIVACYREQUIRED]")
    );
    EXPECT_THAT(zoho.talk.send("c STARTTLS\r\nd NOOP\r\n"), Not(HasSubstr("d OK")));
    EXPECT_EQ(zoho.talk.then, Then::start_tls);
    EXPECT_THAT(zoho.talk.say("e LOGIN anna@co-one.test secret"), HasSubstr("e OK "));
    EXPECT_THAT(zoho.talk.say("f STARTTLS"), StartsWith("f BAD "));
}

TEST(ImapServer, BoundsTheSessionsOfAnAccount) {
    TestOffice office;
    std::vector<std::unique_ptr<ImapServer>> sessions;
    const auto log_in = [&] {
        sessions.push_back(std::make_unique<ImapServer>(office.office, provider("zoho"), true));
        return Talk(*sessions.back()).say("a LOGIN anna@co-one.test secret");
    };
    for (int i = 0; i < 3; ++i) EXPECT_THAT(log_in(), StartsWith("a OK "));
    EXPECT_THAT(log_in(), StartsWith("a NO [ALERT] Too many simultaneous connections"));
    sessions.erase(sessions.begin());
    EXPECT_THAT(log_in(), StartsWith("a OK "));
}

TEST(ImapServer, SelectsWithUidsAndCounts) {
    ImapTalk gmail("gmail");
    gmail.put(kGmail, "one@x.test");
    gmail.open(kGmail);
    const std::string answer = gmail.talk.say("a SELECT inbox");
    EXPECT_THAT(answer, HasSubstr("* 1 EXISTS\r\n"));
    EXPECT_THAT(answer, HasSubstr("[UIDNEXT 2]"));
    EXPECT_THAT(answer, HasSubstr("[UIDVALIDITY "));
    EXPECT_THAT(
        gmail.talk.say("b EXAMINE INBOX"), EndsWith("b OK [READ-ONLY] selected. (Success)\r\n")
    );
    EXPECT_THAT(gmail.talk.say("c SELECT Nowhere"), StartsWith("c NO [NONEXISTENT]"));
    EXPECT_THAT(gmail.talk.say("d UID SEARCH ALL"), StartsWith("d BAD "))
        << "a failed SELECT deselects";
}

TEST(ImapServer, FetchesPartsWithoutTouchingFlags) {
    ImapTalk gmail("gmail");
    gmail.put(kGmail, "one@x.test", "X-Token: abc\r\n def\r\n");
    gmail.open(kGmail);
    EXPECT_EQ(
        gmail.talk.say("a UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (X-Token Message-ID)])"),
        "* 1 FETCH (UID 1 FLAGS () BODY[HEADER.FIELDS (X-Token Message-ID)] {48}\r\n"
        "Message-ID: <one@x.test>\r\nX-Token: abc\r\n def\r\n\r\n)\r\na OK Success\r\n"
    );
    EXPECT_THAT(
        gmail.talk.say("b UID FETCH 1 BODY.PEEK[TEXT]"),
        HasSubstr("BODY[TEXT] {14}\r\nShall we go?\r\n)")
    );
    EXPECT_THAT(
        gmail.talk.say("c UID FETCH 1 BODY.PEEK[]<0.5>"), HasSubstr("BODY[]<0> {5}\r\nFrom:)")
    );
    EXPECT_THAT(
        gmail.talk.say("d UID FETCH 1 BODY.PEEK[]<9999.5>"), HasSubstr("BODY[]<9999> {0}\r\n)")
    );
    EXPECT_THAT(
        gmail.talk.say("e UID FETCH 1 (INTERNALDATE RFC822.SIZE X-GM-MSGID X-GM-LABELS)"),
        HasSubstr("INTERNALDATE \"01-Jun-2026 08:00:00 +0000\" RFC822.SIZE 192 X-GM-MSGID ")
    );
    EXPECT_THAT(
        gmail.talk.say("f UID FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (From To Subject Date X-Token)]"),
        HasSubstr("{28}\r\nMessage-ID: <one@x.test>\r\n\r\n)")
    );
    EXPECT_EQ(gmail.talk.say("g UID FETCH 7 FLAGS"), "g OK Success\r\n");
    EXPECT_THAT(gmail.talk.say("h UID FETCH 1 FLAGS"), HasSubstr("FLAGS ()"));
    EXPECT_THAT(gmail.talk.say("i UID FETCH 1 FAST"), HasSubstr("RFC822.SIZE"));
}

TEST(ImapServer, SetsSeenWhereABodyIsFetchedWithoutPeek) {
    ImapTalk gmail("gmail");
    gmail.put(kGmail, "one@x.test");
    gmail.open(kGmail);
    gmail.talk.say("a EXAMINE INBOX");
    EXPECT_THAT(gmail.talk.say("b UID FETCH 1 BODY[HEADER]"), Not(HasSubstr("\\Seen")))
        << "read-only";
    gmail.talk.say("c SELECT INBOX");
    EXPECT_THAT(gmail.talk.say("d UID FETCH 1 BODY[]"), HasSubstr("FLAGS (\\Seen)"));
    gmail.talk.say("e SELECT \"[Gmail]/All Mail\"");
    EXPECT_THAT(
        gmail.talk.say("f UID FETCH 1 (FLAGS X-GM-LABELS)"),
        HasSubstr("FLAGS (\\Seen) X-GM-LABELS (\"\\\\Inbox\")")
    ) << "it is the same message";
}

TEST(ImapServer, AnswersBadToWhatItDoesNotKnow) {
    ImapTalk outlook("outlook");
    outlook.put(kOutlook, "one@x.test");
    outlook.open(kOutlook);
    for (const char* command :
         {"FETCH 1 FLAGS",
          "SEARCH ALL",
          "UID",
          "UID FETCH",
          "UID FETCH x FLAGS",
          "UID FETCH 1",
          "UID FETCH 1 ENVELOPE",
          "UID FETCH 1 BODYSTRUCTURE",
          "UID FETCH 1 BODY[1]",
          "UID FETCH 1 BODY[",
          "UID FETCH 1 (FLAGS",
          "UID FETCH 1 FLAGS)",
          "UID FETCH 1 BODY.PEEK[HEADER.FIELDS ()]",
          "UID FETCH 1 BODY[]<0>",
          "UID FETCH 1 BODY[]<0.0>",
          "UID FETCH 1 X-GM-LABELS",
          "UID STORE 1 FLAGS",
          "UID STORE 1 +FLAGS (\\Recent)",
          "UID STORE 1 LABELS (a)",
          "UID COPY 1",
          "UID EXPUNGE x",
          "UID WHAT 1",
          "APPEND INBOX",
          "APPEND INBOX (\\Seen) {1}\r\na b",
          "APPEND INBOX \"today\" {1}\r\na",
          "CREATE",
          "ENABLE UTF8=ACCEPT",
          "LIST",
          "SELECT",
          "SELECT a b"})
        EXPECT_THAT(outlook.talk.say(std::string("a ") + command), HasSubstr("a BAD ")) << command;
    EXPECT_THAT(
        outlook.talk.say("b UID FETCH 1 body.peek[header.fields (message-id)]"),
        HasSubstr("BODY[HEADER.FIELDS (MESSAGE-ID)] {")
    ) << "the Outlook-like answers in upper case";
}

TEST(ImapServer, StoresFlags) {
    ImapTalk outlook("outlook");
    outlook.put(kOutlook, "one@x.test");
    outlook.open(kOutlook);
    EXPECT_EQ(
        outlook.talk.say("a UID STORE 1 +FLAGS (\\seen $Label)"),
        "* 1 FETCH (UID 1 FLAGS ($Label \\Seen))\r\na OK Success\r\n"
    );
    EXPECT_EQ(outlook.talk.say("b UID STORE 1 -FLAGS.SILENT ($Label)"), "b OK Success\r\n");
    EXPECT_THAT(outlook.talk.say("c UID FETCH 1 FLAGS"), HasSubstr("FLAGS (\\Seen)"));
    EXPECT_THAT(outlook.talk.say("d UID STORE 1 FLAGS \\Flagged"), HasSubstr("FLAGS (\\Flagged)"));
    EXPECT_THAT(outlook.talk.say("e UID STORE 1 FLAGS ()"), HasSubstr("FLAGS ()"));
    outlook.talk.say("f EXAMINE INBOX");
    EXPECT_THAT(outlook.talk.say("g UID STORE 1 +FLAGS (\\Seen)"), StartsWith("g NO [READ-ONLY]"));
}

TEST(ImapServer, MovesAndTellsItInOrder) {
    ImapTalk outlook("outlook");
    for (const char* id : {"a@x.test", "b@x.test", "c@x.test"})
        outlook.put(kOutlook, id, "", "Junk Email");
    outlook.open(kOutlook, "Junk Email");
    const std::string answer = outlook.talk.say("a UID MOVE 1,3 INBOX");
    EXPECT_THAT(answer, StartsWith("* OK [COPYUID "));
    EXPECT_THAT(answer, HasSubstr(" 1,3 1,2] Moved\r\n* 3 EXPUNGE\r\n* 1 EXPUNGE\r\na OK "));
    EXPECT_EQ(
        outlook.talk.say("b UID SEARCH ALL"), "* SEARCH 2\r\nb OK SEARCH completed (Success)\r\n"
    );
    EXPECT_THAT(outlook.talk.say("c UID COPY 2 Nowhere"), StartsWith("c NO [TRYCREATE]"));
    EXPECT_THAT(outlook.talk.say("d UID COPY 2 \"Deleted Items\""), StartsWith("d OK [COPYUID "));
    EXPECT_EQ(outlook.talk.say("e UID COPY 99 INBOX"), "e OK nothing to do\r\n");
    outlook.talk.say("f UID STORE 2 +FLAGS.SILENT (\\Deleted)");
    EXPECT_EQ(
        outlook.talk.say("g UID EXPUNGE 1:*"), "* 1 EXPUNGE\r\ng OK UID EXPUNGE completed\r\n"
    );
    EXPECT_THAT(outlook.talk.say("h SELECT INBOX"), HasSubstr("* 2 EXISTS"));
    outlook.talk.say("i UID STORE 1 +FLAGS.SILENT (\\Deleted)");
    EXPECT_EQ(outlook.talk.say("j CLOSE"), "j OK closed\r\n");
    EXPECT_THAT(outlook.talk.say("k SELECT INBOX"), HasSubstr("* 1 EXISTS"));
    EXPECT_EQ(outlook.talk.say("l UNSELECT"), "l OK closed\r\n");
}

TEST(ImapServer, TellsNewMailAtNoop) {
    ImapTalk gmail("gmail");
    gmail.open(kGmail);
    gmail.put(kGmail, "one@x.test");
    EXPECT_EQ(gmail.talk.say("a NOOP"), "* 1 EXISTS\r\na OK done\r\n");
    EXPECT_EQ(gmail.talk.say("b NOOP"), "b OK done\r\n");
    EXPECT_THAT(gmail.talk.say("c UID FETCH 1 FLAGS"), StartsWith("* 1 FETCH (UID 1 FLAGS ())"));
}

TEST(ImapServer, FaultsRefuseOrHangAtTheLogin) {
    ImapTalk gmail("gmail");
    gmail.office.find(kGmail)->fault.refuse_login = true;
    const std::string login = "a LOGIN seed.one@gmail-like.test \"app password\"";
    EXPECT_EQ(
        gmail.talk.say(login), "a NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n"
    );
    gmail.office.find(kGmail)->fault = {.hang = true};
    EXPECT_EQ(gmail.talk.say(login), "");
    EXPECT_EQ(gmail.talk.then, Then::fall_silent);
}

TEST(ImapServer, HangsUpOnEndlessCommands) {
    ImapTalk gmail("gmail");
    EXPECT_THAT(gmail.talk.send(std::string(70'000, 'a')), StartsWith("* BYE "));
    EXPECT_EQ(gmail.talk.then, Then::close);
}

}  // namespace
}  // namespace sandbox
