// CREATE, APPEND, IDLE, ENABLE and logins by token, line by line.
#include "sandbox/imap_server.h"
#include "sandbox/test_world.h"

namespace sandbox {
namespace {

using test::kGmail;
using test::kOutlook;
using test::kSender;
using test::Talk;
using test::TestOffice;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct FolderTalk : TestOffice {
    explicit FolderTalk(const std::string& name, const base::Email& account)
        : server(office, provider(name), true) {
        const std::string password = office.find(account)->spec.password;
        talk.say("l AUTHENTICATE PLAIN " + test::plain_login(account.str(), password));
    }
    ImapServer server;
    Talk talk{server};
};

TEST(ImapServerFolders, FilesAnAppendedMessageWithFlagsAndDate) {
    FolderTalk zoho("zoho", kSender);
    const std::string message = test::message(kSender, kGmail, "one@x.test");
    const std::string literal = fmt::format("{{{}}}\r\n{}", message.size(), message);
    EXPECT_THAT(
        zoho.talk.say(
            "a APPEND \"Sent\" (\\Seen $Filed) \" 1-Feb-2026 13:07:00 +0100\" " + literal
        ),
        AllOf(StartsWith("+ "), HasSubstr("a OK [APPENDUID "), EndsWith(" 1] (Success)\r\n"))
    );
    zoho.talk.say("b SELECT Sent");
    EXPECT_THAT(
        zoho.talk.say("c UID FETCH 1 (FLAGS INTERNALDATE BODY[])"),
        AllOf(
            HasSubstr("FLAGS ($Filed \\Seen)"),
            HasSubstr("INTERNALDATE \"01-Feb-2026 12:07:00 +0000\""),
            HasSubstr(message)
        )
    );
    EXPECT_THAT(zoho.talk.say("d APPEND Nowhere " + literal), HasSubstr("d NO [TRYCREATE]"));
    const std::string at_once = fmt::format("{{{}+}}\r\n{}", message.size(), message);
    EXPECT_THAT(
        zoho.talk.say("e APPEND Sent " + at_once),
        AllOf(StartsWith("* 2 EXISTS\r\n"), HasSubstr("e OK [APPENDUID "))
    ) << "the selected folder grows";
}

TEST(ImapServerFolders, MakesAFolderOnce) {
    FolderTalk gmail("gmail", kGmail);
    EXPECT_EQ(gmail.talk.say("a CREATE Pilotlight"), "a OK CREATE completed\r\n");
    EXPECT_THAT(gmail.talk.say("b CREATE \"Pilotlight/\""), StartsWith("b NO [ALREADYEXISTS]"));
    EXPECT_THAT(gmail.talk.say("c CREATE \"[Gmail]/More\""), StartsWith("c NO [CANNOT]"));
    EXPECT_THAT(
        gmail.talk.say("d LIST \"\" *"), HasSubstr("* LIST (\\HasNoChildren) \"/\" \"Pilotlight\"")
    );
    gmail.office.deliver_from_outside(
        kGmail, test::message(kSender, kGmail, "one@x.test"), "INBOX"
    );
    gmail.talk.say("e SELECT INBOX");
    EXPECT_THAT(
        gmail.talk.say("f UID MOVE 1 Pilotlight"),
        AllOf(HasSubstr("* OK [COPYUID "), HasSubstr("* 1 EXPUNGE"), HasSubstr("f OK"))
    );
    gmail.talk.say("g SELECT \"[Gmail]/All Mail\"");
    EXPECT_THAT(
        gmail.talk.say("h UID FETCH 1 X-GM-LABELS"), HasSubstr("X-GM-LABELS (\"Pilotlight\")")
    ) << "moving out of INBOX takes that label away";
    FolderTalk outlook("outlook", kOutlook);
    outlook.talk.say("a CREATE Pilotlight");
    EXPECT_EQ(outlook.talk.say("b CREATE Pilotlight"), "b NO Mailbox already exists.\r\n")
        << "no code here";
}

TEST(ImapServerFolders, TellsAnIdlingClientAtOnce) {
    FolderTalk gmail("gmail", kGmail);
    int nudges = 0;
    gmail.server.nudge = [&] { ++nudges; };
    gmail.talk.say("a SELECT INBOX");
    EXPECT_EQ(gmail.talk.say("b IDLE"), "+ idling\r\n");
    EXPECT_EQ(gmail.server.take_news(), "");
    gmail.office.deliver_from_outside(
        kGmail, test::message(kSender, kGmail, "one@x.test"), "INBOX"
    );
    EXPECT_GT(nudges, 0);
    EXPECT_EQ(gmail.server.take_news(), "* 1 EXISTS\r\n");
    EXPECT_EQ(gmail.server.take_news(), "");
    EXPECT_EQ(gmail.talk.say("DONE"), "b OK IDLE terminated\r\n");
    nudges = 0;
    gmail.office.deliver_from_outside(
        kGmail, test::message(kSender, kGmail, "two@x.test"), "INBOX"
    );
    EXPECT_EQ(nudges, 0);
    EXPECT_EQ(gmail.server.take_news(), "");
    EXPECT_EQ(gmail.talk.say("c IDLE"), "+ idling\r\n* 2 EXISTS\r\n");
    EXPECT_EQ(gmail.talk.say("d NOOP"), "c BAD Expected DONE.\r\n");
}

TEST(ImapServerFolders, SpeaksUtf8WhereItIsEnabled) {
    FolderTalk german("gmail", test::mailbox("seed.de@gmail-like.test"));
    EXPECT_EQ(
        german.talk.say("a ENABLE X-UNKNOWN UTF8=ACCEPT"),
        "* ENABLED UTF8=ACCEPT\r\na OK ENABLE completed\r\n"
    );
    EXPECT_THAT(german.talk.say("b LIST \"\" *"), HasSubstr("\"[Gmail]/Entwürfe\""));
    EXPECT_THAT(german.talk.say("c SELECT \"[Gmail]/Entw&APw-rfe\""), StartsWith("c NO"));
    EXPECT_THAT(german.talk.say("d SELECT \"[Gmail]/Entwürfe\""), HasSubstr("d OK"));
    EXPECT_THAT(german.talk.say("e UID SEARCH CHARSET UTF-8 ALL"), StartsWith("e BAD"));
    EXPECT_THAT(german.talk.say("f UID SEARCH SUBJECT \"Grüße\""), HasSubstr("f OK"));
}

TEST(ImapServerFolders, TakesAccessTokens) {
    TestOffice office;
    office.office.find(kGmail)->spec.access_token = "fresh";
    ImapServer server(office.office, provider("gmail"), true);
    Talk talk(server);
    const std::string stale = test::token_login(kGmail.str(), "stale");
    EXPECT_THAT(talk.say("a AUTHENTICATE XOAUTH2 " + stale), StartsWith("+ ey"));
    EXPECT_THAT(talk.say(""), StartsWith("a NO [AUTHENTICATIONFAILED]"));
    EXPECT_EQ(talk.say("b AUTHENTICATE OAUTHBEARER"), "+ \r\n");
    const std::string refused = base::base64_encode(
        "n,a=" + kGmail.str() +
        ",\x01"
        "auth=Bearer stale\x01\x01"
    );
    EXPECT_THAT(talk.say(refused), StartsWith("+ ey"));
    EXPECT_THAT(talk.say("AQ=="), StartsWith("b NO [AUTHENTICATIONFAILED]"));
    EXPECT_THAT(talk.say("c AUTHENTICATE XOAUTH2 !!"), StartsWith("c BAD"));
    EXPECT_THAT(
        talk.say("d AUTHENTICATE XOAUTH2 " + test::token_login(kGmail.str(), "fresh")),
        HasSubstr("d OK ")
    );
}

}  // namespace
}  // namespace sandbox
