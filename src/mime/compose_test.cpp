#include "mime/compose.h"

#include "mime/message.h"
#include "mime/test_mail.h"

namespace mime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

base::ErrorCode refusal_of(const Outgoing& mail, std::string_view named) {
    base::SeededRandom random(1);
    const auto bytes = compose(mail, random);
    if (bytes) return base::ErrorCode::conflict;
    EXPECT_THAT(bytes.error().message, HasSubstr(std::string(named)));
    return bytes.error().code;
}

TEST(Compose, WritesHeadersInTheOrderOfAMailClient) {
    Outgoing mail = sample_mail();
    mail.in_reply_to = base::MessageId::parse("<b@seed.test>");
    mail.references = {*base::MessageId::parse("<a@seed.test>")};
    mail.extra_headers = {{"X-Kqwertzu", "token-1"}};
    const std::string bytes = composed(mail);
    EXPECT_THAT(
        bytes,
        testing::StartsWith("From: Ada Lovelace <ada@sender.test>\r\n"
                            "To: Charles Babbage <charles@seed.test>\r\n"
                            "Subject: Notes on the engine\r\n"
                            "Date: Mon, 23 Nov 2026 13:07:00 +0100\r\n"
                            "Message-ID: <abc123@sender.test>\r\n"
                            "In-Reply-To: <b@seed.test>\r\n"
                            "References: <a@seed.test> <b@seed.test>\r\n"
                            "X-Kqwertzu: token-1\r\n"
                            "MIME-Version: 1.0\r\n"
                            "Content-Type: multipart/alternative;\r\n boundary=\"")
    );
    EXPECT_THAT(bytes, Not(HasSubstr("X-Mailer")));
    EXPECT_THAT(base::to_lower(bytes), Not(HasSubstr("pilotlight")));
}

TEST(Compose, ComesBackAsItWasWritten) {
    const std::string texts[] = {
        "",
        "one line without an end",
        "two\nlines\n",
        "trailing blanks   \nand a tab\t\n",
        "From the start\n.\n..dots\nFrom here =20 = signs\n",
        "Grüße aus Köln, 日本語, \xf0\x9f\x8e\x89\n",
        std::string(5000, 'x') + "\n",
        "a long paragraph with many words " + std::string(300, 'y') + " and more words behind it\n",
        "\n\n\nblank lines around\n\n\n",
        "form feed \f, escape \x1b, bell \x07\n",
    };
    for (const std::string& text : texts) {
        Outgoing mail = sample_mail();
        mail.text = text;
        const Message read = read_message(composed(mail));
        EXPECT_EQ(read.text, text);
        EXPECT_THAT(read.leaves, ElementsAre("text/plain", "text/html"));
        EXPECT_THAT(read.defects, ElementsAre());
    }
}

TEST(Compose, KeepsSubjectsAndNames) {
    const std::string values[] = {
        "plain",
        "with  two blanks and =?utf-8?q?what_looks_encoded?=",
        "Zoë, \"Zed\" O'Neil <not@an.address>",
        "a, b; c: (d) \\ [e] @",
        "日本語の長い件名をここに書いて折り返しがどうなるかを確かめるための文章です。もっと長く、も"
        "っと長く。",
        "\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89 party \xf0\x9f\x8e\x89",
        std::string(300, 'w'),
        std::string(2000, 'w'),
        "many words " + std::string(40, 'v') + " that go on and on and on " + std::string(60, 'u') +
            " x",
    };
    for (const std::string& value : values) {
        Outgoing mail = sample_mail();
        mail.subject = value;
        mail.from.name = value;
        mail.to.name = value;
        const Message read = read_message(composed(mail));
        EXPECT_EQ(read.subject, value);
        ASSERT_EQ(read.from.size(), 1U) << value;
        EXPECT_EQ(read.from.front().name, value);
        EXPECT_EQ(read.from.front().email, mail.from.email);
        ASSERT_EQ(read.to.size(), 1U) << value;
        EXPECT_EQ(read.to.front().name, value);
        EXPECT_EQ(read.to.front().email, mail.to.email);
    }
}

TEST(Compose, KeepsDateAndIds) {
    Outgoing mail = sample_mail();
    mail.in_reply_to = base::MessageId::parse("<b@seed.test>");
    const Message read = read_message(composed(mail));
    EXPECT_EQ(read.date, mail.date);
    EXPECT_EQ(read.message_id, mail.message_id);
    EXPECT_THAT(read.in_reply_to, ElementsAre(*mail.in_reply_to));
    EXPECT_THAT(read.references, ElementsAre(*mail.in_reply_to));
}

TEST(Compose, EncodesAsLittleAsItMust) {
    Outgoing mail = sample_mail();
    EXPECT_THAT(composed(mail), Not(HasSubstr("quoted-printable")));
    mail.text = "Grüße\n";
    EXPECT_THAT(composed(mail), HasSubstr("Gr=C3=BC=C3=9Fe\r\n"));
    mail.text = std::string(79, 'x');
    EXPECT_THAT(composed(mail), HasSubstr("xxx=\r\nxxx"));
}

TEST(Compose, EscapesTextForHtml) {
    Outgoing mail = sample_mail();
    mail.text = "1 < 2 & \"3\"\nnext line\n\nnext paragraph";
    const Message read = read_message(composed(mail));
    EXPECT_THAT(read.html, HasSubstr("<p>1 &lt; 2 &amp; &quot;3&quot;<br>\r\nnext line</p>"));
    EXPECT_THAT(read.html, HasSubstr("<p>next paragraph</p>"));
}

TEST(Compose, WritesHtmlAsGiven) {
    Outgoing mail = sample_mail();
    mail.html = "<p>Own <b>HTML</b></p>\r\n";
    EXPECT_EQ(read_message(composed(mail)).html, mail.html);
}

TEST(Compose, WritesSmtputf8AddressesAsTheyAre) {
    Outgoing mail = sample_mail();
    mail.to.email = *base::Email::parse("jürgen@bücher.example");
    EXPECT_THAT(composed(mail), HasSubstr("<jürgen@bücher.example>"));
    EXPECT_EQ(read_message(composed(mail)).to.front().email, mail.to.email);
}

TEST(Compose, GivesTheSameBytesForTheSameSeed) {
    const Outgoing mail = sample_mail();
    EXPECT_EQ(composed(mail, 7), composed(mail, 7));
    EXPECT_NE(composed(mail, 7), composed(mail, 8));
}

// The boundary must not occur in what the lead's fields put into a body.
class Scripted : public base::Random {
  public:
    std::uint64_t next() override { return calls_++ < 24 ? 36 : 37; }

  private:
    int calls_ = 0;
};

TEST(Compose, DrawsAnotherBoundaryWhereTheBodyHasIt) {
    Outgoing mail = sample_mail();
    mail.text = "------------" + std::string(24, 'a') + "\n";
    Scripted random;
    const auto bytes = compose(mail, random);
    ASSERT_TRUE(bytes);
    EXPECT_THAT(*bytes, HasSubstr("boundary=\"------------" + std::string(24, 'b') + "\""));
}

TEST(Compose, RefusesInjectionInEveryHeaderValue) {
    const std::string attacks[] = {
        "x\r\nBcc: victim@example.com",
        "x\nBcc: v@example.com",
        "x\rBcc: v@example.com",
        std::string("x\0y", 3),
        "x\r\n\r\nbody",
        "\n",
        "\r",
        "bad \xff utf-8"
    };
    for (const std::string& attack : attacks) {
        Outgoing mail = sample_mail();
        mail.subject = attack;
        EXPECT_EQ(refusal_of(mail, "Subject"), base::ErrorCode::invalid_input);
        mail = sample_mail();
        mail.from.name = attack;
        EXPECT_EQ(refusal_of(mail, "From"), base::ErrorCode::invalid_input);
        mail = sample_mail();
        mail.to.name = attack;
        EXPECT_EQ(refusal_of(mail, "To"), base::ErrorCode::invalid_input);
        mail = sample_mail();
        mail.extra_headers = {{"X-Token", attack}};
        EXPECT_EQ(refusal_of(mail, "X-Token"), base::ErrorCode::invalid_input);
    }
}

TEST(Compose, RefusesBadHeaderNamesAndDoubledHeaders) {
    for (const std::string name : {"", "X Y", "X:Y", "X\r\nBcc", "Übung"}) {
        Outgoing mail = sample_mail();
        mail.extra_headers = {{name, "v"}};
        EXPECT_EQ(refusal_of(mail, "is no header name"), base::ErrorCode::invalid_input);
    }
    for (const std::string name : {"To", "from", "SUBJECT", "Content-Type", "message-id"}) {
        Outgoing mail = sample_mail();
        mail.extra_headers = {{name, "v"}};
        EXPECT_EQ(refusal_of(mail, name), base::ErrorCode::invalid_input);
    }
}

TEST(Compose, RefusesWhatIsMissingOrNoText) {
    Outgoing mail = sample_mail();
    mail.to.email = {};
    EXPECT_EQ(refusal_of(mail, "address of To"), base::ErrorCode::invalid_input);
    mail = sample_mail();
    mail.message_id = {};
    EXPECT_EQ(refusal_of(mail, "Message-ID"), base::ErrorCode::invalid_input);
    mail = sample_mail();
    mail.text = std::string("a\0b", 3);
    EXPECT_EQ(refusal_of(mail, "text has a NUL"), base::ErrorCode::invalid_input);
    mail = sample_mail();
    mail.html = "\xc3";
    EXPECT_EQ(refusal_of(mail, "HTML is not UTF-8"), base::ErrorCode::invalid_input);
}

// The end-of-data forms that let one message become two at a lax server (SMTP smuggling).
TEST(Compose, NormalisesSmugglingSequences) {
    const std::string ends[] = {
        "\n.\n",
        "\n.\r",
        "\n.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\r\n.\r\r\n",
        "\r\r\n.\r\r\n",
        "\r.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r\n"
    };
    for (const std::string& end : ends) {
        Outgoing mail = sample_mail();
        mail.text = "before" + end + "MAIL FROM:<smuggled@example.com>" + end;
        mail.html = "<p>before" + end + "MAIL FROM:<smuggled@example.com>" + end + "</p>";
        const std::string bytes = composed(mail);
        EXPECT_TRUE(has_only_crlf(bytes));
        for (const std::string_view line : lines_of(bytes))
            EXPECT_FALSE(line.starts_with('.')) << line;
    }
    Outgoing mail = sample_mail();
    for (const std::string& nul : {std::string("\r\n\0.\r\n", 6), std::string("\r\n.\0\r\n", 6)}) {
        mail.text = nul;
        EXPECT_EQ(refusal_of(mail, "NUL"), base::ErrorCode::invalid_input);
    }
}

TEST(Compose, KeepsTheFirstAndTheNewestReferences) {
    Outgoing mail = sample_mail();
    for (int i = 0; i < 200; ++i)
        mail.references.push_back(
            *base::MessageId::parse("id-" + std::to_string(i) + "@long.example.test")
        );
    mail.references.insert(mail.references.begin() + 3, *base::MessageId::parse("nö@x.test"));
    mail.in_reply_to = base::MessageId::parse("<parent@seed.test>");
    const Message read = read_message(composed(mail));
    ASSERT_GT(read.references.size(), 10U);
    EXPECT_EQ(read.references.front().str(), "id-0@long.example.test");
    EXPECT_EQ(read.references.back().str(), "parent@seed.test");
    EXPECT_EQ(read.references[read.references.size() - 2].str(), "id-199@long.example.test");
    EXPECT_LE(read.header("References").size() + 12, 998U);
}

TEST(Compose, StandsVeryLongIds) {
    Outgoing mail = sample_mail();
    for (int i = 0; i < 3; ++i)
        mail.references.push_back(
            *base::MessageId::parse(std::string(980, static_cast<char>('a' + i)) + "@x.test")
        );
    mail.in_reply_to = mail.references.back();
    const std::string bytes = composed(mail);
    for (const std::string_view line : lines_of(bytes)) EXPECT_LE(line.size(), 998U);
    EXPECT_EQ(read_message(bytes).references.back(), *mail.in_reply_to);
}

TEST(Compose, FoldsExtraHeaders) {
    Outgoing mail = sample_mail();
    std::string value = "<mailto:stop@sender.test?subject=stop>,";
    for (int i = 0; i < 20; ++i)
        value += " <https://sender.test/stop/" + std::string(30, 'k') + ">,";
    mail.extra_headers = {{"List-Unsubscribe", value}, {"X-Empty", ""}};
    const std::string bytes = composed(mail);
    for (const std::string_view line : lines_of(bytes)) EXPECT_LE(line.size(), 78U);
    EXPECT_EQ(read_message(bytes).header("List-Unsubscribe"), value);
    EXPECT_THAT(bytes, HasSubstr("\r\nX-Empty:\r\n"));
}

}  // namespace
}  // namespace mime
