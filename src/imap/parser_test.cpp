#include "imap/parser.h"

#include "imap/cursor.h"
#include "imap/test_frames.h"
#include "tests/support/dialogue.h"

namespace imap {
namespace {

std::string joined(const std::vector<std::string>& pieces) {
    std::string out;
    for (const std::string& piece : pieces) out += (out.empty() ? "" : ",") + piece;
    return out;
}

// Every response as one line of words, for tables.
struct Shown {
    std::string operator()(const StatusLine& line) const {
        constexpr std::array<std::string_view, 5> kNames{"ok", "no", "bad", "bye", "preauth"};
        return fmt::format(
            "status tag={} {} code={} args={} text={}",
            line.tag,
            kNames[static_cast<std::size_t>(line.condition)],
            line.code,
            line.code_arguments,
            line.text
        );
    }
    std::string operator()(const Continuation& more) const { return "continue " + more.text; }
    std::string operator()(const Capabilities& names) const {
        return "capability " + joined(names.names);
    }
    std::string operator()(const Enabled& names) const { return "enabled " + joined(names.names); }
    std::string operator()(const Listed& listed) const {
        return fmt::format(
            "{} ({}) <{}> {}",
            listed.command,
            joined(listed.folder.attributes),
            listed.folder.delimiter,
            listed.folder.name
        );
    }
    std::string operator()(const Searched& searched) const {
        std::string out = "search " + searched.tag;
        for (const std::uint32_t number : searched.numbers) out += ' ' + std::to_string(number);
        return out;
    }
    std::string operator()(const MessageCount& count) const {
        constexpr std::array<std::string_view, 3> kNames{"exists", "recent", "expunge"};
        return fmt::format("{} {}", kNames[static_cast<std::size_t>(count.kind)], count.number);
    }
    std::string operator()(const FolderFlags& flags) const {
        return "flags " + joined(flags.flags);
    }
    std::string operator()(const FetchData& data) const {
        const Fetched& message = data.message;
        std::string out = fmt::format("fetch {} uid={}", message.sequence, message.uid);
        if (data.has_flags) out += " flags=" + joined(message.flags);
        if (data.has_labels) out += " labels=" + joined(message.gmail_labels);
        if (!message.internal_date.empty()) out += " date=" + message.internal_date;
        if (message.size != 0) out += fmt::format(" size={}", message.size);
        if (message.gmail_message_id != 0)
            out += fmt::format(" msgid={}", message.gmail_message_id);
        if (message.gmail_thread_id != 0) out += fmt::format(" thrid={}", message.gmail_thread_id);
        for (const auto& [name, bytes] : message.sections)
            out += fmt::format(" {}={}", name, bytes);
        return out;
    }
    std::string operator()(const Ignored& ignored) const { return "ignored " + ignored.name; }
    std::string operator()(const Malformed& broken) const { return "malformed " + broken.name; }
};

std::string shown(const Response& response) { return std::visit(Shown{}, response); }

struct Case {
    std::string_view input;
    std::string_view meaning;
};
class ParserTable : public testing::TestWithParam<Case> {};

TEST_P(ParserTable, SaysWhatTheServerMeansAtEverySplit) {
    const std::string input = std::string(GetParam().input) + "\r\n";
    support::for_each_split(input, [](const std::vector<std::string_view>& pieces) {
        base::Result<std::vector<Frame>> frames = read_frames(pieces);
        ASSERT_TRUE(frames);
        ASSERT_EQ(frames->size(), 1U);
        EXPECT_EQ(shown(parse_response(std::move(frames->front()))), GetParam().meaning);
    });
}

INSTANTIATE_TEST_SUITE_P(
    Conditions,
    ParserTable,
    testing::Values(
        Case{"* OK hi", "status tag= ok code= args= text=hi"},
        Case{"* OK", "status tag= ok code= args= text="},
        Case{"* ok  spaced ", "status tag= ok code= args= text=spaced"},
        Case{"A001 OK done", "status tag=A001 ok code= args= text=done"},
        Case{
            "A001 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
            "status tag=A001 no code=AUTHENTICATIONFAILED args= text=Invalid credentials (Failure)"
        },
        Case{"A001 bad what", "status tag=A001 bad code= args= text=what"},
        Case{"* BYE [ALERT] go", "status tag= bye code=ALERT args= text=go"},
        Case{
            "* PREAUTH [CAPABILITY IMAP4rev1] x",
            "status tag= preauth code=CAPABILITY args=IMAP4rev1 text=x"
        },
        Case{"* OK [uidvalidity 17] ok", "status tag= ok code=UIDVALIDITY args=17 text=ok"},
        Case{"* OK [UIDNEXT 4392]", "status tag= ok code=UIDNEXT args=4392 text="},
        Case{"A1 OK [READ-ONLY] done", "status tag=A1 ok code=READ-ONLY args= text=done"},
        Case{
            "* OK [PERMANENTFLAGS (\\Seen \\* $[x])] Limited",
            "status tag= ok code=PERMANENTFLAGS args=(\\Seen \\* $[x]) text=Limited"
        },
        Case{
            "* NO [BADCHARSET (\"a]b\")] x", "status tag= no code=BADCHARSET args=(\"a]b\") text=x"
        },
        Case{
            "* OK [REFERRAL imap://;AUTH=*@evil.test/] x",
            "status tag= ok code=REFERRAL args=imap://;AUTH=*@evil.test/ text=x"
        },
        Case{"* OK [X \"a] b", "status tag= ok code=X args=\"a text=b"},
        Case{"* OK [unclosed text", "status tag= ok code= args= text=[unclosed text"},
        Case{"* OK not [a code]", "status tag= ok code= args= text=not [a code]"},
        Case{"* OK text {5}", "status tag= ok code= args= text=text {5}"},
        Case{"+ idling", "continue idling"},
        Case{"+", "continue "},
        Case{
            "* CAPABILITY IMAP4rev1 auth=plain  X-GM-EXT-1 ",
            "capability IMAP4REV1,AUTH=PLAIN,X-GM-EXT-1"
        },
        Case{"* capability imap4rev1", "capability IMAP4REV1"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Folders,
    ParserTable,
    testing::Values(
        Case{
            "* LIST (\\HasNoChildren \\Junk) \"/\" \"[Gmail]/Spam\"",
            "LIST (\\HasNoChildren,\\Junk) </> [Gmail]/Spam"
        },
        Case{"* LIST () NIL inbox", "LIST () <> INBOX"},
        Case{"* LIST () \"\" Folder2", "LIST () <> Folder2"},
        Case{"* List (\\Noselect) \"\\\\\" a\\b", "LIST (\\Noselect) <\\> a\\b"},
        Case{"* LIST () \"/\" \"Entw&APw-rfe\"", "LIST () </> Entwürfe"},
        Case{"* LIST () \"/\" {9}\r\na \"b\" &-c", "LIST () </> a \"b\" &c"},
        Case{"* LIST () \"/\" \"a \\\"b\\\"\"", "LIST () </> a \"b\""},
        Case{"* LIST () \"/\" My own folder", "LIST () </> My own folder"},
        Case{"* LIST () \".\" New (\"OLDNAME\" (\"Old\"))", "LIST () <.> New"},
        Case{"* XLIST (\\Inbox) \"/\" Posteingang", "XLIST (\\Inbox) </> Posteingang"},
        Case{"* LSUB () \"/\" a", "LSUB () </> a"},
        Case{"* LIST () \"/\" \"\xc3\xa9\"", "LIST () </> \xc3\xa9"},
        Case{"* LIST () \"/\" \"\xe9\"", "LIST () </> ?"},
        Case{"* LIST (\\A \"/\" x", "malformed LIST"},
        Case{"* LIST () \"/\"", "malformed LIST"},
        Case{"* LIST () \"/\" \"open", "malformed LIST"},
        Case{"* LIST () \"/\" (x)", "malformed LIST"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Numbers,
    ParserTable,
    testing::Values(
        Case{"* SEARCH", "search "},
        Case{"* SEARCH ", "search "},
        Case{"* SEARCH 3 1  4294967295", "search  3 1 4294967295"},
        Case{"* SEARCH 2 5 (MODSEQ 917162500)", "search  2 5"},
        Case{"* SEARCH 2 4294967296", "malformed SEARCH"},
        Case{"* SEARCH 0", "malformed SEARCH"},
        Case{"* SEARCH 1 x", "malformed SEARCH"},
        Case{"* ESEARCH (TAG \"A282\") UID MIN 2 COUNT 3 ALL 2,10:11", "search A282 2 10 11"},
        Case{"* ESEARCH UID", "search "},
        Case{"* ESEARCH (TAG A1) UID PARTIAL (-1:-10 5:14)", "search A1"},
        Case{"* ESEARCH ALL 1:4294967294", "malformed ESEARCH"},
        Case{"* ESEARCH ALL 1:*", "malformed ESEARCH"},
        Case{"* ESEARCH (TAG", "malformed ESEARCH"},
        Case{"* 23 EXISTS", "exists 23"},
        Case{"* 0 recent", "recent 0"},
        Case{"* 44 EXPUNGE", "expunge 44"},
        Case{"* 4294967296 EXISTS", "malformed untagged"},
        Case{"* 5", "malformed untagged"},
        Case{"* 5 VANISHING", "ignored VANISHING"},
        Case{"* FLAGS (\\Answered $Forwarded)", "flags \\Answered,$Forwarded"},
        Case{"* STATUS INBOX (MESSAGES 3)", "ignored STATUS"},
        Case{"* VANISHED (EARLIER) 1:4", "ignored VANISHED"},
        Case{"* X-THING (((", "ignored X-THING"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Messages,
    ParserTable,
    testing::Values(
        Case{
            "* 12 FETCH (UID 7 FLAGS (\\Seen \"odd flag\") RFC822.SIZE 4286 INTERNALDATE "
            "\"17-Jul-1996 02:44:25 -0700\")",
            "fetch 12 uid=7 flags=\\Seen,odd flag date=17-Jul-1996 02:44:25 -0700 size=4286"
        },
        Case{"* 12 FETCH (FLAGS () UID 7)", "fetch 12 uid=7 flags="},
        Case{"* 12 FETCH (FLAGS (\\Seen))", "fetch 12 uid=0 flags=\\Seen"},
        Case{"* 1 fetch ( uid  7  flags ( ) )", "fetch 1 uid=7 flags="},
        Case{"* 1 FETCH (UID 7 BODY[] {7}\r\na)\r\n{9})", "fetch 1 uid=7 BODY[]=a)\r\n{9}"},
        Case{
            "* 1 FETCH (BODY[HEADER.FIELDS (\"x-a\" Subject)] {2}\r\nhi UID 7)",
            "fetch 1 uid=7 BODY[HEADER.FIELDS (X-A SUBJECT)]=hi"
        },
        Case{
            "* 1 FETCH (BODY[HEADER.FIELDS ({3}\r\nx-a)] \"\" UID 7)",
            "fetch 1 uid=7 BODY[HEADER.FIELDS (X-A)]="
        },
        Case{
            "* 1 FETCH (UID 7 BODY[1.text]<0> \"quo\\\"ted\")",
            "fetch 1 uid=7 BODY[1.TEXT]<0>=quo\"ted"
        },
        Case{"* 1 FETCH (UID 7 BODY[2] NIL BODY[1] \"NIL\")", "fetch 1 uid=7 BODY[1]=NIL"},
        Case{"* 1 FETCH (UID 7 BINARY[1] ~{2}\r\nok)", "fetch 1 uid=7 BINARY[1]=ok"},
        Case{
            "* 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 18446744073709551615 UID 7 "
            "X-GM-LABELS (\\Inbox \"\\\\Sent\" Entw&APw-rfe \"a b\"))",
            "fetch 1 uid=7 labels=\\Inbox,\\Sent,Entw&APw-rfe,a b msgid=18446744073709551615 "
            "thrid=1278455344230334865"
        },
        Case{
            "* 1 FETCH (ENVELOPE (\"d\" {3}\r\n\"(\" ((NIL NIL \"a\" \"b\")) NIL) BODYSTRUCTURE "
            "((\"TEXT\" \"PLAIN\" NIL)(\"A\" \"B\" NIL) \"MIXED\") UID 7)",
            "fetch 1 uid=7"
        },
        Case{
            "* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"a)b\") NIL) UID 7)", "fetch 1 uid=7"
        },
        Case{
            "* 1 FETCH (MODSEQ (917162500) ANNOTATION (/comment (value.priv \"x\" size.priv "
            "\"10\")) UID 7)",
            "fetch 1 uid=7"
        },
        Case{
            "* 2 FETCH (UID 9 (ENVELOPE (NIL NIL)) BODYSTRUCTURE (\"TEXT\" NIL))", "fetch 2 uid=9"
        },
        Case{
            "* 1 FETCH (FLAGS NIL RFC822.SIZE NIL INTERNALDATE NIL UID 7)", "fetch 1 uid=7 flags="
        },
        Case{"* 1 FETCH(FLAGS(a)BODY[]\"x\"UID 7)", "fetch 1 uid=7 flags=a BODY[]=x"},
        Case{"* 1 FETCH (UID NIL)", "malformed FETCH"},
        Case{"[no code", "malformed tagged"},
        Case{"[]", "malformed tagged"},
        Case{"* 1 FETCH (UID 0)", "malformed FETCH"},
        Case{"* 1 FETCH (UID 4294967296)", "malformed FETCH"},
        Case{"* 1 FETCH (UID x)", "malformed FETCH"},
        Case{"* 1 FETCH (UID 7", "malformed FETCH"},
        Case{"* 1 FETCH UID 7", "malformed FETCH"},
        Case{"* 1 FETCH (UID 7 BODY[ {2}\r\nhi)", "malformed FETCH"},
        Case{"* 1 FETCH (UID 7 BODY[]<0 \"x\")", "malformed FETCH"},
        Case{"* 1 FETCH (UID 7 FLAGS \\Seen)", "malformed FETCH"},
        Case{"* 1 FETCH (UID 7 RFC822.SIZE 18446744073709551616)", "malformed FETCH"},
        Case{"* 1 FETCH (UID 7 ENVELOPE (NIL)", "malformed FETCH"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Broken,
    ParserTable,
    testing::Values(
        Case{"", "malformed tagged"},
        Case{"*", "malformed untagged"},
        Case{"* ", "malformed untagged"},
        Case{"A001", "malformed tagged"},
        Case{"A001 MAYBE", "malformed tagged"},
        Case{" A001 OK", "malformed tagged"},
        Case{"[COPYUID 55 31 6]", "status tag= ok code=COPYUID args=55 31 6 text="},
        Case{"*OK hi", "malformed tagged"},
        Case{std::string_view("* LIST () \"/\" \"a\0b\"", 19), "malformed untagged"},
        Case{std::string_view("* LIST () \"/\" {3}\r\na\0b", 22), "malformed LIST"}
    )
);

std::string nested(int levels) {
    const auto count = static_cast<std::size_t>(levels);
    return "* 1 FETCH (UID 7 BODYSTRUCTURE " + std::string(count, '(') + "x" +
           std::string(count, ')') + ")\r\n";
}

TEST(Parser, SkipsThirtyTwoLevelsAndRefusesMore) {
    EXPECT_EQ(shown(parse_one(nested(kNestingMax))), "fetch 1 uid=7");
    for (const int levels : {kNestingMax + 1, 1000, 30'000}) {
        const Response response = parse_one(nested(levels));
        ASSERT_TRUE(std::holds_alternative<Malformed>(response));
        const base::Error& error = std::get<Malformed>(response).error;
        EXPECT_EQ(error.code, base::ErrorCode::limit_exceeded);
        EXPECT_EQ(
            error.message, "the server's FETCH response holds more than 32 levels of parentheses"
        );
    }
    const std::string open = "* 1 FETCH " + std::string(60'000, '(') + "\r\n";
    EXPECT_EQ(shown(parse_one(open)), "malformed FETCH");
}

TEST(Parser, RefusesMoreThanAThousandFlags) {
    std::string flags = "* 1 FETCH (UID 7 FLAGS (";
    for (int i = 0; i < 1001; ++i) flags += "a ";
    const Response response = parse_one(flags + "))\r\n");
    ASSERT_TRUE(std::holds_alternative<Malformed>(response));
    EXPECT_EQ(std::get<Malformed>(response).error.code, base::ErrorCode::limit_exceeded);
}

TEST(Parser, KeepsTheServersWordsShortAndPrintable) {
    const Response response = parse_one("* 1 FETCH (\x1b[31m" + std::string(5000, 'x') + "\r\n");
    ASSERT_TRUE(std::holds_alternative<Malformed>(response));
    const std::string& words = std::get<Malformed>(response).error.server_words;
    EXPECT_LT(words.size(), 130U);
    EXPECT_EQ(words.find('\x1b'), std::string::npos);
}

// Counted in bytes looked at: twice the input may take at most about twice the work.
TEST(Parser, WorkGrowsWithTheInput) {
    const auto flood = [](std::string_view start, std::string_view piece, std::size_t count) {
        std::string out(start);
        for (std::size_t i = 0; i < count; ++i) out += piece;
        return out + "\r\n";
    };
    struct Flood {
        std::string_view start;
        std::string_view piece;
    };
    for (const Flood& kind : {
             Flood{"* 1 FETCH (BODY[", "\"a"},
             Flood{"* 1 FETCH (UID 1", " BODY[] \"\""},
             Flood{"* 1 FETCH (ENVELOPE (", "()"},
             Flood{"* 1 FETCH (X (", "{0}\r\n"},
             Flood{"* 1 FETCH (", "\\\""},
             Flood{"* LIST (", "\\A "},
             Flood{"* LIST () \"/\" ", "a b "},
             Flood{"* OK [", "[\"("},
             Flood{"* SEARCH", " 1"},
             Flood{"* ESEARCH ALL ", "1,"},
             Flood{"* CAPABILITY", " a"},
         }) {
        std::array<std::uint64_t, 2> steps{};
        for (std::size_t round = 0; round < 2; ++round) {
            const std::string input = flood(kind.start, kind.piece, 2000 * (round + 1));
            base::Result<std::vector<Frame>> frames = read_frames({input});
            ASSERT_TRUE(frames);
            ASSERT_EQ(frames->size(), 1U);
            (void)parse_response(std::move(frames->front()), &steps[round]);
            EXPECT_LE(steps[round], 5 * input.size()) << kind.start;
        }
        EXPECT_LE(steps[1], steps[0] * 5 / 2) << kind.start;
    }
}

TEST(Parser, SurvivesEveryCutAndEveryChangedByte) {
    const std::string whole =
        "* 1 FETCH (UID 7 FLAGS (\\Seen) BODY[HEADER.FIELDS (X-A)]<0> \"a\\\"b\" ENVELOPE ((NIL) "
        "NIL))\r\n"
        "* LIST (\\Junk) \"/\" \"Entw&APw-rfe\" (\"X\" (\"y\"))\r\n"
        "* OK [PERMANENTFLAGS (\\*)] x\r\n* ESEARCH (TAG \"A1\") UID ALL 1:3,5\r\n";
    std::size_t parsed = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char byte : {'(', ')', '"', '\\', '{', '}', ' ', '[', ']', '\0', '*', '9'}) {
            std::string changed = whole;
            changed[at] = byte;
            base::Result<std::vector<Frame>> frames = read_frames({changed});
            if (!frames) continue;
            for (Frame& frame : *frames) {
                (void)parse_response(std::move(frame));
                ++parsed;
            }
        }
        base::Result<std::vector<Frame>> frames = read_frames({whole.substr(0, at) + "\r\n"});
        ASSERT_TRUE(frames);
        for (Frame& frame : *frames) (void)parse_response(std::move(frame));
    }
    EXPECT_GT(parsed, whole.size() * 10);
}

}  // namespace
}  // namespace imap
