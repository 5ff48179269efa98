// COPY, MOVE, EXPUNGE, APPEND, CREATE, NOOP: what is said and what becomes of the answers.
#include "imap/test_sessions.h"

namespace imap {
namespace {

support::Dialogue::Call expect_copied(std::uint32_t uidvalidity, std::string from, std::string to) {
    return check([=](Session& imap) {
        const base::Result<Reply> reply = imap.take_reply();
        ASSERT_TRUE(reply) << reply.error().describe();
        ASSERT_TRUE(reply->copied);
        EXPECT_EQ(reply->copied->uidvalidity, uidvalidity);
        EXPECT_EQ(reply->copied->from, from);
        EXPECT_EQ(reply->copied->to, to);
    });
}

support::Dialogue::Call expect_refused(std::string stage, std::string words) {
    return check([=](Session& imap) {
        const base::Result<Reply> reply = imap.take_reply();
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code, base::ErrorCode::refused);
        EXPECT_EQ(reply.error().stage, stage);
        EXPECT_EQ(reply.error().server_words, words);
        EXPECT_TRUE(imap.usable());
    });
}

TEST(SessionFiling, Copies) {
    expect_follows_and_fails(
        plain_server()
            .ready(give(CopyUids{"1,5:9", "Pilotlight"}))
            .client("A002 UID COPY 1,5:9 \"Pilotlight\"\r\n")
            .server("* 12 EXISTS\r\nA002 OK [COPYUID 38505 5:7 3956:3958] Done\r\n")
            .ready(expect_copied(38505, "5:7", "3956:3958"))
    );
}

TEST(SessionFiling, MovesWhereverTheServerPutsTheCode) {
    expect_follows_and_fails(
        plain_server()
            .ready(give(MoveUids{"42:69", "foo"}))
            .client("A002 UID MOVE 42:69 \"foo\"\r\n")
            .server("* OK [COPYUID 432432 42:69 1202:1229]\r\n* 22 EXPUNGE\r\n* 21 EXPUNGE\r\n"
                    "A002 OK Done\r\n")
            .ready(expect_copied(432432, "42:69", "1202:1229"))
    );
    expect_follows(plain_server()
                       .ready(give(MoveUids{"7", "foo"}))
                       .client("A002 UID MOVE 7 \"foo\"\r\n")
                       .server("* VANISHED 7\r\nA002 OK [COPYUID 1 7 1] Done\r\n")
                       .ready(expect_copied(1, "7", "1")));
}

TEST(SessionFiling, TakesTheCodeOfAMoveWithoutItsOk) {
    expect_follows(
        plain_server()
            .ready(give(MoveUids{"31", "Junk"}))
            .client("A002 UID MOVE 31 \"Junk\"\r\n")
            .server("[COPYUID 55 31 6]\r\n* 1 EXPUNGE\r\n* 0 EXISTS\r\nA002 OK MOVE completed.\r\n")
            .ready(expect_copied(55, "31", "6"))
    );
}

TEST(SessionFiling, BelievesNoBrokenCopyUid) {
    for (const std::string code :
         {"COPYUID",
          "COPYUID x 1 1",
          "COPYUID 0 1 1",
          "COPYUID 9 1",
          "COPYUID 9 1 a",
          "COPYUID 9 1:0 1",
          "COPYUID 99999999999 1 1"})
        expect_follows(plain_server()
                           .ready(give(CopyUids{"1", "x"}))
                           .client("A002 UID COPY 1 \"x\"\r\n")
                           .server("A002 OK [" + code + "] Done\r\n")
                           .ready(check([](Session& imap) {
                               const base::Result<Reply> reply = imap.take_reply();
                               ASSERT_TRUE(reply);
                               EXPECT_FALSE(reply->copied);
                           })));
}

TEST(SessionFiling, TellsWhyAFolderDoesNotTakeMail) {
    expect_follows(plain_server()
                       .ready(give(CopyUids{"1", "gone"}))
                       .client("A002 UID COPY 1 \"gone\"\r\n")
                       .server("A002 NO [TRYCREATE] no such folder\r\n")
                       .ready(expect_refused("imap.copy", "no such folder"))
                       .ready(give(MoveUids{"1", "gone"}))
                       .client("A003 UID MOVE 1 \"gone\"\r\n")
                       .server("A003 NO [TRYCREATE] no such folder\r\n")
                       .ready(expect_refused("imap.move", "no such folder"))
                       .ready(give(ExpungeUids{"1"}))
                       .client("A004 UID EXPUNGE 1\r\n")
                       .server("A004 NO read-only\r\n")
                       .ready(expect_refused("imap.expunge", "read-only")));
}

const AppendMessage kAppend{
    "Sent", "Subject: a\r\n\r\nb\r\n", "\\Seen", base::Timestamp{1'769'951'220'000'000}
};
constexpr std::string_view kAppendWords =
    " APPEND \"Sent\" (\\Seen) \"01-Feb-2026 13:07:00 +0000\" ";

TEST(SessionFiling, AppendsWhenTheServerIsReadyForIt) {
    expect_follows_and_fails(
        plain_server()
            .ready(give(kAppend))
            .client("A002" + std::string(kAppendWords) + "{17}\r\n")
            .server("+ Ready for literal data\r\n")
            .client("Subject: a\r\n\r\nb\r\n\r\n")
            .server("* 4 EXISTS\r\nA002 OK [APPENDUID 38505 3955] APPEND completed\r\n")
            .ready(check([](Session& imap) {
                const base::Result<Reply> reply = imap.take_reply();
                ASSERT_TRUE(reply);
                EXPECT_EQ(reply->appended.uidvalidity, 38505U);
                EXPECT_EQ(reply->appended.uid, 3955U);
            }))
    );
}

TEST(SessionFiling, AppendsAtOnceWithNonSynchronizingLiterals) {
    for (const std::string capability : {"LITERAL+", "LITERAL-"})
        expect_follows_and_fails(
            server_with(capability)
                .ready(give(kAppend))
                .client("A002" + std::string(kAppendWords) + "{17+}\r\nSubject: a\r\n\r\nb\r\n\r\n")
                .server("A002 OK done\r\n")
                .ready(check([](Session& imap) {
                    const base::Result<Reply> reply = imap.take_reply();
                    ASSERT_TRUE(reply);
                    EXPECT_FALSE(reply->appended.uid);
                }))
        );
}

TEST(SessionFiling, SendsNoMessageThatTheServerRefusesBeforehand) {
    expect_follows(plain_server()
                       .ready(give(kAppend))
                       .client("A002" + std::string(kAppendWords) + "{17}\r\n")
                       .server("A002 NO [OVERQUOTA] mailbox full\r\n")
                       .ready(expect_refused("imap.append", "mailbox full"))
                       .ready(give(Noop{}))
                       .client("A003 NOOP\r\n")
                       .server("A003 OK done\r\n")
                       .ready());
}

TEST(SessionFiling, MakesAFolderAndTakesAnExistingOne) {
    const auto fine = check([](Session& imap) { EXPECT_TRUE(imap.take_reply()); });
    expect_follows_and_fails(plain_server()
                                 .ready(give(CreateFolder{"Pilotlight"}))
                                 .client("A002 CREATE \"Pilotlight\"\r\n")
                                 .server("A002 OK done\r\n")
                                 .ready(fine)
                                 .ready(give(CreateFolder{"Pilotlight"}))
                                 .client("A003 CREATE \"Pilotlight\"\r\n")
                                 .server("A003 NO [ALREADYEXISTS] is there\r\n")
                                 .ready(fine)
                                 .ready(give(CreateFolder{"x"}))
                                 .client("A004 CREATE \"x\"\r\n")
                                 .server("A004 NO [NOPERM] never\r\n")
                                 .ready(expect_refused("imap.create", "never")));
}

TEST(SessionFiling, SpeaksUtf8OnceThatIsSwitchedOn) {
    const std::string message = "From: Jos\xc3\xa9\r\n\r\nb\r\n";
    expect_follows_and_fails(
        server_with("ENABLE UTF8=ACCEPT X-GM-EXT-1 ID")
            .client("A002 ID (\"name\" \"Pilotlight\")\r\n")
            .server("* ID (\"name\" \"x\")\r\nA002 OK done\r\n")
            .client("A003 ENABLE UTF8=ACCEPT\r\n")
            .server("* ENABLED UTF8=ACCEPT\r\nA003 OK done\r\n")
            .ready(list())
            .client("A004 LIST \"\" \"*\"\r\n")
            .server("* LIST () \"/\" \"Entw\xc3\xbcrfe\"\r\n* LIST () \"/\" \"a&AOk-b\"\r\n"
                    "A004 OK done\r\n")
            .ready(check([](Session& imap) {
                const base::Result<Reply> reply = imap.take_reply();
                ASSERT_TRUE(reply);
                EXPECT_EQ(reply->folders.at(0).name, "Entw\xc3\xbcrfe");
                EXPECT_EQ(reply->folders.at(1).name, "a&AOk-b");  // no UTF-7 here
                imap.select("Entw\xc3\xbcrfe", false);
            }))
            .client("A005 SELECT \"Entw\xc3\xbcrfe\"\r\n")
            .server("* OK [UIDVALIDITY 1]\r\nA005 OK done\r\n")
            .ready(give(SearchUids{"SUBJECT \"Gr\xc3\xbc\xc3\x9f"
                                   "e\""}))
            .client("A006 UID SEARCH SUBJECT \"Gr\xc3\xbc\xc3\x9f"
                    "e\"\r\n")
            .server("* SEARCH 1\r\nA006 OK done\r\n")
            .ready(give(FetchUids{"1", "UID X-GM-LABELS"}))
            .client("A007 UID FETCH 1 (UID X-GM-LABELS)\r\n")
            .server("* 1 FETCH (UID 1 X-GM-LABELS (\"Pr\xc3\xa1"
                    "ce\" \"&-\"))\r\nA007 OK done\r\n")
            .ready(check([](Session& imap) {
                EXPECT_EQ(
                    imap.take_reply()->fetched.at(0).gmail_labels,
                    (std::vector<std::string>{
                        "Pr\xc3\xa1"
                        "ce",
                        "&-"
                    })
                );
                imap.command(AppendMessage{"Sent", "From: Jos\xc3\xa9\r\n\r\nb\r\n", "", {}});
            }))
            .client("A008 APPEND \"Sent\" UTF8 (~{18}\r\n")
            .server("+ go\r\n")
            .client(message + ")\r\n")
            .server("A008 OK done\r\n")
            .ready()
    );
}

TEST(SessionFiling, StaysWithUtf7WhereEnableDoesNotTakeHold) {
    for (const std::string answer :
         {"A002 OK done\r\n", "* ENABLED X\r\nA002 OK done\r\n", "A002 BAD what\r\n", "A002 NO\r\n"
         })
        expect_follows(server_with("ENABLE UTF8=ACCEPT")
                           .client("A002 ENABLE UTF8=ACCEPT\r\n")
                           .server(answer)
                           .ready(check([](Session& imap) { imap.select("\xc3\xbc", true); }))
                           .client("A003 EXAMINE \"&APw-\"\r\n"));
}

}  // namespace
}  // namespace imap
