#include "campaign/unsubscribe.h"

#include "campaign/address_key.h"
#include "campaign/lead_store.h"
#include "ledger/ledger.h"
#include "tests/support/manual_loop.h"

namespace campaign {
namespace {

constexpr base::Timestamp kNow{1'795'438'800'000'000};

class UnsubscribeTest : public testing::Test {
  protected:
    UnsubscribeTest() {
        db_ = store::open_database(
            {.url = "sqlite::memory:", .inline_jobs = true, .create = true}, loop_
        );
    }
    template <class Job>
    auto job(Job work, store::Role role = store::Role::campaign) {
        return base::run_to_end(loop_, db_->run(role, std::move(work)));
    }
    std::int64_t add(const std::string& address, std::int64_t campaign) {
        Lead lead;
        lead.campaign_id = campaign;
        lead.email = address;
        lead.email_key = address_key(base::Email::parse(address).value());
        lead.fields = "{}";
        lead.status = "active";
        lead.next_step = 1;
        lead.next_step_at = kNow;
        lead.created_at = kNow;
        return job([lead](store::Connection& connection) { return add_lead(connection, lead); });
    }
    bool unsubscribe_once(const std::string& address) {
        const Unsubscription gone =
            unsubscription_of({base::Email::parse(address).value(), 7, kNow}, vault_);
        return job([gone](store::Connection& connection) {
            return unsubscribe(connection, gone, kNow);
        });
    }
    std::string status_of(std::int64_t lead) {
        return job([lead](store::Connection& connection) {
            return lead_by_id(connection, lead)->status;
        });
    }
    std::vector<Suppression> suppressions() {
        return job([](store::Connection& connection) {
            return list_suppressions(connection, "", "", 0);
        });
    }

    support::ManualLoop loop_;
    mailbox::Vault vault_{std::string(32, 'v')};
    std::unique_ptr<store::Database> db_;
};

TEST_F(UnsubscribeTest, StopsTheAddressInEveryCampaignOnce) {
    const std::int64_t here = add("lea@example.com", 7);
    const std::int64_t there = add("Lea@Example.com", 8);
    const std::int64_t other = add("leo@example.com", 7);
    EXPECT_TRUE(unsubscribe_once("Lea@example.com"));
    EXPECT_FALSE(unsubscribe_once("Lea@example.com"));
    EXPECT_EQ(status_of(here), "unsubscribed");
    EXPECT_EQ(status_of(there), "unsubscribed");
    EXPECT_EQ(status_of(other), "active");
    ASSERT_EQ(suppressions().size(), 1U);
    EXPECT_EQ(suppressions()[0].value, "lea@example.com");
    EXPECT_EQ(suppressions()[0].reason, "unsubscribe");
    const auto told =
        job([](store::Connection& connection) { return ledger::read(connection, "campaign", 7); },
            store::Role::operator_);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].decision, "unsubscribed");
}

TEST_F(UnsubscribeTest, StopsALeadThatWasAddedAfterwards) {
    EXPECT_TRUE(unsubscribe_once("lea@example.com"));
    const std::int64_t late = add("lea@example.com", 9);
    EXPECT_FALSE(unsubscribe_once("lea@example.com"));
    EXPECT_EQ(status_of(late), "unsubscribed");
}

TEST_F(UnsubscribeTest, MakesAPendingOneCertain) {
    job([](store::Connection& connection) {
        const base::Email lea = base::Email::parse("lea@example.com").value();
        suppress(connection, lea, "unsubscribe", "a mail that proves nothing", true, kNow);
    });
    EXPECT_TRUE(unsubscribe_once("lea@example.com"));
    ASSERT_EQ(suppressions().size(), 1U);
    EXPECT_EQ(suppressions()[0].state, "active");
}

TEST_F(UnsubscribeTest, DoesNotWriteDownAnErasedAddressAgain) {
    const std::string hash = suppression_hash("lea@example.com", vault_);
    job([hash](store::Connection& connection) {
        connection.execute(
            "INSERT INTO suppressions (kind, value, reason, created_at) "
            "VALUES ('hash', :hash, 'erased', 1)",
            store::values(hash)
        );
    });
    EXPECT_FALSE(unsubscribe_once("lea@example.com"));
    ASSERT_EQ(suppressions().size(), 1U);
    EXPECT_EQ(suppressions()[0].kind, "hash");
}

}  // namespace
}  // namespace campaign
