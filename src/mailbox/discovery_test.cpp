#include "mailbox/discovery.h"

#include "mailbox/mailboxes.h"
#include "tests/support/fake_dns.h"
#include "tests/support/manual_loop.h"

namespace mailbox {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DiscoveryTest : public testing::Test {
  protected:
    base::Result<Discovery> found(const std::string& email) {
        return base::run_to_end(
            loop_, discover(dns_, *base::Email::parse(email), base::MonotonicTime::max())
        );
    }
    std::string problem(const std::string& email) {
        const auto discovery = found(email);
        if (discovery) return "none";
        EXPECT_EQ(discovery.error().code, base::ErrorCode::invalid_input);
        return discovery.error().message;
    }

    support::ManualLoop loop_;
    support::FakeDns dns_;
};

TEST_F(DiscoveryTest, AsksNothingWhereTheDomainTells) {
    const auto gmail = found("x@gmail.com");
    ASSERT_TRUE(gmail);
    EXPECT_EQ(gmail->preset->name, "gmail");
    EXPECT_THAT(gmail->how, HasSubstr("domain of the address"));
    EXPECT_THAT(dns_.asked, IsEmpty());
}

TEST_F(DiscoveryTest, TakesTheProviderThatTheMxRecordsName) {
    dns_.mx_records["co.test"] = {{10, "mx.zoho.eu"}, {20, "mx2.zoho.eu"}};
    const auto zoho = found("ann@CO.test");
    ASSERT_TRUE(zoho) << zoho.error().message;
    EXPECT_EQ(zoho->preset->name, "zoho-eu");
    EXPECT_EQ(zoho->imap.host, "imappro.zoho.eu");
    EXPECT_THAT(zoho->how, AllOf(HasSubstr("co.test"), HasSubstr("mx.zoho.eu")));
    EXPECT_THAT(dns_.asked, ElementsAre("mx co.test"));
}

TEST_F(DiscoveryTest, TakesTheServersOfTheSrvRecordsWithImplicitTlsFirst) {
    dns_.mx_records["co.test"] = {{10, "mail.co.test"}};
    dns_.srv_records["_submissions._tcp.co.test"] = {{0, 0, 465, "out.co.test"}};
    dns_.srv_records["_submission._tcp.co.test"] = {{0, 0, 587, "old.co.test"}};
    dns_.srv_records["_imap._tcp.co.test"] = {{0, 0, 143, "co.test"}};
    const auto own = found("ann@co.test");
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_EQ(own->preset, nullptr);
    EXPECT_EQ(to_url(own->smtp, "smtp"), "smtps://out.co.test:465");
    EXPECT_EQ(to_url(own->imap, "imap"), "imap+starttls://co.test:143");
    EXPECT_THAT(own->how, HasSubstr("SRV records of co.test"));
}

TEST_F(DiscoveryTest, KnowsAProviderByTheServersOfTheSrvRecords) {
    dns_.srv_records["_submissions._tcp.co.test"] = {{0, 0, 465, "smtp.fastmail.com"}};
    dns_.srv_records["_imaps._tcp.co.test"] = {{0, 0, 993, "imap.fastmail.com"}};
    const auto own = found("ann@co.test");
    ASSERT_TRUE(own) << own.error().message;
    ASSERT_NE(own->preset, nullptr);
    EXPECT_EQ(own->preset->name, "fastmail") << "so its policy is shown";
}

TEST_F(DiscoveryTest, AsksTheOwnerToConfirmServersOfAnotherDomain) {
    dns_.srv_records["_submissions._tcp.co.test"] = {{0, 0, 465, "mail.evilco.test"}};
    dns_.srv_records["_imaps._tcp.co.test"] = {{0, 0, 993, "imap.co.test"}};
    EXPECT_THAT(
        problem("ann@co.test"),
        AllOf(
            HasSubstr("--smtp smtps://mail.evilco.test:465"),
            HasSubstr("--imap imaps://imap.co.test:993"),
            HasSubstr("forged")
        )
    );
}

TEST_F(DiscoveryTest, NamesTheMendWhereNothingIsKnown) {
    const std::string nothing = problem("ann@co.test");
    EXPECT_THAT(
        nothing, AllOf(HasSubstr("ann@co.test"), HasSubstr("--smtp URL"), HasSubstr("--provider"))
    );
    EXPECT_THAT(nothing, Not(HasSubstr("cannot look up")));
    EXPECT_EQ(dns_.asked.size(), 5U);
    dns_.srv_records["_imaps._tcp.co.test"] = {{0, 0, 993, "imap.co.test"}};
    EXPECT_THAT(problem("ann@co.test"), HasSubstr("reading only"));
}

TEST_F(DiscoveryTest, SaysWhereDnsFailedAndTakesWhatItGaveAllTheSame) {
    dns_.errors["co.test"] =
        base::Error{base::ErrorCode::timed_out, "net.dns", "cannot look up co.test", {}, 0, {}};
    EXPECT_THAT(problem("ann@co.test"), HasSubstr("(cannot look up co.test)"));
    dns_.srv_records["_submissions._tcp.co.test"] = {{0, 0, 465, "mail.co.test"}};
    dns_.srv_records["_imaps._tcp.co.test"] = {{0, 0, 993, "mail.co.test"}};
    EXPECT_TRUE(found("ann@co.test"));
}

}  // namespace
}  // namespace mailbox
