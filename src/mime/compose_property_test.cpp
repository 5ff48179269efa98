// Whatever a merge field holds, the message keeps its headers and its recipients (CPython
// CVE-2024-6923 and CVE-2025-1795, MimeKit CVE-2026-30227 are failures of this kind).
#include "mime/compose.h"
#include "mime/message.h"
#include "mime/test_mail.h"
#include "mime/utf8.h"

namespace mime {
namespace {

// Text of pieces that have broken mail libraries, and of any code points.
std::string random_text(base::Random& random, std::size_t pieces_max, bool with_line_ends) {
    static const std::vector<std::string> kPieces = {
        " ",
        "  ",
        ",",
        ";",
        ":",
        "\"",
        "\\",
        "(",
        ")",
        "<",
        ">",
        "@",
        "=?",
        "?=",
        "=?utf-8?q?=0d=0ax?=",
        "From ",
        ".",
        "--",
        "=",
        "=20",
        "_",
        "\t",
        "a@b.test",
        "<x@y.test>",
        "Bcc: z@y.test",
        "&lt;",
        "word",
        "averyveryverylongwordwithoutanyblankinsideit"
    };
    std::string text;
    const auto count = static_cast<std::size_t>(random.below(pieces_max + 1));
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t kind = random.below(with_line_ends ? 10 : 8);
        if (kind < 4) {
            text += random.pick(kPieces);
        } else if (kind < 8) {
            const std::uint64_t range = kind < 6 ? 0x60 : 0x2000;
            append_code_point(text, static_cast<std::uint32_t>(0x20 + random.below(range)));
        } else {
            text +=
                random.pick(std::vector<std::string>{"\n", "\r\n", "\r", "\n\n", "\n.\n", "\r.\r"});
        }
    }
    return text;
}

// What folding and blank handling of RFC 5322 may change.
std::string without_edges(std::string_view text) { return one_line(text); }

TEST(ComposeProperty, AnyMergeValueKeepsHeadersAndRecipients) {
    base::SeededRandom random(20261123);
    const std::size_t header_count = read_message(composed(sample_mail())).headers.size();
    for (int round = 0; round < 3000; ++round) {
        Outgoing mail = sample_mail();
        mail.subject = random_text(random, 30, false);
        mail.from.name = random_text(random, 12, false);
        mail.to.name = random_text(random, 12, false);
        mail.text = random_text(random, 60, true);
        if (random.chance(0.5)) mail.html = random_text(random, 60, true);
        const std::string bytes = composed(mail, static_cast<std::uint64_t>(round));
        SCOPED_TRACE("round " + std::to_string(round) + "\n" + bytes);

        ASSERT_TRUE(has_only_crlf(bytes));
        for (const std::string_view line : lines_of(bytes)) ASSERT_LE(line.size(), 998U);
        const Message read = read_message(bytes);
        ASSERT_EQ(read.headers.size(), header_count);
        ASSERT_EQ(read.to.size(), 1U);
        ASSERT_EQ(read.to.front().email, mail.to.email);
        ASSERT_EQ(read.from.size(), 1U);
        ASSERT_EQ(read.from.front().email, mail.from.email);
        ASSERT_EQ(read.subject, without_edges(mail.subject));
        ASSERT_EQ(read.to.front().name, without_edges(mail.to.name));
        ASSERT_EQ(read.leaves, (std::vector<std::string>{"text/plain", "text/html"}));
    }
}

TEST(ComposeProperty, TextComesBackButForItsLineEnds) {
    base::SeededRandom random(7);
    for (int round = 0; round < 3000; ++round) {
        Outgoing mail = sample_mail();
        mail.text = random_text(random, 80, true);
        mail.html = "<p></p>";
        std::string expected;
        for (std::size_t at = 0; at < mail.text.size(); ++at) {
            const bool cr = mail.text[at] == '\r';
            expected += cr ? '\n' : mail.text[at];
            if (cr && at + 1 < mail.text.size() && mail.text[at + 1] == '\n') ++at;
        }
        const Message read = read_message(composed(mail, static_cast<std::uint64_t>(round)));
        // A text of nothing but blanks gives way to the HTML.
        if (!base::trim(expected).empty()) {
            ASSERT_EQ(read.text, expected) << "round " << round;
        }
    }
}

}  // namespace
}  // namespace mime
