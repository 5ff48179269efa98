// Whole dialogues with servers of the kinds that users have.
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

void expect_gmail_folders(base::Result<Reply> reply) {
    ASSERT_TRUE(reply) << reply.error().describe();
    ASSERT_EQ(reply->folders.size(), 4U);
    EXPECT_EQ(reply->folders[0].name, "INBOX");
    EXPECT_EQ(reply->folders[3].name, "[Gmail]/Pošta");
    EXPECT_TRUE(reply->folders[3].has("\\junk"));
}

void expect_gmail_search(base::Result<Reply> reply) {
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->uids, (std::vector<std::uint32_t>{17, 18}));
}

void expect_gmail_messages(base::Result<Reply> reply) {
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->fetched.size(), 2U);
    EXPECT_EQ(reply->fetched[0].uid, 17U);
    EXPECT_EQ(reply->fetched[0].sections.at("BODY[HEADER]"), "A: b\r\n\r\n");
    EXPECT_EQ(reply->fetched[0].gmail_labels, (std::vector<std::string>{"\\Inbox", "Práce"}));
    EXPECT_EQ(reply->fetched[0].gmail_thread_id, 1278455344230334865U);
    EXPECT_EQ(reply->fetched[1].uid, 18U);
}

Dialogue gmail_login() {
    return Dialogue()
        .server("* OK Gimap ready for requests from 127.0.0.1 x7\r\n")
        .within(std::chrono::seconds(60))
        .client("A001 CAPABILITY\r\n")
        .server(
            "* CAPABILITY IMAP4rev1 UNSELECT IDLE X-GM-EXT-1 SASL-IR AUTH=XOAUTH2 "
            "AUTH=PLAIN\r\n"
            "A001 OK Thats all she wrote! x7\r\n"
        )
        .client("A002 AUTHENTICATE PLAIN " + token() + "\r\n")
        .server(
            "* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE SPECIAL-USE X-GM-EXT-1 UIDPLUS "
            "ESEARCH\r\n"
        )
        .server("A002 OK me@example.com authenticated (Success)\r\n")
        .ready(check([](Session& imap) {
            EXPECT_TRUE(imap.has("X-GM-EXT-1"));
            EXPECT_FALSE(imap.has("AUTH=PLAIN"));
            imap.list();
        }));
}

TEST(Session, SpeaksWithGmail) {
    expect_follows(
        gmail_login()
            .client("A003 LIST \"\" \"*\"\r\n")
            .server(
                "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n"
                "* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"\r\n"
                "* LIST (\\All \\HasNoChildren) \"/\" \"[Gmail]/All Mail\"\r\n"
                "* LIST (\\HasNoChildren \\Junk) \"/\" \"[Gmail]/Po&AWE-ta\"\r\nA003 OK Success\r\n"
            )
            .ready(check([](Session& imap) {
                expect_gmail_folders(imap.take_reply());
                imap.select("[Gmail]/Pošta", true);
            }))
            .client("A004 EXAMINE \"[Gmail]/Po&AWE-ta\"\r\n")
            .server(
                "* FLAGS (\\Answered \\Flagged)\r\n* OK [PERMANENTFLAGS ()] Flags permitted.\r\n"
                "* OK [UIDVALIDITY 3] UIDs valid.\r\n* 2 EXISTS\r\n* 0 RECENT\r\n"
                "* OK [UIDNEXT 19] Predicted next UID.\r\n* OK [HIGHESTMODSEQ 41234]\r\n"
            )
            .within(std::chrono::minutes(5))
            .server("A004 OK [READ-ONLY] [Gmail]/Spam selected. (Success)\r\n")
            .ready(then(
                [](base::Result<Reply> reply) {
                    ASSERT_TRUE(reply);
                    EXPECT_EQ(reply->selected.exists, 2U);
                    EXPECT_EQ(reply->selected.uidvalidity, 3U);
                    EXPECT_EQ(reply->selected.uidnext, 19U);
                },
                SearchUids{"UID 17:*"}
            ))
            .client("A005 UID SEARCH UID 17:*\r\n")
            .server("* SEARCH 18 17 18\r\nA005 OK SEARCH completed (Success)\r\n")
            .ready(then(
                expect_gmail_search,
                FetchUids{"17:18", "UID X-GM-LABELS X-GM-THRID BODY.PEEK[HEADER]"}
            ))
            .client("A006 UID FETCH 17:18 (UID X-GM-LABELS X-GM-THRID BODY.PEEK[HEADER])\r\n")
            .server("* 2 FETCH (X-GM-THRID 1 X-GM-LABELS () UID 18 BODY[HEADER] {2}\r\n\r\n)\r\n"
                    "* 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-LABELS (\\Inbox \"Pr&AOE-ce\") "
                    "UID 17 "
                    "BODY[HEADER] {8}\r\nA: b\r\n\r\n)\r\n")
            .within(std::chrono::minutes(5))
            .server("A006 OK Success\r\n")
            .ready(then(expect_gmail_messages, Logout{}))
            .client("A007 LOGOUT\r\n")
            .server("* BYE LOGOUT Requested\r\nA007 OK 73 good day (Success)\r\n")
            .done()
    );
}

TEST(Session, SpeaksWithOutlook) {
    expect_follows(
        Dialogue()
            .server("* OK The Microsoft Exchange IMAP4 service is ready. [TQBX]\r\n")
            .client("A001 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID "
                    "UNSELECT\r\n"
                    "A001 OK CAPABILITY completed.\r\n")
            .client("A002 AUTHENTICATE PLAIN " + token() + "\r\n")
            .server("A002 OK AUTHENTICATE completed.\r\n")
            .client("A003 CAPABILITY\r\n")
            .server(
                "* CAPABILITY IMAP4 IMAP4rev1 UIDPLUS MOVE ID UNSELECT CHILDREN IDLE LITERAL+\r\n"
                "A003 OK CAPABILITY completed.\r\n"
            )
            .client("A004 ID (\"name\" \"Pilotlight\")\r\n")
            .server("* ID (\"name\" \"Microsoft.Exchange.Imap4.Imap4Server\")\r\n"
                    "A004 OK ID completed\r\n")
            .ready(list())
            .client("A005 LIST \"\" \"*\"\r\n")
            .server("* LIST (\\HasNoChildren \\Junk) \"/\" Junk-E-Mail\r\n"
                    "* LIST (\\HasNoChildren \\Trash) \"/\" \"Gel&APY-schte Elemente\"\r\n"
                    "A005 OK LIST completed.\r\n")
            .ready(then(
                [](base::Result<Reply> reply) {
                    ASSERT_TRUE(reply);
                    EXPECT_EQ(reply->folders.at(1).name, "Gelöschte Elemente");
                },
                StoreFlags{"17", "+FLAGS.SILENT (\\Seen)"}
            ))
            .client("A006 UID STORE 17 +FLAGS.SILENT (\\Seen)\r\n")
            .server("A006 OK STORE completed.\r\n")
            .ready(check([](Session& imap) { EXPECT_TRUE(imap.take_reply()); }))
    );
}

TEST(Session, SpeaksWithZoho) {
    expect_follows(
        Dialogue()
            .server("* OK svwall.zoho.com IMAP4 Server (Zoho Mail IMAP4rev1 Server version 1.0)\r\n"
            )
            .client("A001 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4rev1 XLIST IDLE ID AUTH=PLAIN SASL-IR LIST-EXTENDED\r\nA001 "
                    "OK Success\r\n")
            .client("A002 AUTHENTICATE PLAIN " + token() + "\r\n")
            .server("* CAPABILITY IMAP4rev1 XLIST IDLE ID LIST-EXTENDED LIST-STATUS\r\nA002 OK "
                    "Success\r\n")
            .client("A003 ID (\"name\" \"Pilotlight\")\r\n")
            .server("A003 BAD not now\r\n")  // as good as taken
            .ready(list())
            .client("A004 LIST \"\" \"*\"\r\n")
            .server("* LIST (\\HasNoChildren) \"/\" \"Entw&APw-rfe\"\r\n* LIST (\\HasNoChildren) "
                    "\"/\" \"Spam\"\r\n"
                    "A004 OK Success\r\n")
            .ready(check([](Session& imap) {
                EXPECT_EQ(imap.take_reply()->folders.at(0).name, "Entwürfe");
                imap.select("Entwürfe", false);
            }))
            .client("A005 SELECT \"Entw&APw-rfe\"\r\n")
            .server("* 5348 EXISTS\r\n* OK [UIDVALIDITY 2] UIDs valid \r\n* OK [UIDNEXT 6212] "
                    "Predicted\r\n"
                    "A005 OK [READ-WRITE] SELECT completed\r\n")
            .ready(check([](Session& imap) {
                EXPECT_EQ(imap.take_reply()->selected.uidnext, 6212U);
            }))
    );
}

TEST(Session, SpeaksWithDovecotOverStartTls) {
    expect_follows(
        Dialogue()
            .server("* OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS LOGINDISABLED] Dovecot ready.\r\n")
            .client("A001 STARTTLS\r\n")
            .server("A001 OK Begin TLS negotiation now.\r\n")
            .tls()
            .client("A002 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA002 OK done\r\n")
            .client("A003 AUTHENTICATE PLAIN\r\n")
            .server("+ \r\n")
            .client(token() + "\r\n")
            .server("A003 OK [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED] Logged in\r\n")
            .ready(list())
            .client("A004 LIST \"\" \"*\" RETURN (SPECIAL-USE)\r\n")
            .server("* LIST (\\HasNoChildren \\Junk) \".\" Junk\r\nA004 OK List completed (0.000 "
                    "secs).\r\n")
            .ready(check([](Session& imap) {
                EXPECT_FALSE(imap.has("STARTTLS"));
                EXPECT_TRUE(imap.take_reply()->folders.at(0).has("\\Junk"));
            })),
        kStartTls
    );
}

TEST(Session, AsksForCapabilitiesWhereTheGreetingHasNoStartTls) {
    expect_follows(
        Dialogue()
            .server("* OK [CAPABILITY IMAP4rev1] short\r\n")
            .client("A001 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\n")
            .client("A002 STARTTLS\r\n")
            .server("A002 OK go\r\n")
            .tls()
            .client("A003 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4rev1\r\nA003 OK done\r\n")
            .client("A004 LOGIN \"me@example.com\" \"hunter2\"\r\n")
            .server("A004 OK [CAPABILITY IMAP4rev1] in\r\n")
            .ready(),
        kStartTls
    );
}

TEST(Session, SendsOddCredentialsAsLiterals) {
    const auto odd = [] {
        return std::make_unique<Session>(Credentials{"mé@example.com", "p\"w\n"}, kImplicit, true);
    };
    const Dialogue dialogue = Dialogue()
                                  .server("* OK [CAPABILITY IMAP4rev1] hi\r\n")
                                  .client("A001 LOGIN {15}\r\n")
                                  .server("+ go\r\n")
                                  .client("mé@example.com {4}\r\n")
                                  .server("+ go\r\n")
                                  .client("p\"w\n\r\n")
                                  .server("A001 OK [CAPABILITY IMAP4rev1] in\r\n")
                                  .ready();
    EXPECT_EQ(dialogue.run(*odd()), "");
    EXPECT_EQ(dialogue.run_bytewise(*odd()), "");
}

TEST(Session, TakesPreauthOnlyInsideImplicitTls) {
    expect_follows(Dialogue()
                       .server("* PREAUTH [CAPABILITY IMAP4rev1] welcome back\r\n")
                       .ready(list())
                       .client("A001 LIST \"\" \"*\"\r\n"));
}

TEST(Session, EndsAtLogoutHoweverTheServerGoes) {
    const Dialogue start = plain_server().ready(give(Logout{})).client("A002 LOGOUT\r\n");
    expect_follows(Dialogue(start).server("* BYE bye\r\n").closes().done());
    expect_follows(Dialogue(start).closes().done());
    expect_follows(Dialogue(start).silent().done());
    expect_follows(Dialogue(start).resets().done());
}

// Every state, over STARTTLS.
Dialogue whole_session() {
    return Dialogue()
        .server("* OK hi\r\n")
        .client("A001 CAPABILITY\r\n")
        .server("* CAPABILITY IMAP4rev1 STARTTLS\r\nA001 OK done\r\n")
        .client("A002 STARTTLS\r\n")
        .server("A002 OK go\r\n")
        .tls()
        .client("A003 CAPABILITY\r\n")
        .server("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA003 OK done\r\n")
        .client("A004 AUTHENTICATE PLAIN\r\n")
        .server("+ \r\n")
        .client(token() + "\r\n")
        .server("A004 OK in\r\n")
        .client("A005 CAPABILITY\r\n")
        .server("* CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED\r\nA005 OK done\r\n")
        .ready(list())
        .client("A006 LIST \"\" \"*\" RETURN (SPECIAL-USE)\r\n")
        .server("* LIST () \"/\" \"A&B\"\r\n")
        .server("A006 OK done\r\n")
        .ready(check([](Session& imap) { imap.select("INBOX", true); }))
        .client("A007 EXAMINE \"INBOX\"\r\n")
        .server("* OK [UIDVALIDITY 1]\r\nA007 OK done\r\n")
        .ready(give(SearchUids{"SUBJECT \"ü\""}))
        .client("A008 UID SEARCH CHARSET UTF-8 SUBJECT {2}\r\n")
        .server("+ go\r\n")
        .client("ü\r\n")
        .server("* SEARCH 1\r\nA008 OK done\r\n")
        .ready(give(FetchUids{"1", "UID BODY.PEEK[]"}))
        .client("A009 UID FETCH 1 (UID BODY.PEEK[])\r\n")
        .server("* 1 FETCH (UID 1 BODY[] {5}\r\nhe")
        .server("llo)\r\nA009 OK done\r\n")
        .ready(give(StoreFlags{"1", "+FLAGS (\\Seen)"}))
        .client("A010 UID STORE 1 +FLAGS (\\Seen)\r\n")
        .server("A010 OK done\r\n")
        .ready();
}

TEST(Session, FailsWhereAnyStepFails) {
    int failures = 0;
    const std::string problem = whole_session().fail_at_each_step(
        [] { return session(kStartTls); },
        [&](Session& imap, const support::Failure& failure) {
            ++failures;
            expect_ended(imap, failure);
        }
    );
    EXPECT_EQ(problem, "");
    EXPECT_GT(failures, 60);
}

}  // namespace
}  // namespace imap
