#include "engine/dns_mail_domains.h"

#include "tests/support/fake_dns.h"
#include "tests/support/manual_loop.h"

namespace engine {
namespace {

using campaign::MailDomain;
using Verdict = MailDomain::Verdict;

base::Error dns_problem(base::ErrorCode code, const char* enhanced = "") {
    return {code, "net.dns", "words", {}, 0, enhanced};
}

class DnsMailDomainsTest : public testing::Test {
  protected:
    std::vector<MailDomain> look_up(std::vector<std::string> domains) {
        return base::run_to_end(loop_, mail_domains_.look_up(std::move(domains)));
    }
    Verdict verdict(const std::string& domain) { return look_up({domain}).front().verdict; }

    support::ManualLoop loop_;
    support::FakeDns dns_;
    DnsMailDomains mail_domains_{dns_, loop_.clock()};
};

TEST_F(DnsMailDomainsTest, TakesTheBestMailServer) {
    dns_.mx_records["co.test"] = {{10, "aspmx.l.google.com"}, {20, "alt.google.com"}};
    const auto found = look_up({"co.test"});
    EXPECT_EQ(found.front().verdict, Verdict::takes_mail);
    EXPECT_EQ(found.front().mx_host, "aspmx.l.google.com");
}

TEST_F(DnsMailDomainsTest, TellsWhatTakesNoMailFromWhatDidNotAnswer) {
    dns_.errors.emplace("null.test", dns_problem(base::ErrorCode::not_found, net::kNullMx));
    dns_.errors.emplace("address.test", dns_problem(base::ErrorCode::not_found));
    dns_.errors.emplace("bare.test", dns_problem(base::ErrorCode::not_found));
    dns_.errors.emplace("slow.test", dns_problem(base::ErrorCode::timed_out));
    dns_.errors.emplace("failing.test", dns_problem(base::ErrorCode::unavailable));
    dns_.errors.emplace("bad..test", dns_problem(base::ErrorCode::invalid_input));
    dns_.errors.emplace("half.test", dns_problem(base::ErrorCode::not_found));
    dns_.errors.emplace("address half.test", dns_problem(base::ErrorCode::timed_out));
    dns_.with_address = {"address.test", "null.test"};
    EXPECT_EQ(verdict("null.test"), Verdict::null_mx);
    EXPECT_EQ(verdict("address.test"), Verdict::takes_mail);
    EXPECT_EQ(verdict("bare.test"), Verdict::no_server);
    EXPECT_EQ(verdict("slow.test"), Verdict::unknown);
    EXPECT_EQ(verdict("failing.test"), Verdict::unknown);
    EXPECT_EQ(verdict("bad..test"), Verdict::no_such_domain);
    EXPECT_EQ(verdict("half.test"), Verdict::unknown);
    EXPECT_EQ(verdict("nowhere.test"), Verdict::no_such_domain);
}

TEST_F(DnsMailDomainsTest, AsksOnceForEachDomainAndAgainForWhatDidNotAnswer) {
    dns_.mx_records["a.test"] = {{1, "m.test"}};
    dns_.errors.emplace("slow.test", dns_problem(base::ErrorCode::timed_out));
    const auto first = look_up({"a.test", "slow.test", "a.test"});
    ASSERT_EQ(first.size(), 3u);
    EXPECT_EQ(first[2].mx_host, "m.test");
    EXPECT_EQ(dns_.asked.size(), 2u);
    dns_.errors.clear();
    dns_.mx_records["slow.test"] = {{1, "m.test"}};
    EXPECT_EQ(look_up({"a.test", "slow.test"})[1].verdict, Verdict::takes_mail);
    EXPECT_EQ(dns_.asked.size(), 3u);
}

// Never answers by itself; counts the questions that are open.
class HeldDns : public support::FakeDns {
  public:
    explicit HeldDns(support::ManualLoop& loop) : loop_(loop) {}
    int open = 0;
    int open_most = 0;
    base::Task<base::Result<std::vector<net::MxRecord>>> mx(std::string, base::MonotonicTime)
        override {
        open_most = std::max(open_most, ++open);
        base::Completion<base::Unit> posted;
        loop_.post([&] { posted.complete({}); });
        co_await posted;
        --open;
        co_return std::vector<net::MxRecord>{{1, "m.test"}};
    }

  private:
    support::ManualLoop& loop_;
};

TEST(DnsMailDomainsLimit, KeepsAtMostItsNumberOfQuestionsOpen) {
    support::ManualLoop loop;
    HeldDns dns(loop);
    DnsMailDomains mail_domains(dns, loop.clock());
    std::vector<std::string> names;
    for (int i = 0; i < 200; ++i) names.push_back(fmt::format("d{}.test", i));
    const auto found = base::run_to_end(loop, mail_domains.look_up(names));
    EXPECT_EQ(found.size(), 200u);
    EXPECT_EQ(dns.open_most, 20);
    EXPECT_EQ(dns.open, 0);
}

}  // namespace
}  // namespace engine
