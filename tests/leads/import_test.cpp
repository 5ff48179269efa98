#include "campaign/lead_import.h"

#include "campaign/lead_recheck.h"
#include "tests/leads/leads_fixture.h"

namespace tests {
namespace {

using campaign::MailDomain;
using campaign::Refusal;

class Import : public LeadsTest {
  protected:
    std::vector<campaign::RefusedRow> take(
        const std::vector<std::string>& addresses, campaign::ImportOrder order = {}
    ) {
        if (order.campaign_id == 0) order.campaign_id = campaign_id_;
        order.now = kNow;
        campaign::LeadImport import(*database_, domains_, vault_, order);
        std::vector<campaign::LeadRow> rows;
        for (const std::string& address : addresses) {
            campaign::LeadRow row;
            row.line = static_cast<std::int64_t>(rows.size()) + 2;
            row.email = address;
            rows.push_back(row);
        }
        auto refused = base::run_to_end(loop_, import.take(rows));
        totals_ = import.totals();
        return refused;
    }
    std::string refusals(const std::vector<campaign::RefusedRow>& rows) {
        std::string out;
        for (const campaign::RefusedRow& row : rows)
            out += fmt::format("{}:{} ", row.line, campaign::to_string(row.refused.refusal));
        return out;
    }

    FakeMailDomains domains_;
    campaign::ImportTotals totals_;
};
INSTANTIATE_LEADS_TEST(Import);

TEST_P(Import, AddsWhatMayBeAddedAndSaysOfTheRestWhy) {
    run(Role::campaign, [](Connection& c) {
        campaign::suppress(c, email("out@shop.example"), "unsubscribe", "", false, kNow);
        campaign::suppress_domain(c, "rival.example", "owner", "", kNow);
    });
    domains_.answers["null.example"] = {MailDomain::Verdict::null_mx, "", ""};
    domains_.answers["slow.example"] = {MailDomain::Verdict::unknown, "", ""};
    const auto refused = take(
        {"ann@shop.example",
         "ANN@shop.example",
         "info@shop.example",
         "out@shop.example",
         "x@mail.rival.example",
         "y@null.example",
         "z@slow.example",
         "b@shop.de",
         "broken"}
    );
    EXPECT_EQ(
        refusals(refused),
        "3:duplicate_in_file 4:role_address 5:suppressed 6:suppressed 7:no_mail_server "
        "10:malformed "
    );
    EXPECT_EQ(totals_.rows, 9);
    EXPECT_EQ(totals_.ready, 1);
    EXPECT_EQ(totals_.needs_basis, 1);
    EXPECT_EQ(totals_.unanswered, 1);
    EXPECT_EQ(totals_.refused_count(), 6);
    const auto leads = read(Role::operator_, [this](Connection& c) {
        return campaign::leads_of_campaign(c, campaign_id_, "", 0);
    });
    ASSERT_EQ(leads.size(), 3u);
    EXPECT_EQ(leads[0].mx_provider, "zoho");
    EXPECT_EQ(leads[0].organisation, "shop.example");
    EXPECT_EQ(leads[1].status, "new");
    EXPECT_EQ(leads[2].status, "needs_basis");
}

TEST_P(Import, ASecondTimeAddsNothing) {
    const std::vector<std::string> addresses = {"ann@shop.example", "ben@shop.example"};
    EXPECT_TRUE(take(addresses).empty());
    const auto again = take(addresses);
    EXPECT_EQ(refusals(again), "2:known 3:known ");
    EXPECT_EQ(totals_.added(), 0);
    EXPECT_EQ(totals_.known, 2);
    EXPECT_EQ(totals_.refused_count(), 0);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM leads"), 2);
}

TEST_P(Import, NoAddressComesIntoTwoCampaignsUnlessTheOwnerSaysSo) {
    take({"ann@shop.example"});
    campaign::ImportOrder order;
    order.campaign_id = make_campaign("second");
    EXPECT_EQ(refusals(take({"Ann@Shop.example"}, order)), "2:known_elsewhere ");
    order.allow_known = true;
    EXPECT_TRUE(take({"Ann@Shop.example"}, order).empty());
}

TEST_P(Import, ADryRunJudgesTheSameAndWritesNothing) {
    take({"ann@shop.example"});
    campaign::ImportOrder order;
    order.dry_run = true;
    EXPECT_EQ(refusals(take({"ann@shop.example", "ben@shop.example"}, order)), "2:known ");
    EXPECT_EQ(totals_.ready, 1);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM leads"), 1);
}

TEST_P(Import, RecordsTheBasisWithWhoAndWhen) {
    campaign::ImportOrder order;
    order.basis = "asked at the fair";
    order.basis_by = "Ann Lee";
    order.source = "fair 2026";
    take({"b@shop.de"}, order);
    const auto leads = read(Role::operator_, [this](Connection& c) {
        return campaign::leads_of_campaign(c, campaign_id_, "ready", 0);
    });
    ASSERT_EQ(leads.size(), 1u);
    EXPECT_EQ(leads[0].basis, "asked at the fair");
    EXPECT_EQ(leads[0].basis_by, "Ann Lee");
    EXPECT_EQ(leads[0].basis_at, kNow);
    EXPECT_EQ(leads[0].source, "fair 2026");
}

TEST_P(Import, LeavesOutWhatIsTheOwners) {
    execute(
        Role::operator_,
        "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, created_at) VALUES "
        "('Me@own.example', 'sender', '', '', '', 1), ('seed@gmail.com', 'seed', '', '', '', 1)"
    );
    campaign::ImportOrder order;
    order.own = read(Role::operator_, [](Connection& c) { return campaign::own_addresses(c); });
    EXPECT_EQ(
        refusals(take(
            {"me@own.example", "boss@eu.own.example", "seed@gmail.com", "other@gmail.com"}, order
        )),
        "2:own_mailbox 3:own_domain 4:own_mailbox "
    );
}

TEST_P(Import, TakesManyRowsInSmallJobs) {
    std::vector<std::string> addresses;
    for (int i = 0; i < 350; ++i) addresses.push_back(fmt::format("p{}@shop{}.example", i, i % 40));
    EXPECT_TRUE(take(addresses).empty());
    EXPECT_EQ(totals_.ready, 350);
    EXPECT_EQ(domains_.asked.size(), 40u);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM leads WHERE status = 'ready'"), 350);
}

TEST_P(Import, AsksAgainAboutDomainsThatGaveNoAnswer) {
    for (const char* domain : {"a.example", "b.example", "c.example"})
        domains_.answers[domain] = {MailDomain::Verdict::unknown, "", ""};
    take({"x@a.example", "x@b.example", "x@c.example", "x@d.example"});
    domains_.answers["a.example"] = {MailDomain::Verdict::takes_mail, "aspmx.l.google.com", ""};
    domains_.answers["b.example"] = {MailDomain::Verdict::no_such_domain, "", ""};
    const auto found = base::run_to_end(
        loop_, campaign::recheck_new_leads(*database_, domains_, campaign_id_, kNow)
    );
    EXPECT_EQ(found.ready, 1);
    EXPECT_EQ(found.stopped, 1);
    EXPECT_EQ(found.waiting, 1);
    const auto leads = read(Role::operator_, [this](Connection& c) {
        return campaign::leads_of_campaign(c, campaign_id_, "", 0);
    });
    EXPECT_EQ(leads[0].status, "ready");
    EXPECT_EQ(leads[0].mx_provider, "google");
    EXPECT_EQ(leads[1].status, "stopped");
    EXPECT_EQ(leads[2].status, "new");
}

}  // namespace
}  // namespace tests
