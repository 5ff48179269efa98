#include "campaign/address_key.h"

#include "campaign/data_list.h"
#include "campaign/domain_name.h"

namespace campaign {
namespace {

std::string key_of(const std::string& address) {
    const auto email = base::Email::parse(address);
    EXPECT_TRUE(email) << address;
    return email ? address_key(*email) : "";
}

TEST(AddressKey, IsWithoutCaseAndWithItsDomainInAscii) {
    EXPECT_EQ(key_of("Ann.Lee@Example.COM"), "ann.lee@example.com");
    EXPECT_EQ(key_of("ann@MÜLLER.de"), "ann@xn--mller-kva.de");
    EXPECT_EQ(key_of("ann@xn--MLLER-kva.de"), "ann@xn--mller-kva.de");
    EXPECT_EQ(key_of("ann@straße.de"), "ann@xn--strae-oqa.de");
    // Decomposed and composed are one name (NFC).
    EXPECT_EQ(key_of("ann@mu\u0308ller.de"), "ann@xn--mller-kva.de");
    EXPECT_EQ(key_of("ann@[192.0.2.1]"), "ann@[192.0.2.1]");
    EXPECT_EQ(key_of("ann+news@example.com"), "ann+news@example.com");
}

TEST(AddressKey, KnowsWhatIsNoDomain) {
    EXPECT_FALSE(ascii_domain(""));
    EXPECT_FALSE(ascii_domain("xn--zzzzzzzz99999"));
    EXPECT_FALSE(ascii_domain(std::string(254, 'a')));
}

TEST(OrganisationOf, IsTheRegistrableDomain) {
    EXPECT_EQ(organisation_of("example.com"), "example.com");
    EXPECT_EQ(organisation_of("Mail.EU.Example.com"), "example.com");
    EXPECT_EQ(organisation_of("mail.shop.co.uk"), "shop.co.uk");
    EXPECT_EQ(organisation_of("team.müller.de"), "xn--mller-kva.de");
    EXPECT_EQ(organisation_of("anna.github.io"), "anna.github.io");
    EXPECT_EQ(organisation_of("x.lab.test"), "lab.test");
    EXPECT_EQ(organisation_of("co.uk"), "co.uk");
    EXPECT_EQ(organisation_of("localhost"), "localhost");
}

TEST(OrganisationOf, IsEmptyAtFreeMailProviders) {
    for (const char* domain :
         {"gmail.com", "GoogleMail.com", "web.de", "yahoo.co.uk", "mail.yahoo.co.uk", "qq.com"}) {
        EXPECT_EQ(organisation_of(domain), "") << domain;
        EXPECT_TRUE(is_free_mail(domain)) << domain;
    }
    EXPECT_FALSE(is_free_mail("notgmail.com"));
    EXPECT_FALSE(is_free_mail("gmail.com.example.com"));
}

TEST(DomainAndParents, AreAllThatHaveADot) {
    using ::testing::ElementsAre;
    EXPECT_THAT(
        domain_and_parents("A.b.example.co.uk"),
        ElementsAre("a.b.example.co.uk", "b.example.co.uk", "example.co.uk", "co.uk")
    );
    EXPECT_THAT(domain_and_parents("example.com"), ElementsAre("example.com"));
    EXPECT_THAT(domain_and_parents("co.uk"), ElementsAre("co.uk"));
    EXPECT_THAT(domain_and_parents("localhost"), ElementsAre("localhost"));
    EXPECT_THAT(domain_and_parents("[192.0.2.1]"), ElementsAre("[192.0.2.1]"));
}

TEST(DataList, ReadsWordsValuesAndComments) {
    const WordMap words = read_word_map("# head\nat  the rule # why\n\nbe\r\n");
    EXPECT_EQ(words, (WordMap{{"at", "the rule"}, {"be", ""}}));
}

TEST(DataList, FilesHaveWhatTheirReadersExpect) {
    EXPECT_TRUE(consent_first_countries().contains("DE"));
    for (const auto& [country, rule] : consent_first_countries()) {
        EXPECT_EQ(country.size(), 2u) << country;
        EXPECT_FALSE(rule.empty()) << country;
    }
    EXPECT_TRUE(role_names().contains("postmaster"));
    // No domain is both: one who has a mailbox there for years is a person.
    for (const std::string& domain : free_mail_domains()) {
        EXPECT_FALSE(disposable_domains().contains(domain)) << domain;
        EXPECT_EQ(ascii_domain(domain), domain);
    }
    for (const std::string& domain : disposable_domains()) EXPECT_EQ(ascii_domain(domain), domain);
}

}  // namespace
}  // namespace campaign
