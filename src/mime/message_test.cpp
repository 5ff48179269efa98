#include "mime/message.h"

#include "mime/test_mail.h"

namespace mime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string mail_with(std::string_view content_headers, std::string_view body) {
    return "From: a@b.test\r\nMIME-Version: 1.0\r\n" + std::string(content_headers) + "\r\n" +
           std::string(body);
}

TEST(ReadMessage, ReadsHeaderFields) {
    const Message read = read_message(
        "Received: one\r\n\tfolded\r\n"
        "FROM: =?utf-8?q?Z=C3=B6e?= <zoe@b.test>\r\n"
        "To: a@x.test, \"B\"\r\n <b@x.test>\r\n"
        "subject: =?utf-8?b?4pyT?=\r\n =?utf-8?b?4pyT?=\r\n"
        "Date: Mon, 23 Nov 2026 13:07:00 +0100 (CET)\r\n"
        "Message-Id: <id@b.test>\r\n"
        "In-Reply-To: <r@x.test>\r\n"
        "References: <q@x.test>\r\n <r@x.test>\r\n"
        "\r\nbody\r\n"
    );
    EXPECT_EQ(read.header("received"), "one\tfolded");
    ASSERT_EQ(read.from.size(), 1U);
    EXPECT_EQ(read.from.front().name, "Zöe");
    EXPECT_EQ(read.to.size(), 2U);
    EXPECT_EQ(read.subject, "✓✓");
    EXPECT_EQ(base::to_iso(*read.date), "2026-11-23T12:07:00Z");
    EXPECT_EQ(read.message_id->str(), "id@b.test");
    EXPECT_EQ(read.in_reply_to.front().str(), "r@x.test");
    EXPECT_EQ(read.references.size(), 2U);
    EXPECT_EQ(read.text, "body\n");
    EXPECT_EQ(read.headers.size(), 8U);
    EXPECT_EQ(read.headers[1].first, "FROM");
    EXPECT_THAT(read.defects, IsEmpty());
}

TEST(ReadMessage, ReadsHeadersAlone) {
    const Message read = read_headers("Subject: x\r\nX-Token: abc\r\n");
    EXPECT_EQ(read.subject, "x");
    EXPECT_EQ(read.header("x-token"), "abc");
    EXPECT_THAT(read.leaves, IsEmpty());
}

struct LeavesCase {
    const char* what;
    const char* content;
    std::vector<std::string> leaves;
};

const LeavesCase kLeavesCases[] = {
    {"no content type", "\nx", {"text/plain"}},
    {"nothing at all", "", {"text/plain"}},
    {"malformed type", "Content-Type: text\n\nx", {"text/plain"}},
    {"empty type", "Content-Type:\n\nx", {"text/plain"}},
    {"other type", "Content-Type: image/PNG; name=x\n\nx", {"image/png"}},
    {"first of two types", "Content-Type: text/html\nContent-Type: image/png\n\nx", {"text/html"}},
    {"two parts",
     "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\nx\n--b\nContent-Type: "
     "text/html\n\ny\n--b--\nepilogue\n--b\n\nnot a part\n",
     {"text/plain", "text/html"}},
    {"closing line missing",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\ny",
     {"text/plain", "text/plain"}},
    {"inner multipart not closed",
     "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; "
     "boundary=i\n\n--i\n\nx\n--o\nContent-Type: image/gif\n\ny\n--o--\n",
     {"text/plain", "image/gif"}},
    {"outer boundary is the start of the inner",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; "
     "boundary=bb\n\n--bb\n\nx\n--bb\nContent-Type: text/html\n\ny\n--bb--\n--b--\n",
     {"text/plain", "text/html"}},
    {"digest",
     "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b\nContent-Type: "
     "text/plain\n\nz\n--b--\n",
     {"message/rfc822", "text/plain", "text/plain"}},
    {"message in message",
     "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\ny",
     {"message/rfc822", "message/rfc822", "text/plain"}},
    {"encoded message is not decoded",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA==\n",
     {"message/rfc822", "text/plain"}},
    {"delivery report is a leaf",
     "Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b\nContent-Type: "
     "message/delivery-status\n\nReporting-MTA: dns; x\n\nStatus: 5.1.1\n--b--",
     {"text/plain", "message/delivery-status"}},
    {"no boundary", "Content-Type: multipart/mixed\n\nx", {"text/plain"}},
    {"no part", "Content-Type: multipart/mixed; boundary=b\n\nx\n", {"text/plain"}},
    {"header of a part without blank line",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
     "text/html\n--b\n\nx\n--b--",
     {"text/html", "text/plain"}},
};

TEST(ReadMessage, WalksTheStructure) {
    for (const LeavesCase& c : kLeavesCases) {
        EXPECT_EQ(read_message(c.content).leaves, c.leaves) << c.what;
        std::string with_crlf;
        for (const char* at = c.content; *at != 0; ++at)
            with_crlf += *at == '\n' ? "\r\n" : std::string(1, *at);
        EXPECT_EQ(read_message(with_crlf).leaves, c.leaves) << c.what << ", CRLF";
    }
}

TEST(ReadMessage, ChoosesTheReadableText) {
    const struct {
        const char* what;
        const char* content;
        const char* text;
    } cases[] = {
        {"plain before html",
         "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: "
         "text/html\n\n<p>html</p>\n--b--",
         "plain"},
        {"html alone", "Content-Type: text/html\n\n<p>one</p><p>two</p>", "one\n\ntwo"},
        {"empty plain beside html",
         "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: "
         "text/html\n\n<p>html</p>\n--b--",
         "html"},
        {"html in related in alternative",
         "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: "
         "multipart/related; boundary=r\n\n--r\nContent-Type: "
         "text/html\n\n<p>html</p>\n--r--\n--b--",
         "plain"},
        {"list footer behind html",
         "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
         "text/html\n\n<p>html</p>\n--b"
         "\n\nfooter\n--b--",
         "html\nfooter"},
        {"attachment",
         "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\nContent-Disposition: "
         "attachment; "
         "filename=x.txt\n\nattached\n--b--",
         "body"},
        {"returned message",
         "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbounce\n--b\nContent-Type: "
         "message/rfc822\n\nSubject: x\n\noriginal\n--b--",
         "bounce"},
    };
    for (const auto& c : cases) EXPECT_EQ(read_message(c.content).text, c.text) << c.what;
}

TEST(ReadMessage, DecodesTransferEncodings) {
    const struct {
        const char* encoding;
        const char* body;
        const char* text;
        std::size_t bytes;
    } cases[] = {
        {"7bit", "a=20b", "a=20b", 5},
        {"QUOTED-Printable", "a=20b=\r\nc=C3=A4\r\nd==E", "a bc\xc3\xa4\nd==E", 13},
        {" base64 ", "aGVs\r\nbG8=\r\n", "hello", 5},
        {"base64", "aGVsbG8", "hello", 5},  // padding left out
        {"base64", "aGVsbA", "hell", 4},
        {"base64", "aGVsbG8=aGVs", "hello", 5},
        {"base64", "*a-GV!sbG8=", "hello", 5},
        {"x-uuencode", "begin 644 x\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello", 5},
        {"x-unknown", "a=20", "a=20", 4},
        {"base64", "", "", 0},
    };
    for (const auto& c : cases) {
        const Message read = read_message(mail_with(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding:" +
                std::string(c.encoding) + "\r\n",
            c.body
        ));
        EXPECT_EQ(read.text, c.text) << c.encoding << " " << c.body;
        if (std::string_view(c.encoding) != "QUOTED-Printable") {
            EXPECT_EQ(read.parts.front().bytes, c.bytes) << c.encoding;
        }
    }
}

TEST(ReadMessage, ConvertsCharsets) {
    const struct {
        const char* charset;
        const char* body;
        const char* text;
    } cases[] = {
        {"utf-8", "\xc3\xa4", "ä"},
        {"UTF8", "\xc3\xa4\xff", "ä\xef\xbf\xbd"},
        {"iso-8859-1", "\xe4\x80", "ä€"},
        {"ISO-8859-15", "\xa4", "€"},
        {"windows-1251", "\xcf", "П"},
        {"koi8-r", "\xf0", "П"},
        {"gb2312", "\xc4\xe3", "你"},
        {"big5", "\xa7\x41", "你"},
        {"shift_jis", "\x93\xfa", "日"},
        {"euc-jp", "\xc6\xfc", "日"},
        {"iso-2022-jp", "\x1b$BF|\x1b(B", "日"},
        {"ks_c_5601-1987", "\xb0\xa1", "가"},
        {"utf-7", "+AOQ-", "ä"},
        {"us-ascii", "\xe4", "ä"},
        {"shift_jis", "\x93", "\xef\xbf\xbd"},
        {"us-ascii", "\xc3\xa4", "ä"},  // UTF-8 all the same
    };
    for (const auto& c : cases) {
        const Message read = read_message(mail_with(
            "Content-Type: text/plain; charset=" + std::string(c.charset) + "\r\n", c.body
        ));
        EXPECT_EQ(read.text, c.text) << c.charset;
        EXPECT_THAT(read.defects, IsEmpty()) << c.charset;
    }
}

TEST(ReadMessage, ConvertsNoCharsetOffTheList) {
    for (const char* charset :
         {"ISO-2022-CN-EXT", "ISO-2022-JP-3", "UCS-4", "x-made-up", "../../x"}) {
        const Message read = read_message(mail_with(
            "Content-Type: text/plain; charset=" + std::string(charset) + "\r\n",
            "a\xff"
            "b"
        ));
        EXPECT_EQ(
            read.text,
            "a\xef\xbf\xbd"
            "b"
        );
        EXPECT_THAT(read.defects, Contains(HasSubstr("unknown charset")));
    }
}

TEST(ReadMessage, ReadsUtf16) {
    const std::string_view body("\xff\xfe\xe4\x00x\x00", 6);
    EXPECT_EQ(
        read_message(mail_with("Content-Type: text/plain; charset=utf-16\r\n", body)).text, "äx"
    );
}

TEST(ReadMessage, DropsNulFromTextAndSubject) {
    const Message read = read_message(std::string_view("Subject: a\0b\r\n\r\nc\0d", 20));
    EXPECT_EQ(read.subject, "ab");
    EXPECT_EQ(read.text, "cd");
}

TEST(ReadMessage, NamesParts) {
    const Message read = read_message(
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: a/b; name=one.txt\n\nx\n"
        "--b\nContent-Type: a/b; name=one.txt\nContent-Disposition: attachment; "
        "filename*=utf-8''%E2%9C%93.txt\n\nxy\n"
        "--b\nContent-Disposition: inline;\n filename*0=\"a very\";\n filename*1=\" long "
        "name.txt\"\n\n\n--b--"
    );
    ASSERT_EQ(read.parts.size(), 3U);
    EXPECT_EQ(read.parts[0].name, "one.txt");
    EXPECT_EQ(read.parts[1].name, "✓.txt");
    EXPECT_EQ(read.parts[1].bytes, 2U);
    EXPECT_EQ(read.parts[2].name, "a very long name.txt");
}

TEST(ReadMessage, GoesOnAfterOddHeaderLines) {
    const Message skipped = read_message("Subject: x\nthis is no field\nX-Token: abc\n\nbody\n");
    EXPECT_EQ(skipped.header("X-Token"), "abc");
    EXPECT_EQ(skipped.text, "body\n");
    const Message cut = read_message("Subject: x\nHello,\nthe blank line is missing\n");
    EXPECT_EQ(cut.subject, "x");
    EXPECT_EQ(cut.text, "Hello,\nthe blank line is missing\n");
    EXPECT_EQ(read_message("From me Mon Nov 23\nSubject: mbox\n\n").subject, "mbox");
    EXPECT_EQ(read_message("\xef\xbb\xbfSubject: mark\n\n").subject, "mark");
    EXPECT_EQ(
        read_message("Subject : blank before the colon\n\n").subject, "blank before the colon"
    );
}

TEST(ReadMessage, NamesWhatIsWrong) {
    EXPECT_THAT(read_message("Date: someday\n\n").defects, ElementsAre("the date is malformed"));
    EXPECT_THAT(
        read_message("From: nobody\n\n").defects, ElementsAre("an address in From does not parse")
    );
    EXPECT_THAT(
        read_message("Content-Type: multipart/mixed\n\n").defects,
        ElementsAre("a multipart has no boundary: read as text/plain")
    );
}

}  // namespace
}  // namespace mime
