// Answers that a server may not give to a command, and servers that never come to an end.
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

struct Answer {
    Command command;
    std::string written;
    std::string bytes;
    base::ErrorCode code;
};
class AnswerTable : public testing::TestWithParam<Answer> {};

TEST_P(AnswerTable, EndsTheSession) {
    const base::Error error = error_of(
        plain_server()
            .ready(give(GetParam().command))
            .client(GetParam().written)
            .server(GetParam().bytes)
            .done(),
        kImplicit
    );
    EXPECT_EQ(error.code, GetParam().code) << error.describe();
}

const Command kFetch = FetchUids{"1:*", "BODY.PEEK[]"};
const std::string kFetchLine = "A002 UID FETCH 1:* BODY.PEEK[]\r\n";

INSTANTIATE_TEST_SUITE_P(
    Answers,
    AnswerTable,
    testing::Values(
        Answer{
            kFetch,
            kFetchLine,
            "* 1 FETCH (UID 1 BODY[] {60000000}\r\n",
            base::ErrorCode::limit_exceeded
        },
        Answer{
            kFetch,
            kFetchLine,
            "* 1 FETCH (UID 1 BODY[] {18446744073709551617}\r\n",
            base::ErrorCode::limit_exceeded
        },
        Answer{
            kFetch,
            kFetchLine,
            "* 1 FETCH (UID 1 BODYSTRUCTURE " + std::string(40, '(') + "\r\n",
            base::ErrorCode::limit_exceeded
        },
        Answer{
            kFetch,
            kFetchLine,
            "* 1 FETCH (" + std::string(65'526, 'x'),
            base::ErrorCode::limit_exceeded
        },
        Answer{kFetch, kFetchLine, "* 1 FETCH (UID x)\r\n", base::ErrorCode::protocol},
        Answer{kFetch, kFetchLine, "A002 BAD what\r\n", base::ErrorCode::protocol},
        Answer{kFetch, kFetchLine, "A001 OK old\r\n", base::ErrorCode::protocol},
        Answer{kFetch, kFetchLine, "+ more\r\n", base::ErrorCode::protocol},
        Answer{
            ListFolders{}, "A002 LIST \"\" \"*\"\r\n", "* LIST oops\r\n", base::ErrorCode::protocol
        },
        Answer{
            SearchUids{"ALL"},
            "A002 UID SEARCH ALL\r\n",
            "* SEARCH 1 oops\r\n",
            base::ErrorCode::protocol
        },
        Answer{
            SearchUids{"ALL"},
            "A002 UID SEARCH ALL\r\n",
            "* ESEARCH (TAG \"A002\") UID ALL 1:4000000000\r\n",
            base::ErrorCode::limit_exceeded
        },
        Answer{
            SelectFolder{"\xe9", false},
            "A002 SELECT {1}\r\n",
            "A002 OK sure\r\n",
            base::ErrorCode::protocol
        }
    )
);

// Pieces of a valid but endless answer: each read is in time, the whole is not allowed.
std::uint64_t bytes_until_end(const Command& command, std::string_view piece) {
    auto imap = session(kImplicit);
    EXPECT_EQ(plain_server().ready(give(command)).run(*imap), "");
    imap->on_written();
    std::string many;
    while (many.size() < 60'000) many += piece;
    std::uint64_t sent = 0;
    while (imap->state() != State::over && sent < (1ULL << 30)) {
        imap->on_bytes(many);
        sent += many.size();
    }
    EXPECT_TRUE(imap->error());
    if (imap->error()) EXPECT_EQ(imap->error()->code, base::ErrorCode::limit_exceeded);
    return sent;
}

TEST(HostileServer, CannotListForEver) {
    const std::string name(200, 'a');
    EXPECT_LT(bytes_until_end(ListFolders{}, "* LIST () \"/\" " + name + "\r\n"), 5U << 20);
}

TEST(HostileServer, CannotSearchForEver) {
    std::string line = "* SEARCH";
    for (int i = 0; i < 6000; ++i) line += " 4000000000";
    EXPECT_LT(bytes_until_end(SearchUids{"ALL"}, line + "\r\n"), 9U << 20);
}

TEST(HostileServer, CannotFetchForEver) {
    const std::string flag(200, 'a');
    EXPECT_LT(bytes_until_end(kFetch, "* 1 FETCH (UID 1 FLAGS (" + flag + "))\r\n"), 9U << 20);
    const std::string body(1'000'000, 'x');
    const std::string large = "* 1 FETCH (UID 1 BODY[] {1000000}\r\n" + body + ")\r\n";
    EXPECT_LT(bytes_until_end(kFetch, large), 258U << 20);
}

TEST(HostileServer, CannotFillMemoryBeforeTheLogin) {
    auto imap = session(kStartTls);
    std::uint64_t sent = 0;
    imap->on_bytes("* OK hi\r\n");
    imap->on_written();
    while (imap->state() != State::over && sent < (1ULL << 26)) {
        imap->on_bytes("* OK [ALERT] more and more and more and more\r\n");
        sent += 46;
    }
    EXPECT_LE(sent, (1U << 20) + 46);
    EXPECT_EQ(imap->error()->code, base::ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace imap
