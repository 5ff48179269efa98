#include "inbound/delivery_status.h"

namespace inbound {
namespace {

TEST(DeliveryStatus, ReadsRecipients) {
    const auto read = read_delivery_status(
        "Reporting-MTA: dns; mx.example.com\r\n\r\n"
        "Original-Recipient: rfc822;ann@example.com\r\n"
        "Final-Recipient: rfc822; ann.b@example.com\r\n"
        "Action: failed\r\nStatus: 5.1.1 (no mailbox)\r\nRemote-MTA: dns; x.example.com\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1\r\n  no such user\r\n\r\n"
        "Final-Recipient: rfc822;<bob@example.com>\r\nAction: delayed\r\nStatus: 4.4.7\r\n"
    );
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].address(), "ann@example.com");
    EXPECT_EQ(read[0].final, "ann.b@example.com");
    EXPECT_EQ(read[0].action, "failed");
    EXPECT_EQ(read[0].status, "5.1.1");
    EXPECT_EQ(read[0].comment, "(no mailbox)");
    EXPECT_EQ(read[0].diagnostic, "smtp; 550 5.1.1\nno such user");
    EXPECT_EQ(read[0].remote, "x.example.com");
    EXPECT_EQ(read[1].address(), "bob@example.com");
    EXPECT_EQ(read[1].action, "delayed");
}

TEST(DeliveryStatus, ReadsBrokenOnes) {
    // No blank line between fields of the message and recipients.
    const auto read = read_delivery_status(
        "Reporting-MTA: dns; x\nFinal-Recipient: ann@example.com\nAction: Failed (x)\nStatus: "
        "5.0.0\n"
        "Final-Recipient: bob@example.com\nAction: failed\nStatus: 5.0.0\nno field\n: odd\n"
    );
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].final, "ann@example.com");
    EXPECT_EQ(read[0].action, "failed");
    EXPECT_EQ(read[1].final, "bob@example.com");
    EXPECT_TRUE(read_delivery_status("").empty());
    EXPECT_TRUE(read_delivery_status("Reporting-MTA: dns; x\n\n\n").empty());
}

TEST(DeliveryStatus, StopsAtTheLimit) {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "Final-Recipient: rfc822; a@example.com\nAction: failed\n\n";
    EXPECT_EQ(read_delivery_status(text).size(), kRecipientsMax);
}

}  // namespace
}  // namespace inbound
