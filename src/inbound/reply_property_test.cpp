// What holds of every reply text, whatever the mail: mails put together by chance from pieces that
// programs and people write.
#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "inbound/auto_reply.h"
#include "inbound/opt_out.h"
#include "inbound/reply_text.h"
#include "inbound/return_date.h"

namespace inbound {
namespace {

std::string random_mail(base::Random& random) {
    static const std::vector<std::string> kLines = {
        "",
        "",
        "",
        " ",
        "Fine with me.",
        "Yes",
        "> quoted",
        ">",
        ">> deeper",
        "> On 1 Nov 2026, Cid <cid@example.com> wrote:",
        "| quoted",
        "AB> quoted",
        "On Mon, 2 Nov 2026 at 10:11, Ann <ann@example.com> wrote:",
        "On Mon, 2 Nov 2026 at 10:11, Ann",
        "<ann@example.com",
        "> wrote:",
        "wrote:",
        "Am 02.11.2026 um 10:11 schrieb Ann:",
        "ok On Mon, 2 Nov 2026 at 10:11, ann@example.com wrote:",
        "From: Ann <ann@example.com>",
        "Sent: 2 November 2026",
        "To: Bob",
        "Subject: Offer",
        "-----Original Message-----",
        "-- ",
        "--",
        "—",
        "________",
        "====",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "```",
        "  indented",
        "https://example.com/a(b",
        "\xff\xfe broken",
        "日本語の行",
    };
    std::string mail;
    const std::string line_end = random.chance(0.5) ? "\n" : "\r\n";
    const std::uint64_t count = random.below(25);
    for (std::uint64_t i = 0; i < count; ++i) mail += random.pick(kLines) + line_end;
    if (random.chance(0.3)) mail += random.pick(kLines);
    return mail;
}

std::vector<std::string> lines_of(const std::string& text) {
    return base::split(base::replace_all(text, "\r\n", "\n"), '\n');
}

// Every line of the reply is one of the mail's or the beginning of one, in the mail's order.
bool stands_in_order(const std::string& reply, const std::string& mail) {
    const std::vector<std::string> of_mail = lines_of(mail);
    std::size_t at = 0;
    for (const std::string& line : lines_of(reply)) {
        const std::string_view wanted = base::trim(line);
        if (wanted.empty()) continue;
        while (at < of_mail.size() && !base::trim(of_mail[at]).starts_with(wanted)) ++at;
        if (at == of_mail.size()) return false;
        ++at;
    }
    return true;
}

TEST(ReplyTextProperty, HoldsNothingButLinesOfTheMail) {
    base::SeededRandom random(20261102);
    for (int round = 0; round < 4'000; ++round) {
        const std::string mail = random_mail(random);
        const std::string reply = reply_text_of(mail);
        ASSERT_LE(reply.size(), mail.size()) << mail;
        ASSERT_TRUE(stands_in_order(reply, mail)) << mail << "\n=>\n" << reply;
        ASSERT_EQ(reply.find('\r'), std::string::npos) << mail;
        ASSERT_FALSE(reply.starts_with('\n') || reply.ends_with('\n') || reply.ends_with(' '))
            << mail;
    }
}

TEST(ReplyTextProperty, IsTheSameForBothLineEnds) {
    base::SeededRandom random(7);
    for (int round = 0; round < 4'000; ++round) {
        const std::string mail = base::replace_all(random_mail(random), "\r\n", "\n");
        ASSERT_EQ(reply_text_of(base::replace_all(mail, "\n", "\r\n")), reply_text_of(mail))
            << mail;
    }
}

// Every beginning of a mail is a mail, too: nothing may be read behind its end.
TEST(ReplyTextProperty, StandsEveryPrefix) {
    const std::string mail =
        "Ja, gern.\r\n\r\n-- \r\nBob\r\n\r\nAm 02.11.2026 um 10:11 schrieb Ann\r\n"
        "<ann@example.com\r\n>:\r\n> Hallo\r\n```\r\nVon: Ann\r\nGesendet: heute\r\nAn: Bob\r\n";
    for (std::size_t length = 0; length <= mail.size(); ++length) {
        const std::string prefix = mail.substr(0, length);
        const std::string reply = reply_text_of(prefix);
        ASSERT_TRUE(stands_in_order(reply, prefix)) << prefix;
        asks_to_stop(prefix, prefix);
        return_date(prefix, base::Timestamp{});
    }
}

TEST(ReplyTextProperty, OfAPlainAnswerIsItself) {
    base::SeededRandom random(11);
    static const std::vector<std::string> kPlain = {"Yes", "", "  - item", "See you, Bob", "中文"};
    for (int round = 0; round < 2'000; ++round) {
        std::string mail = "Hi";
        for (std::uint64_t i = random.below(10); i > 0; --i) mail += "\n" + random.pick(kPlain);
        const std::string reply = reply_text_of(mail);
        ASSERT_EQ(reply_text_of(reply), reply);
        while (mail.ends_with('\n')) mail.pop_back();
        ASSERT_EQ(reply, mail);
    }
}

TEST(ReplyTextProperty, TakesAnyBytes) {
    base::SeededRandom random(3);
    for (int round = 0; round < 2'000; ++round) {
        std::string bytes = random.bytes(random.below(400));
        // Line ends and marks among them.
        for (char& byte : bytes)
            if (random.chance(0.2)) byte = "\n>:@-<2"[random.below(7)];
        ASSERT_LE(reply_text_of(bytes).size(), bytes.size());
        asks_to_stop(bytes, bytes);
        return_date(bytes, base::Timestamp{});
    }
}

}  // namespace
}  // namespace inbound
