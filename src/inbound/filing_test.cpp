// Which message an order means. What is moved, and what is left, is tested in the mail world
// (tests/warmup/filing_test.cpp).
#include "inbound/filing.h"

namespace {

using inbound::FilingOrder;

FilingOrder order(std::uint32_t uid, std::string message_id, std::string token) {
    FilingOrder one;
    one.folder = "INBOX";
    one.uid = uid;
    one.uidvalidity = 1;
    one.message_ids = {std::move(message_id)};
    one.token = std::move(token);
    return one;
}

imap::Fetched fetched(std::uint32_t uid, const std::string& headers) {
    imap::Fetched one;
    one.uid = uid;
    one.sections["BODY[HEADER.FIELDS (X-TOKEN MESSAGE-ID)]"] = headers + "\r\n";
    return one;
}

std::optional<std::size_t> meant(
    const std::vector<FilingOrder>& orders, std::uint32_t uid, const std::string& headers
) {
    return inbound::order_of(orders, fetched(uid, headers), "X-Token");
}

}  // namespace

TEST(OrderOf, GoesByTheTokenAndByTheUidWhereOneIsKnown) {
    const std::vector<FilingOrder> orders = {
        order(5, "a@ours", "wtokena"), order(0, "b@ours", "wtokenb")
    };
    const std::string of_a = "X-Token: wtokena\r\nMessage-ID: <a@ours>\r\n";
    EXPECT_EQ(meant(orders, 5, of_a), 0U);
    EXPECT_EQ(meant(orders, 6, of_a), std::nullopt) << "a copy of it elsewhere";
    EXPECT_EQ(meant(orders, 77, "x-token:\r\n wtokenb\r\nMessage-ID: <theirs@x>\r\n"), 1U);
    EXPECT_EQ(meant(orders, 5, "X-Token: wtokenb\r\n"), 1U);
}

TEST(OrderOf, GoesByTheMessageIdOnlyWhereNoTokenSaysOtherwise) {
    const std::vector<FilingOrder> orders = {order(0, "b@ours", "wtokenb")};
    EXPECT_EQ(meant(orders, 7, "Message-ID: <b@ours>\r\n"), 0U);
    EXPECT_EQ(meant(orders, 7, "X-Token: wother\r\nMessage-ID: <b@ours>\r\n"), std::nullopt);
    EXPECT_EQ(meant(orders, 7, "Message-ID: <c@ours>\r\n"), std::nullopt);
    EXPECT_EQ(meant(orders, 7, "Subject: nothing\r\n"), std::nullopt);
    EXPECT_EQ(meant({}, 7, "Message-ID: <b@ours>\r\n"), std::nullopt);
}
