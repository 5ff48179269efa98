// Reports made to exhaust or confuse their reader, and sound ones with bytes flipped: no crash, no
// hang, bounded results (threats.md rows 8 and 31).
#include <chrono>

#include "base/random.h"
#include "base/text.h"
#include "inbound/classify.h"
#include "inbound/delivery_status.h"

namespace inbound {
namespace {

// 200 ms is the promise; five times that leaves room for slow machines and debug builds, and
// sanitizers make it five times slower still.
#if defined(__has_feature) && __has_feature(address_sanitizer)
constexpr std::chrono::milliseconds kTimeMax{5000};
#else
constexpr std::chrono::milliseconds kTimeMax{1000};
#endif

constexpr std::string_view kFixtures[] = {
    "Return-Path: <>\r\nFrom: mailer-daemon@mx.example.net\r\nSubject: Undelivered Mail\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\n\r\n<bob@example.com>: host mx.example.com said: 550 5.1.1 no such user\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    "Final-Recipient: rfc822; bob@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <one@example.org>\r\n\r\n--b--\r\n",
    "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n"
    "I wasn't able to deliver your message to the following addresses.\n\n"
    "<bob@example.com>:\nuser unknown (#5.1.1)\n\n<eve@example.com>:\nquota exceeded\n"
    "--- Below this line is a copy of the message.\n\nReceived: from x\nMessage-ID: "
    "<a@example.org>\n",
    "From: fbl@example.net\nContent-Type: multipart/report; report-type=feedback-report; "
    "boundary=b\n"
    "\n--b\nContent-Type: message/feedback-report\n\nOriginal-Rcpt-To: <bob@example.com>\n--b--\n",
    "x-amz-sns-message-id: 1\nSubject: Notification\n\n{\"bounce\":{\"bouncedRecipients\":"
    "[{\"emailAddress\":\"bob@example.com\",\"status\":\"5.1.1\"}]}}\n",
    "From: bob@example.com\nAuto-Submitted: auto-replied\nSubject: Away\n\nBack on May 3.\n",
};

std::string repeated(std::string_view piece, std::size_t count) {
    std::string out;
    out.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i) out += piece;
    return out;
}

void classify_in_time(std::string_view bytes) {
    const auto start = std::chrono::steady_clock::now();
    const Classified read = classify(mime::read_message(bytes));
    const auto spent = std::chrono::steady_clock::now() - start;
    EXPECT_LT(spent, kTimeMax) << bytes.substr(0, 100);
    EXPECT_LE(read.bounces.size(), kRecipientsMax);
    for (const Bounce& bounce : read.bounces) EXPECT_FALSE(bounce.reason.empty());
}

TEST(HostileBounce, FlippedBytes) {
    base::SeededRandom random(17);
    for (int round = 0; round < 4000; ++round) {
        std::string bytes(kFixtures[random.below(std::size(kFixtures))]);
        for (std::uint64_t i = random.below(12) + 1; i > 0; --i)
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        classify_in_time(bytes);
    }
}

TEST(HostileBounce, EveryPrefix) {
    for (const std::string_view fixture : kFixtures)
        for (std::size_t length = 0; length <= fixture.size(); ++length)
            classify_in_time(fixture.substr(0, length));
}

TEST(HostileBounce, MoreThanAnyoneNeeds) {
    const std::string head =
        "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\nCould not be delivered.\n";
    for (const char* piece :
         {"<a@example.com>:\nuser unknown\n",
          "@",
          "a@",
          "\"@",
          "a@b.test ",
          "550-5.1.1 ",
          "mailbox ",
          "user unknown ",
          "Final-Recipient: rfc822; a@b.test\nAction: failed\n\n",
          "5.1.1.",
          "Received: x\n",
          "\n",
          ">",
          "{"})
        classify_in_time(head + repeated(piece, 200'000));
    const std::string report =
        "From: MAILER-DAEMON@x.test\nContent-Type: message/delivery-status\n\n";
    classify_in_time(
        report + repeated("Final-Recipient: rfc822; a@b.test\nAction: failed\n\n", 100'000)
    );
    classify_in_time(report + "Diagnostic-Code: smtp; " + std::string(5'000'000, '5'));
    classify_in_time(report + "Diagnostic-Code: smtp;" + repeated("\n 550 5.1.1 x", 300'000));
    const std::string notification = "x-amz-sns-message-id: 1\n\n";
    classify_in_time(notification + repeated("[", 500'000) + "}");
    classify_in_time(notification + repeated("{\"bounce\":", 100'000) + "}");
}

}  // namespace
}  // namespace inbound
