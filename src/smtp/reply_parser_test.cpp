#include "smtp/reply_parser.h"

#include "smtp/capabilities.h"

namespace smtp {
namespace {

// Everything of `bytes` as replies to `command`, fed in pieces of `step` bytes; the first error
// ends it.
base::Result<std::vector<Reply>> read_all(
    std::string_view bytes, std::size_t step, Command command = Command::mail
) {
    ReplyParser parser;
    std::vector<Reply> replies;
    while (!bytes.empty()) {
        std::string_view piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            const base::Result<std::size_t> eaten = parser.eat(piece);
            if (!eaten) return base::pass_on(eaten);
            piece.remove_prefix(*eaten);
            if (parser.complete()) replies.push_back(parser.take(command));
        }
    }
    if (!parser.idle()) return base::fail(base::ErrorCode::closed, "test", "cut short");
    return replies;
}

struct Good {
    const char* bytes;
    const char* summary;  // str() of each reply, joined by " | "
};

const Good kGood[] = {
    {"250 ok\r\n", "250 ok"},
    {"250 2.1.0 Ok\r\n", "250 2.1.0 Ok"},
    {"250\r\n", "250"},
    {"250 \r\n", "250"},
    {"250-\r\n250\r\n", "250"},
    {"250 bare line feed\n", "250 bare line feed"},
    {"250-a\n250-b\n250 c\n", "250 a b c"},
    {"250 two CRs\r\r\n", "250 two CRs"},
    {"550-5.1.1 The email account\r\n550 5.1.1 does not exist\r\n",
     "550 5.1.1 The email account does not exist"},
    {"550-The account\r\n550 5.1.1 is gone\r\n", "550 5.1.1 The account is gone"},
    {"550 5.1.1\r\n", "550 5.1.1"},
    {"550 5.7.100 long detail\r\n", "550 5.7.100 long detail"},
    {"550 4.1.1 wrong class stays text\r\n", "550 4.1.1 wrong class stays text"},
    {"354 3.0.0 no such class\r\n", "354 3.0.0 no such class"},
    {"550 5.1.1.9 too many parts\r\n", "550 5.1.1.9 too many parts"},
    {"550 5.1234.1 too many digits\r\n", "550 5.1234.1 too many digits"},
    {"550 5..1 empty part\r\n", "550 5..1 empty part"},
    {"550 5.1.1-dash\r\n", "550 5.1.1-dash"},
    {"571 unknown middle digit\r\n", "571 unknown middle digit"},
    {"199 preliminary\r\n", "199 preliminary"},
    {"250 caf\xc3\xa9 \xff\x01\r\n", "250 caf\xc3\xa9 ??"},
    {"250 ok\r\n550 no\r\n421 bye\r\n", "250 ok | 550 no | 421 bye"},
};

TEST(ReplyParser, ReadsRepliesInPiecesOfAnySize) {
    for (const Good& good : kGood) {
        const std::string_view bytes = good.bytes;
        for (std::size_t step = 1; step <= bytes.size(); ++step) {
            const base::Result<std::vector<Reply>> replies = read_all(bytes, step);
            ASSERT_TRUE(replies.has_value()) << bytes << ": " << replies.error().describe();
            std::string summary;
            for (const Reply& reply : *replies)
                summary += (summary.empty() ? "" : " | ") + reply.str();
            EXPECT_EQ(summary, good.summary) << "in steps of " << step;
        }
    }
}

TEST(ReplyParser, RefusesWhatIsNoReply) {
    const char* const kBad[] = {
        "\r\n",           "25\r\n",           "2\n",
        "x50 ok\r\n",     "2x0 ok\r\n",       "25x ok\r\n",
        "050 ok\r\n",     "650 ok\r\n",       "250_ok\r\n",
        "2500 ok\r\n",    "250ok\r\n",        "HTTP/1.1 400 Bad Request\r\n",
        " 250 ok\r\n",    "\x16\x03\x01\x02", "* OK IMAP4rev1 ready\r\n",
        "+OK POP3\r\n",   "250-a\r\n\r\n",    "250-a\r\nb\r\n",
        "250 ok\r\n\r\n", "-50 x\r\n",
    };
    for (const char* bad : kBad) {
        for (std::size_t step = 1; step <= 30; step += 29) {
            const base::Result<std::vector<Reply>> replies = read_all(bad, step);
            ASSERT_FALSE(replies.has_value()) << bad;
            EXPECT_EQ(replies.error().code, base::ErrorCode::protocol) << bad;
        }
    }
}

TEST(ReplyParser, RejectsCodeChangeInsideMultiline) {
    for (const char* bad :
         {"250-a\r\n251 b\r\n", "250-a\r\n250-b\r\n550 c\r\n", "250-a\r\n251-b\r\n"}) {
        const base::Result<std::vector<Reply>> replies = read_all(bad, 1);
        ASSERT_FALSE(replies.has_value()) << bad;
        EXPECT_EQ(replies.error().code, base::ErrorCode::protocol);
        EXPECT_NE(replies.error().message.find("changed the reply code"), std::string::npos);
    }
}

TEST(ReplyParser, RefusesGarbageBeforeItsLineEnds) {
    ReplyParser parser;
    EXPECT_FALSE(parser.eat("SSH").has_value());
    ReplyParser other;
    EXPECT_TRUE(other.eat("250").has_value());
    EXPECT_FALSE(other.eat("x").has_value());
}

TEST(ReplyParser, BoundsTheLine) {
    const std::string longest = "250 " + std::string(ReplyParser::kLineBytesMax - 6, 'x') + "\r\n";
    EXPECT_TRUE(read_all(longest, longest.size()).has_value());
    EXPECT_TRUE(read_all(longest, 1000).has_value());
    const std::string longer = "250 " + std::string(ReplyParser::kLineBytesMax - 5, 'x') + "\r\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, longer.size()}) {
        const base::Result<std::vector<Reply>> replies = read_all(longer, step);
        ASSERT_FALSE(replies.has_value());
        EXPECT_EQ(replies.error().code, base::ErrorCode::limit_exceeded);
    }
}

TEST(ReplyParser, StopsAtAFiveMegabyteLineEarly) {
    ReplyParser parser;
    const std::string piece(8192, 'x');
    ASSERT_TRUE(parser.eat("250 ").has_value());
    std::size_t pieces = 0;
    while (pieces < 640 && parser.eat(piece).has_value()) ++pieces;
    EXPECT_EQ(pieces, 0U);
}

TEST(ReplyParser, BoundsTheNumberOfLines) {
    std::string reply;
    for (std::size_t i = 1; i < ReplyParser::kLinesMax; ++i) reply += "250-x\r\n";
    const base::Result<std::vector<Reply>> full = read_all(reply + "250 x\r\n", 64);
    ASSERT_TRUE(full.has_value());
    EXPECT_EQ(full->front().lines.size(), ReplyParser::kLinesMax);
    const base::Result<std::vector<Reply>> over = read_all(reply + "250-x\r\n250 x\r\n", 64);
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().code, base::ErrorCode::limit_exceeded);
}

TEST(ReplyParser, StopsAtTheEndOfOneReply) {
    ReplyParser parser;
    const std::string_view bytes = "250 first\r\n250 second\r\n";
    EXPECT_EQ(parser.eat(bytes).value(), 11U);
    EXPECT_TRUE(parser.complete());
    EXPECT_EQ(parser.eat(bytes.substr(11)).value(), 0U) << "the first is not taken yet";
    EXPECT_EQ(parser.take(Command::mail).lines.front(), "first");
    EXPECT_TRUE(parser.idle());
}

TEST(ReplyParser, LooksForEnhancedCodesWhereTheyMayStand) {
    EXPECT_EQ(read_all("250 2.0.0 host\r\n", 99, Command::ehlo)->front().enhanced, "");
    EXPECT_EQ(read_all("220 2.0.0 host\r\n", 99, Command::greeting)->front().enhanced, "");
    EXPECT_EQ(read_all("554 5.7.1 blocked\r\n", 99, Command::greeting)->front().enhanced, "5.7.1");
    EXPECT_EQ(read_all("421 4.7.0 later\r\n", 99, Command::ehlo)->front().enhanced, "4.7.0");
}

TEST(Reply, IsOneShortPrintableLine) {
    Reply reply{550, "5.7.1", {std::string(2000, 'x'), "evil\r\nline\x1b[2J"}, Command::rcpt};
    EXPECT_LE(reply.str().size(), 500U);
    reply.lines = {"evil\r\nline\x1b[2J"};
    EXPECT_EQ(reply.str(), "550 5.7.1 evil??line?[2J");
}

TEST(Reply, BecomesAnErrorByItsClassAndCommand) {
    struct Case {
        int code;
        Command command;
        base::ErrorCode expected;
    };
    const Case cases[] = {
        {450, Command::rcpt, base::ErrorCode::unavailable},
        {421, Command::dot, base::ErrorCode::unavailable},
        {454, Command::auth, base::ErrorCode::unavailable},
        {535, Command::auth, base::ErrorCode::unauthenticated},
        {550, Command::rcpt, base::ErrorCode::refused},
        {354, Command::ehlo, base::ErrorCode::protocol},
        {250, Command::data, base::ErrorCode::protocol},
    };
    for (const Case& one : cases) {
        const base::Error error = to_error({one.code, "", {"their", "words"}, one.command});
        EXPECT_EQ(error.code, one.expected) << one.code;
        EXPECT_EQ(error.reply_code, one.code);
        EXPECT_EQ(error.server_words, "their words");
        EXPECT_EQ(error.stage, "smtp." + std::string(to_string(one.command)));
        EXPECT_EQ(error.message.find("their"), std::string::npos);
    }
}

Capabilities capabilities_of(const std::vector<std::string>& keywords) {
    Reply reply{250, "", {"mx.example.com at your service"}, Command::ehlo};
    reply.lines.insert(reply.lines.end(), keywords.begin(), keywords.end());
    return parse_capabilities(reply);
}

TEST(Capabilities, AreReadInAnyCase) {
    const Capabilities found = capabilities_of(
        {"pipelining",
         "Size 35882577",
         "8BitMime",
         "starttls",
         "EnhancedStatusCodes",
         "SMTPutf8",
         "auth login Plain",
         "CHUNKING",
         "X-UNKNOWN yes",
         ""}
    );
    EXPECT_TRUE(found.pipelining && found.eight_bit_mime && found.starttls);
    EXPECT_TRUE(found.enhanced_status_codes && found.smtputf8 && found.size);
    EXPECT_EQ(found.size_bytes_max, 35882577U);
    EXPECT_EQ(found.auth, (std::vector<std::string>{"LOGIN", "PLAIN"}));
}

TEST(Capabilities, KnowTheOldFormOfAuth) {
    EXPECT_EQ(
        capabilities_of({"AUTH=LOGIN PLAIN"}).auth, (std::vector<std::string>{"LOGIN", "PLAIN"})
    );
    EXPECT_EQ(capabilities_of({"auth= login"}).auth, (std::vector<std::string>{"LOGIN"}));
    EXPECT_EQ(
        capabilities_of({"AUTH LOGIN PLAIN", "AUTH=LOGIN PLAIN XOAUTH2"}).auth,
        (std::vector<std::string>{"LOGIN", "PLAIN", "XOAUTH2"})
    );
    EXPECT_TRUE(capabilities_of({"AUTH", "AUTH=", "AUTHENTICATE PLAIN", "XAUTH PLAIN"}).auth.empty()
    );
}

TEST(Capabilities, TakeNoKeywordFromTheServersName) {
    const Capabilities found =
        parse_capabilities({250, "", {"STARTTLS AUTH PLAIN"}, Command::ehlo});
    EXPECT_FALSE(found.starttls);
    EXPECT_TRUE(found.auth.empty());
}

TEST(Capabilities, BearOddSizes) {
    for (const char* line :
         {"SIZE", "SIZE 0", "SIZE -1", "SIZE x", "SIZE 99999999999999999999999"}) {
        const Capabilities found = capabilities_of({line});
        EXPECT_TRUE(found.size) << line;
        EXPECT_EQ(found.size_bytes_max, 0U) << line;
    }
    EXPECT_EQ(capabilities_of({"SIZE\t100"}).size_bytes_max, 100U);
}

}  // namespace
}  // namespace smtp
