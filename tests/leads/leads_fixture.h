// A store with a campaign in it, on either engine, and shorthands to put leads there.
#pragma once
#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "campaign/mail_domains.h"
#include "campaign/suppression.h"
#include "tests/store/store_fixture.h"

namespace tests {

using store::Connection;
using store::Role;
using store::values;

inline constexpr base::Timestamp kNow{1'790'000'000'000'000};

// Answers from its table; other domains take mail at mx.zoho.eu.
class FakeMailDomains : public campaign::MailDomains {
  public:
    std::map<std::string, campaign::MailDomain> answers;
    std::vector<std::string> asked;
    std::function<void()> before_answer;
    base::Task<std::vector<campaign::MailDomain>> look_up(std::vector<std::string> domains
    ) override {
        if (before_answer) before_answer();
        std::vector<campaign::MailDomain> out;
        for (const std::string& domain : domains) {
            asked.push_back(domain);
            const auto found = answers.find(domain);
            out.push_back(
                found != answers.end()
                    ? found->second
                    : campaign::
                          MailDomain{campaign::MailDomain::Verdict::takes_mail, "mx.zoho.eu", ""}
            );
        }
        co_return out;
    }
};

class LeadsTest : public StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (!IsSkipped()) campaign_id_ = make_campaign("shops");
    }
    std::int64_t make_campaign(const std::string& name) {
        return run(Role::campaign, [name](Connection& c) {
            return *campaign::create_campaign(c, name, {}, {}, kNow);
        });
    }
    std::int64_t add_lead(
        const std::string& address, const std::string& status = "ready", std::int64_t campaign = 0
    ) {
        campaign::Lead lead;
        lead.campaign_id = campaign == 0 ? campaign_id_ : campaign;
        lead.email = address;
        lead.email_key = campaign::address_key(*base::Email::parse(address));
        lead.name = "Ann Lee";
        lead.company = "Secret Shop";
        lead.fields = R"({"first_name":"Ann","note":"private words"})";
        lead.status = status;
        lead.created_at = kNow;
        return run(Role::campaign, [lead](Connection& c) { return campaign::add_lead(c, lead); });
    }
    std::int64_t add_draft(std::int64_t lead, const std::string& status) {
        return run(Role::campaign, [lead, status](Connection& c) {
            return c.insert(
                "INSERT INTO email_drafts (lead_id, to_email, to_name, subject, body, status, "
                "created_at) VALUES (:lead, 'ann@shop.example', 'Ann Lee', 'Hello Ann', "
                "'private words', :status, :now)",
                values(lead, status, kNow)
            );
        });
    }
    campaign::Lead lead(std::int64_t id) {
        return *read(Role::campaign, [id](Connection& c) { return campaign::lead_by_id(c, id); });
    }
    std::string draft_status(std::int64_t id) {
        return *read(Role::campaign, [id](Connection& c) {
            return c.text("SELECT status FROM email_drafts WHERE id = :id ORDER BY id", values(id));
        });
    }
    std::optional<std::string> why_suppressed(const std::string& address) {
        const auto keys = campaign::suppression_keys(email(address), vault_);
        return read(Role::campaign, [keys](Connection& c) {
            return campaign::suppressed(c, keys);
        });
    }
    static base::Email email(const std::string& address) { return *base::Email::parse(address); }

    mailbox::Vault vault_{std::string(32, 'k')};
    std::int64_t campaign_id_ = 0;
};

#define INSTANTIATE_LEADS_TEST(Suite)                                  \
    INSTANTIATE_TEST_SUITE_P(                                          \
        Engines,                                                       \
        Suite,                                                         \
        testing::Values(Kind::sqlite_memory_inline, Kind::postgresql), \
        [](const auto& tested) { return name_of(tested.param); }       \
    )

}  // namespace tests
