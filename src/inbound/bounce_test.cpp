#include "inbound/bounce.h"

#include "base/text.h"

namespace inbound {
namespace {

constexpr std::string_view kReport =
    "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example.net>\r\n"
    "To: ada@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\n\r\nI could not deliver it.\r\n\r\n"
    "<bob@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1 no such user\r\n"
    "    (in reply to RCPT TO command)\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx.example.net\r\n\r\n"
    "Final-Recipient: rfc822; bob@example.com\r\nAction: ACTION\r\nStatus: STATUS\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
    "\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
    "Message-ID: <one@example.org>\r\nTo: bob@example.com\r\n\r\n--b--\r\n";

std::optional<BounceReport> read(std::string_view bytes) {
    return read_bounce(mime::read_message(bytes));
}

std::string report(const std::string& action, const std::string& status) {
    const std::string bytes = base::replace_all(std::string(kReport), "ACTION", action);
    return base::replace_all(bytes, "STATUS", status);
}

TEST(Bounce, ReadsAReport) {
    const auto bounce = read(report("failed", "5.1.1"));
    ASSERT_TRUE(bounce);
    ASSERT_EQ(bounce->bounces.size(), 1U);
    EXPECT_EQ(bounce->bounces[0].address, "bob@example.com");
    EXPECT_EQ(bounce->bounces[0].status, "5.1.1");
    EXPECT_EQ(bounce->bounces[0].reply_code, "550");
    EXPECT_EQ(bounce->bounces[0].reason, "userunknown");
    EXPECT_TRUE(bounce->bounces[0].hard);
    ASSERT_TRUE(bounce->original_message_id);
    EXPECT_EQ(bounce->original_message_id->str(), "one@example.org");
}

TEST(Bounce, IsSoftWhileADeliveryIsTried) {
    const auto bounce = read(report("delayed", "4.4.1"));
    ASSERT_TRUE(bounce);
    EXPECT_FALSE(bounce->bounces[0].hard);
}

// The returned mail's own subject, and what a text says of its end, once made a failure a delay.
TEST(Bounce, TellsADelayFromAFailureInProse) {
    constexpr const char* kFull = "<bob@example.com>: mailbox is full\n";
    struct Case {
        const char* subject;
        const char* text;
        bool delayed;
    };
    const Case cases[] = {
        {"Warning: message 1aBc-0001 delayed 24 hours", kFull, true},
        {"Delivery Status Notification (Delay)", kFull, true},
        {"Delayed Mail (still being retried)", kFull, true},
        {"Delivery failed", "<bob@example.com>: mailbox is full\nIt will be retried.\n", true},
        {"Delivery delayed",
         "<bob@example.com>: mailbox is full\nWe try for 5 days before giving up.\n",
         true},
        {"Undeliverable: Delayed shipment", kFull, false},
        {"Undeliverable: Delivery delayed, our excuses", kFull, false},
        {"Delivery failed: no delay with us", kFull, false},
        {"Warning: bob@example.com - mailbox full", kFull, false},
        {"Warning: message 1aBc-0001 delayed 24 hours",
         "<bob@example.com>: mailbox is full\nI have given up.\n",
         false},
        {"Delivery failed", "<bob@example.com>: mailbox is full\nIt will not be retried.\n", false},
    };
    for (const Case& one : cases) {
        const auto bounce = read(
            std::string("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nSubject: ") +
            one.subject + "\r\n\r\nA message that you sent could not be delivered:\n\n" + one.text
        );
        ASSERT_TRUE(bounce) << one.subject;
        EXPECT_EQ(bounce->bounces.at(0).delayed, one.delayed) << one.subject << one.text;
        EXPECT_FALSE(bounce->bounces.at(0).hard);
    }
}

// Rejections by the recipient's Sieve script, in words of their own, once had no reason.
TEST(Bounce, SaysThatARuleOfTheRecipientRejected) {
    constexpr const char* kHead =
        "From: Mail Delivery Subsystem <postmaster@mx.example.net>\r\n"
        "Subject: Automatically rejected mail\r\nAuto-Submitted: auto-replied (rejected)\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n"
        "--b\r\n\r\n";
    constexpr const char* kParts =
        "\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Reporting-UA: mx.example.net; Dovecot Mail Delivery Agent\r\n"
        "Final-Recipient: rfc822; bob@example.com\r\nOriginal-Message-ID: <one@example.org>\r\n"
        "Disposition: automatic-action/MDN-sent-automatically; deleted\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "Message-ID: <one@example.org>\r\nTo: bob@example.com\r\n\r\nx\r\n--b--\r\n";
    const std::pair<const char*, const char*> cases[] = {
        {"Your message to <bob@example.com> was automatically rejected:\r\nNo more of that.\r\n",
         "filtered"},
        {"Your message to <bob@example.com> was automatically rejected:\r\nQuota exceeded\r\n",
         "mailboxfull"},
        {"The message was refused by the recipient's mail filtering program. Reason given was as "
         "follows:\r\n\r\nGo away, bob@example.com says.\r\n",
         "filtered"},
        {"Votre message pour <bob@example.com> n'est pas le bienvenu.\r\n", "filtered"},
    };
    for (const auto& [words, reason] : cases) {
        const auto bounce = read(std::string(kHead) + words + kParts);
        ASSERT_TRUE(bounce) << words;
        EXPECT_EQ(bounce->bounces.at(0).address, "bob@example.com");
        EXPECT_EQ(bounce->bounces.at(0).reason, reason) << words;
        EXPECT_FALSE(bounce->bounces.at(0).hard);
        EXPECT_EQ(bounce->original_message_id->str(), "one@example.org");
    }
}

TEST(Bounce, IsNoneWhereTheMailArrived) {
    for (const char* action : {"delivered", "relayed", "expanded"})
        EXPECT_FALSE(read(report(action, "2.0.0"))) << action;
}

TEST(Bounce, ReadsProse) {
    struct Case {
        const char* text;
        const char* address;
        const char* reason;
    };
    const Case cases[] = {
        {"This message was created automatically by mail delivery software.\n\n"
         "A message that you sent could not be delivered to one or more of its\nrecipients.\n\n"
         "  bob@example.com\n    SMTP error from remote mail server after RCPT "
         "TO:<bob@example.com>:\n"
         "    host mx.example.com [192.0.2.1]: 550 no such user\n\n"
         "------ This is a copy of the message, including all the headers. ------\n",
         "bob@example.com",
         "userunknown"},
        {"I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
         "<bob@example.com>:\nSorry, the mailbox is full. (#5.2.2)\n\n"
         "--- Below this line is a copy of the message.\n",
         "bob@example.com",
         "mailboxfull"},
        {"Your message\n  To: ada@example.org\n  Subject: x\n  Sent: today\n\n"
         "did not reach the following recipient(s):\n\nbob@example.com on today\n"
         "    The recipient name is not recognized\n",
         "bob@example.com",
         "userunknown"},
        {"Delivery failed.\nRecipient address: bob@example.com\nReason: connection timed out\n",
         "bob@example.com",
         "expired"},
    };
    for (const Case& one : cases) {
        const std::string returned =
            "Received: from x\nMessage-ID: <two@example.org>\nTo: bob@example.com\n\nHi\n";
        const auto bounce = read(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: ada@example.org\n"
            "Subject: failure notice\n\n" +
            std::string(one.text) + "\n" + returned
        );
        ASSERT_TRUE(bounce) << one.text;
        ASSERT_EQ(bounce->bounces.size(), 1U) << one.text;
        EXPECT_EQ(bounce->bounces[0].address, one.address);
        EXPECT_EQ(bounce->bounces[0].reason, one.reason) << one.text;
        ASSERT_TRUE(bounce->original_message_id) << one.text;
        EXPECT_EQ(bounce->original_message_id->str(), "two@example.org");
    }
}

TEST(Bounce, TellsRecipientsApart) {
    const auto bounce = read(
        "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n"
        "I wasn't able to deliver your message to the following addresses.\n\n"
        "<bob@example.com>:\nuser unknown (#5.1.1)\n\n<eve@example.com>:\nquota exceeded\n"
    );
    ASSERT_TRUE(bounce);
    ASSERT_EQ(bounce->bounces.size(), 2U);
    EXPECT_EQ(bounce->bounces[0].reason, "userunknown");
    EXPECT_EQ(bounce->bounces[1].address, "eve@example.com");
    EXPECT_EQ(bounce->bounces[1].reason, "mailboxfull");
}

TEST(Bounce, ReadsAServicesNotification) {
    const auto bounce = read(
        "From: no-reply@notify.example.com\nx-amz-sns-message-id: 1\nSubject: Notification\n\n"
        "{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":"
        "\"bob@example.com\",\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":"
        "\"smtp; 550 5.1.1 us\ner unknown\"}]},\"mail\":{\"commonHeaders\":{\"messageId\":"
        "\"<one@example.org>\"}}}\n--\nIf you wish to stop\n"
    );
    ASSERT_TRUE(bounce);
    ASSERT_EQ(bounce->bounces.size(), 1U);
    EXPECT_EQ(bounce->bounces[0].reason, "userunknown");
    EXPECT_EQ(bounce->original_message_id->str(), "one@example.org");
}

TEST(Bounce, IsNoneWherePeopleSpeakOfOne) {
    for (const char* bytes :
         {"From: ada@example.org\nSubject: Re: Undelivered Mail Returned to Sender\n"
          "In-Reply-To: <a@example.net>\n\n"
          "My mail to <bob@example.com> could not be delivered, it says 550 user unknown. Help?\n",
          "From: ada@example.org\nSubject: server\n\nFinal-Recipient: rfc822; bob@example.com\n"
          "Action: failed\nStatus: 5.1.1\n\nWhat is this?\n",
          "From: ada@example.org\nSubject: Hi\n\nHi\n",
          ""})
        EXPECT_FALSE(read(bytes)) << bytes;
}

}  // namespace
}  // namespace inbound
