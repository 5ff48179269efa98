// Mail made to exhaust its reader: every case must end soon, within the limits, and say what was
// left out (Dovecot CVE-2020-12100, CVE-2024-23184, Nodemailer CVE-2025-14874 are failures of this
// kind).
#include <chrono>

#include "mime/message.h"
#include "mime/test_mail.h"

namespace mime {
namespace {

using testing::Contains;
using testing::HasSubstr;

// 200 ms is the promise; five times that leaves room for slow machines, debug builds and
// sanitizers.
constexpr std::chrono::milliseconds kTimeMax{1000};

std::string repeated(std::string_view piece, std::size_t count) {
    std::string out;
    out.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i) out += piece;
    return out;
}

Message read_in_time(std::string_view bytes) {
    const auto start = std::chrono::steady_clock::now();
    Message read = read_message(bytes);
    const auto spent = std::chrono::steady_clock::now() - start;
    EXPECT_LT(spent, kTimeMax) << bytes.substr(0, 100);
    const Limits limits;
    EXPECT_LE(read.leaves.size(), limits.parts_max);
    EXPECT_EQ(read.leaves.size(), read.parts.size());
    EXPECT_LE(read.headers.size(), limits.header_lines_max);
    EXPECT_LE(read.text.size(), limits.text_bytes_max * 3);
    return read;
}

TEST(HostileMail, NestedMultiparts) {
    std::string bytes = "Subject: deep\r\n";
    for (int i = 0; i < 10'000; ++i) {
        const std::string boundary = "b" + std::to_string(i) + "x";
        bytes += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary +
                 "\r\n";
    }
    const Message read = read_in_time(bytes + "\r\ntext");
    EXPECT_EQ(read.subject, "deep");
    EXPECT_THAT(read.defects, Contains(HasSubstr("nesting over 32")));
}

TEST(HostileMail, NestedMessages) {
    const Message read = read_in_time(repeated("Content-Type: message/rfc822\r\n\r\n", 10'000));
    EXPECT_EQ(read.leaves.size(), 32U);
    EXPECT_THAT(read.defects, Contains(HasSubstr("nesting over 32")));
}

TEST(HostileMail, ManyParts) {
    const Message read = read_in_time(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated("--b\r\n\r\nx\r\n", 200'000)
    );
    EXPECT_EQ(read.leaves.size(), 999U);
    EXPECT_THAT(read.defects, Contains(HasSubstr("over 1000 parts")));
}

TEST(HostileMail, ManyHeaderFields) {
    const Message read =
        read_in_time("Subject: s\r\n" + repeated("X-A: b\r\n", 500'000) + "\r\nbody");
    EXPECT_EQ(read.headers.size(), 1000U);
    EXPECT_EQ(read.subject, "s");
    EXPECT_EQ(read.text, "body");
    EXPECT_THAT(read.defects, Contains(HasSubstr("header block over")));
}

TEST(HostileMail, EndlessHeaders) {
    read_in_time("Subject: " + std::string(20'000'000, 'x'));
    read_in_time("Subject: x" + repeated("\r\n x", 2'000'000));
    read_in_time("To: " + repeated("a@b.test,\r\n ", 1'000'000) + "\r\n\r\nbody");
    const Message read = read_in_time("To: " + repeated("a@b.test, ", 100'000) + "\r\n\r\nbody");
    EXPECT_EQ(read.text, "body");
}

TEST(HostileMail, ManyAddresses) {
    const Message read =
        read_in_time("To: " + repeated("a@b.test,\r\n ", 20'000) + "z@z.test\r\n\r\n");
    EXPECT_EQ(read.to.size(), 1000U);
    EXPECT_THAT(read.defects, Contains(HasSubstr("over 1000 addresses in To")));
    for (const char* piece :
         {"(", "\"", "<", "g:", "=?utf-8?q?a?= <", "\\", "a@", "@", "a@b.test(x)", "["})
        read_in_time("To: " + repeated(piece, 100'000) + "\r\n\r\n");
}

TEST(HostileMail, ManyParameters) {
    std::string value;
    for (int i = 0; i < 1'000'000; ++i) value += ";\r\n p=" + std::to_string(i);
    read_in_time("Content-Type: text/plain" + value + "\r\n\r\nx");
    std::string continued;
    for (int i = 0; i < 20'000; ++i) continued += "; n*" + std::to_string(i) + "=x";
    const Message read = read_in_time("Content-Type: a/b" + continued + "\r\n\r\nx");
    EXPECT_THAT(read.defects, Contains(HasSubstr("over 1000 parameters")));
}

TEST(HostileMail, BigBodies) {
    const Message cut =
        read_in_time("Subject: x\r\n\r\n" + repeated("line of text\r\n", 1'000'000));
    EXPECT_THAT(cut.defects, Contains(HasSubstr("bytes of text: cut")));
    read_in_time("Subject: x\r\n\r\n" + std::string(20'000'000, 'x'));
    read_in_time("Content-Transfer-Encoding: base64\r\n\r\n" + repeated("QUJD", 5'000'000));
    read_in_time("Content-Transfer-Encoding: quoted-printable\r\n\r\n" + repeated("=", 5'000'000));
    read_in_time(
        "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" +
        repeated("\xff\x1b$B\x80", 500'000)
    );
    read_in_time("Content-Type: text/plain; charset=utf-7\r\n\r\n" + repeated("+\xff", 500'000));
    read_in_time("Content-Type: text/plain\r\n\r\n" + repeated("\xff", 2'000'000));
}

TEST(HostileMail, BadHtml) {
    for (const char* piece :
         {"<",
          "<a ",
          "<div>",
          "<a \"",
          "<!--",
          "&#x41;",
          "<script>",
          "</",
          "<b style=\"",
          "<table><tr><td>",
          "<div style=display:none>",
          "<br>"})
        read_in_time("Content-Type: text/html\r\n\r\n" + repeated(piece, 300'000));
}

TEST(HostileMail, LinesThatLookLikeBoundaries) {
    std::string bytes = "Subject: x\r\n";
    for (int i = 0; i < 30; ++i) {
        const std::string boundary(static_cast<std::size_t>(i) + 1, '-');
        bytes += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" +
                 boundary + "\r\n";
    }
    read_in_time(bytes + "\r\n" + repeated(std::string(70, '-') + "x\r\n", 100'000));
    read_in_time(
        "Content-Type: multipart/mixed; boundary=\"" + std::string(200'000, 'b') + "\"\r\n\r\n" +
        repeated("--" + std::string(1'000, 'b') + "\r\n", 10'000)
    );
}

TEST(HostileMail, EveryPrefixOfAMail) {
    Outgoing mail = sample_mail();
    mail.from.name = "Zoë, the second";
    mail.subject = "Grüße: 日本語";
    mail.text = "Ünïcode\n" + std::string(100, 'y') + "\n";
    const std::string bytes = composed(mail);
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        const Message read = read_message(std::string_view(bytes).substr(0, length));
        ASSERT_TRUE(base::is_utf8(read.text)) << length;
        ASSERT_TRUE(base::is_utf8(read.subject)) << length;
        ASSERT_EQ(read.leaves.size(), read.parts.size());
    }
}

TEST(HostileMail, RandomBytesAndFlips) {
    base::SeededRandom random(5);
    const std::string sound = composed(sample_mail());
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = round % 4 == 0 ? random.bytes(random.below(2000)) : sound;
        for (std::uint64_t i = random.below(20) + 1; i > 0 && !bytes.empty(); --i)
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        const Message read = read_message(bytes);
        ASSERT_TRUE(
            base::is_utf8(read.text) && base::is_utf8(read.html) && base::is_utf8(read.subject)
        );
        for (const Address& address : read.from) ASSERT_TRUE(base::is_utf8(address.name));
        for (const Part& part : read.parts) ASSERT_TRUE(base::is_utf8(part.name));
    }
}

}  // namespace
}  // namespace mime
