#include "campaign/lead_checks.h"

#include <boost/json.hpp>

#include "campaign/address_key.h"
#include "campaign/data_list.h"

namespace campaign {
namespace {

using ::testing::HasSubstr;
using Verdict = MailDomain::Verdict;

OwnAddresses own() { return {{"me@own.example", "seed@gmail.com"}, {"own.example"}}; }

Refusal refusal_of(const std::string& address, const CheckWishes& wishes = {}) {
    LeadRow row;
    row.email = address;
    const Refused refused = check_row(row, own(), wishes);
    EXPECT_EQ(refused.why.empty(), refused.refusal == Refusal::none) << address;
    return refused.refusal;
}

Lead lead_at(const std::string& address, const std::string& country = "") {
    LeadRow row;
    row.country = country;
    row.fields["first_name"] = "Ann";
    return lead_of(row, *base::Email::parse(address), {Verdict::takes_mail, "mx.google.com", ""});
}

TEST(LeadChecks, RefuseForAReason) {
    const std::vector<std::pair<const char*, Refusal>> cases = {
        {"ann@shop.example", Refusal::none},
        {"Ann.Lee+x@shop.co.uk", Refusal::none},
        {"ann@m\xC3\xBCller.de", Refusal::none},
        {"", Refusal::no_address},
        {"ann", Refusal::malformed},
        {"ann@shop", Refusal::malformed},
        {"ann@shop..example", Refusal::malformed},
        {"ann@[192.0.2.1]", Refusal::malformed},
        {"ann@192.0.2.1", Refusal::malformed},
        {"ann@a.example, ben@a.example", Refusal::malformed},
        {"j\xC3\xB6rg@shop.example", Refusal::malformed},
        {"-ann@shop.example", Refusal::malformed},
        {"me@own.example", Refusal::own_mailbox},
        {"SEED@gmail.com", Refusal::own_mailbox},
        {"other@mail.own.example", Refusal::own_domain},
        {"other@gmail.com", Refusal::none},
        {"ann@mailinator.com", Refusal::disposable},
        {"ann@x.mailinator.com", Refusal::disposable},
        {"ann@my-tempmail-box.example", Refusal::disposable},
        {"info@shop.example", Refusal::role_address},
        {"SALES@shop.example", Refusal::role_address},
        {"info.de@shop.example", Refusal::role_address},
        {"support2@shop.example", Refusal::role_address},
        {"customer.service@shop.example", Refusal::role_address},
        {"no-reply@shop.example", Refusal::role_address},
        {"sales.anderson@shop.example", Refusal::none},
        {"infante@shop.example", Refusal::none},
        {"mark@shop.example", Refusal::none},
    };
    for (const auto& [address, refusal] : cases)
        EXPECT_EQ(to_string(refusal_of(address)), to_string(refusal)) << address;
    EXPECT_EQ(refusal_of("info@shop.example", {.allow_roles = true}), Refusal::none);
    LeadRow unreadable;
    unreadable.problem = "a quote is not closed";
    EXPECT_EQ(check_row(unreadable, {}, {}).refusal, Refusal::unreadable);
}

TEST(LeadChecks, EveryRefusalHasItsName) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Refusal::no_mail_server); ++i) {
        EXPECT_NE(to_string(static_cast<Refusal>(i)), "");
        names.insert(to_string(static_cast<Refusal>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Refusal::no_mail_server) + 1);
}

TEST(LeadChecks, JudgeTheDomainsServers) {
    EXPECT_EQ(check_domain({Verdict::takes_mail, "mx.shop.example", ""}).refusal, Refusal::none);
    EXPECT_EQ(check_domain({Verdict::unknown, "", "late"}).refusal, Refusal::none);
    EXPECT_EQ(check_domain({Verdict::null_mx, "", ""}).refusal, Refusal::no_mail_server);
    EXPECT_EQ(check_domain({Verdict::no_server, "", ""}).refusal, Refusal::no_mail_server);
    EXPECT_EQ(check_domain({Verdict::no_such_domain, "", ""}).refusal, Refusal::no_mail_server);
    EXPECT_EQ(
        check_domain({Verdict::takes_mail, "mx.mailinator.com", ""}).refusal, Refusal::disposable
    );
}

TEST(LeadChecks, NameTheProviderByItsServer) {
    EXPECT_EQ(mx_provider_of("ASPMX.L.GOOGLE.COM"), "google");
    EXPECT_EQ(mx_provider_of("shop-de.mail.protection.outlook.com"), "microsoft");
    EXPECT_EQ(mx_provider_of("mx.zoho.eu"), "zoho");
    EXPECT_EQ(mx_provider_of("mx.notgoogle.com"), "");
    EXPECT_EQ(mx_provider_of(""), "");
}

TEST(LeadChecks, MakeALeadOfARow) {
    const Lead lead = lead_at("Ann@M\xC3\xBCller.DE");
    EXPECT_EQ(lead.email, "Ann@xn--mller-kva.de");
    EXPECT_EQ(lead.email_key, "ann@xn--mller-kva.de");
    EXPECT_EQ(lead.organisation, "xn--mller-kva.de");
    EXPECT_EQ(lead.mx_provider, "google");
    EXPECT_EQ(lead.fields, R"({"first_name":"Ann"})");
}

TEST(LeadChecks, AskForABasisWhereTheLawDoes) {
    EXPECT_THAT(*basis_needed(lead_at("a@shop.com", "DE")), HasSubstr("DE asks for consent first"));
    EXPECT_THAT(*basis_needed(lead_at("a@shop.de")), HasSubstr("by the domain's ending"));
    EXPECT_THAT(*basis_needed(lead_at("a@gmail.com", "US")), HasSubstr("free-mail"));
    // What is said wins over the ending.
    EXPECT_FALSE(basis_needed(lead_at("a@shop.de", "US")));
    EXPECT_FALSE(basis_needed(lead_at("a@shop.com")));
    EXPECT_FALSE(basis_needed(lead_at("a@shop.co.uk")));
    Lead told = lead_at("a@shop.de");
    told.basis = "consent";
    EXPECT_FALSE(basis_needed(told));
}

TEST(LeadChecks, GiveTheStatus) {
    const Lead plain = lead_at("a@shop.com");
    EXPECT_EQ(status_of(plain, Verdict::takes_mail, false).status, "ready");
    EXPECT_EQ(status_of(plain, Verdict::unknown, false).reason, kNoAnswer);
    EXPECT_EQ(status_of(plain, Verdict::takes_mail, true).reason, kUnverified);
    const LeadStatus all = status_of(lead_at("a@shop.de"), Verdict::unknown, true);
    EXPECT_EQ(all.status, "needs_basis");
    EXPECT_THAT(all.reason, HasSubstr("consent"));
    EXPECT_TRUE(waits_for(all.reason, kNoAnswer));
    EXPECT_TRUE(waits_for(all.reason, kUnverified));
    EXPECT_EQ(status_of(lead_at("a@shop.de"), Verdict::takes_mail, false).status, "needs_basis");
    // With a basis, the other two are left to wait for.
    EXPECT_EQ(
        status_after(true, true).reason, std::string(kNoAnswer) + "; " + std::string(kUnverified)
    );
    EXPECT_EQ(status_after(false, true).status, "new");
    EXPECT_EQ(status_after(false, false).status, "ready");
    EXPECT_TRUE(awaits_domain(""));
    EXPECT_TRUE(awaits_domain(kNoAnswer));
    EXPECT_TRUE(awaits_domain(status_after(true, true).reason));
    EXPECT_FALSE(awaits_domain(kUnverified));
}

}  // namespace
}  // namespace campaign
