// What becomes of a command's answer.
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

TEST(Session, SelectsNamesAsTheServerSpelledThem) {
    expect_follows(
        plain_server()
            .ready(list())
            .client("A002 LIST \"\" \"*\"\r\n")
            .server("* LIST () \"/\" \"A&B\"\r\n* LIST () \"/\" \"caf\xe9\"\r\nA002 OK done\r\n")
            .ready(check([](Session& imap) {
                EXPECT_EQ(imap.take_reply()->folders.at(1).name, "caf?");
                imap.select("A&B", false);
            }))
            .client("A003 SELECT \"A&B\"\r\n")
            .server("* OK [UIDVALIDITY 1]\r\nA003 OK done\r\n")
            .ready(check([](Session& imap) { imap.select("caf?", false); }))
            .client("A004 SELECT {4}\r\n")
            .server("+ go\r\n")
            .client("caf\xe9\r\n")
            .server("* OK [UIDVALIDITY 1]\r\nA004 OK done\r\n")
            .ready(check([](Session& imap) { imap.select("new & shiny", false); }))
            .client("A005 SELECT \"new &- shiny\"\r\n")
    );
}

TEST(Session, KeepsOnlyMessagesThatWereAskedFor) {
    expect_follows(
        plain_server()
            .ready(give(FetchUids{"5:7", "UID FLAGS BODY.PEEK[]"}))
            .client("A002 UID FETCH 5:7 (UID FLAGS BODY.PEEK[])\r\n")
            .server(
                "* 1 FETCH (FLAGS (\\Seen))\r\n"                               // no UID
                "* 9 EXISTS\r\n* 2 EXPUNGE\r\n* 1 RECENT\r\n"                  // news
                "* 4 FETCH (UID 99 FLAGS (\\Deleted) BODY[] {4}\r\nevil)\r\n"  // not asked for
                "* 2 FETCH (UID 6 FLAGS (a) BODY[] {3}\r\nsix)\r\n"
                "* 2 FETCH (UID 6 FLAGS ())\r\n"  // in two pieces
                "* SEARCH 1 2 3\r\n* LIST () \"/\" x\r\n* X-NEW (((\r\n* OK [UIDVALIDITY 9] ?\r\n"
                "* 1 FETCH (UID 5 BODY[] {4}\r\nfive RFC822.SIZE 4)\r\nA002 OK [EXPUNGEISSUED] "
                "done\r\n"
            )
            .ready(check([](Session& imap) {
                const base::Result<Reply> reply = imap.take_reply();
                ASSERT_TRUE(reply);
                EXPECT_TRUE(reply->folders.empty());
                EXPECT_TRUE(reply->uids.empty());
                EXPECT_EQ(reply->selected.uidvalidity, 0U);
                ASSERT_EQ(reply->fetched.size(), 2U);
                EXPECT_EQ(reply->fetched[0].uid, 5U);
                EXPECT_EQ(reply->fetched[0].size, 4U);
                EXPECT_EQ(reply->fetched[1].sections.at("BODY[]"), "six");
                EXPECT_TRUE(reply->fetched[1].flags.empty());
            }))
    );
}

TEST(Session, TakesANoAsTheCommandsResult) {
    expect_follows(plain_server()
                       .ready(check([](Session& imap) { imap.select("gone", false); }))
                       .client("A002 SELECT \"gone\"\r\n")
                       .server("A002 NO [NONEXISTENT] no such folder\r\n")
                       .ready(check([](Session& imap) {
                           const base::Result<Reply> reply = imap.take_reply();
                           ASSERT_FALSE(reply);
                           EXPECT_EQ(reply.error().code, base::ErrorCode::refused);
                           EXPECT_EQ(reply.error().stage, "imap.select");
                           EXPECT_EQ(reply.error().server_words, "no such folder");
                           EXPECT_TRUE(imap.usable());
                           imap.command(SearchUids{"ALL"});
                       }))
                       .client("A003 UID SEARCH ALL\r\n")
                       .server("A003 OK nothing\r\n")
                       .ready(check([](Session& imap) {
                           EXPECT_TRUE(imap.take_reply()->uids.empty());
                       })));
}

TEST(Session, RefusesBadInputWithoutSending) {
    expect_follows(plain_server()
                       .ready(check([](Session& imap) {
                           imap.command(SearchUids{"ALL\r\nA9 LOGOUT"});
                           const base::Result<Reply> reply = imap.take_reply();
                           ASSERT_FALSE(reply);
                           EXPECT_EQ(reply.error().code, base::ErrorCode::invalid_input);
                       }))
                       .ready(give(SearchUids{"ALL"}))
                       .client("A003 UID SEARCH ALL\r\n"));
}

TEST(Session, AsksForAFolderWithUidValidity) {
    expect_follows(plain_server()
                       .ready(check([](Session& imap) { imap.select("INBOX", false); }))
                       .client("A002 SELECT \"INBOX\"\r\n")
                       .server("* 3 EXISTS\r\nA002 OK done\r\n")
                       .ready(check([](Session& imap) {
                           EXPECT_EQ(imap.take_reply().error().code, base::ErrorCode::unsupported);
                           EXPECT_TRUE(imap.usable());
                       })));
}

}  // namespace
}  // namespace imap
