#include "inbound/complaint.h"

namespace inbound {
namespace {

std::optional<BounceReport> read(std::string_view bytes) {
    return read_complaint(mime::read_message(bytes));
}

constexpr const char* kReturned =
    "--b\nContent-Type: message/rfc822\n\nMessage-ID: <one@example.org>\nTo: "
    "bob@example.com\n\nHi\n"
    "--b--\n";

TEST(Complaint, ReadsAFeedbackReport) {
    const auto complaint = read(
        std::string("From: fbl@example.net\nSubject: report\nContent-Type: multipart/report; "
                    "report-type=feedback-report; boundary=b\n\n--b\n\nThis is a report.\n"
                    "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
                    "Original-Rcpt-To: <bob@example.com>\nOriginal-Rcpt-To: BOB@example.com\n") +
        kReturned
    );
    ASSERT_TRUE(complaint);
    ASSERT_EQ(complaint->bounces.size(), 1U);
    EXPECT_EQ(complaint->bounces[0].address, "bob@example.com");
    EXPECT_EQ(complaint->bounces[0].reason, "feedback");
    EXPECT_FALSE(complaint->bounces[0].hard);
    EXPECT_EQ(complaint->original_message_id->str(), "one@example.org");
}

TEST(Complaint, TakesTheReturnedRecipientWhereNoneIsNamed) {
    const auto complaint = read(
        std::string("From: staff@example.net\nSubject: complaint about message from 192.0.2.1\n"
                    "Content-Type: multipart/mixed; boundary=b\n\n") +
        kReturned
    );
    ASSERT_TRUE(complaint);
    EXPECT_EQ(complaint->bounces[0].address, "bob@example.com");
}

TEST(Complaint, IsNoneWithoutAReport) {
    EXPECT_FALSE(read("From: ada@example.org\nSubject: complaint about message from Bob\n\nHi\n"));
    EXPECT_FALSE(read(""));
}

}  // namespace
}  // namespace inbound
