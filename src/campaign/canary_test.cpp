#include "campaign/canary.h"

#include "campaign/test_store.h"

namespace campaign {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

CanaryCopy copy(std::string provider, std::string placement, std::string status = "accepted") {
    CanaryCopy made;
    made.provider = std::move(provider);
    made.placement = std::move(placement);
    made.email_status = std::move(status);
    return made;
}

TEST(CanaryState, FollowsFromThePlacements) {
    const std::vector<std::string> both = {"gmail", "outlook"};
    const base::Timestamp now{};
    EXPECT_EQ(canary_state({}, both, now).canary, "");
    EXPECT_EQ(canary_state({copy("gmail", "inbox")}, both, now).canary, "waiting");
    EXPECT_EQ(
        canary_state({copy("gmail", "inbox"), copy("outlook", "")}, both, now).canary, "waiting"
    );
    EXPECT_EQ(
        canary_state({copy("gmail", "inbox"), copy("outlook", "elsewhere")}, both, now).canary,
        "clear"
    );
    const CanaryState held =
        canary_state({copy("gmail", "inbox"), copy("outlook", "spam")}, both, now);
    EXPECT_EQ(held.canary, "held");
    EXPECT_THAT(held.reason, HasSubstr("outlook"));
    EXPECT_EQ(canary_state({copy("gmail", "", "refused")}, both, now).canary, "held");
    const CanaryState late =
        canary_state({copy("gmail", "inbox"), copy("outlook", "")}, both, now + kCanaryWait);
    EXPECT_EQ(late.canary, "held");
    EXPECT_EQ(canary_state({}, {}, now).canary, "clear");
}

class CanaryTest : public test::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        Settings settings;
        settings.postal_address = "1 Main Street";
        campaign_ = add_campaign("Spring", settings, {{0, "a", 1, "s", "b", std::nullopt}});
        run([id = campaign_, at = now()](store::Connection& connection) {
            return set_campaign_status(connection, id, "active", "", at);
        });
        seed("one@gmail.test", "gmail");
        seed("two@gmail.test", "gmail");
        seed("three@outlook.test", "");
    }
    void seed(const std::string& email, const std::string& provider) {
        execute(
            "INSERT INTO mailboxes (email, role, provider, smtp_url, imap_url, login, secret, "
            "created_at) VALUES (:email, 'seed', :provider, '', '', :login, 'x', 1)",
            store::values(email, provider, email)
        );
    }
    std::vector<CanaryToSend> to_send() {
        return run([](store::Connection& connection) { return canaries_to_send(connection, 10); });
    }
    std::int64_t send(const CanaryToSend& one) {
        return run([one, at = now()](store::Connection& connection) {
            const std::string key = canary_send_key(one.text_id, one.mailbox_id);
            const std::int64_t email = connection.insert(
                "INSERT INTO emails_campaign (email_type, campaign_id, \"from\", \"to\", "
                "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
                "created_at) VALUES ('initial', 1, 'a@x.test', :to, 9, 's', :message, 'accepted', "
                ":key, :token, '', :at)",
                store::values(one.to, "<" + key + "@x>", key, key, at)
            );
            note_canary(connection, one, email, at);
            return email;
        });
    }
    bool found(std::int64_t email, const std::string& folder) {
        return run([=, at = now()](store::Connection& connection) {
            return record_canary_placement(connection, email, folder, at);
        });
    }
    std::string state() { return text("SELECT canary FROM campaign_texts ORDER BY id"); }
    std::string campaign_status() { return text("SELECT status FROM campaigns ORDER BY id"); }
    bool clear() {
        return run([id = campaign_, canary = state()](store::Connection& connection) {
            return text_is_clear(canary, load_settings(connection, id).value());
        });
    }

    std::int64_t campaign_ = 0;
};

TEST_F(CanaryTest, OneSeedOfEachProviderGetsACopy) {
    const auto copies = to_send();
    ASSERT_EQ(copies.size(), 2U);
    EXPECT_EQ(copies[0].to, "one@gmail.test");
    EXPECT_EQ(copies[1].to, "three@outlook.test");
    EXPECT_FALSE(clear());
    const std::int64_t first = send(copies[0]);
    EXPECT_EQ(state(), "waiting");
    EXPECT_EQ(to_send().size(), 1U);
    const std::int64_t second = send(copies[1]);
    EXPECT_TRUE(to_send().empty());
    EXPECT_TRUE(found(first, "inbox"));
    EXPECT_EQ(state(), "waiting");
    EXPECT_TRUE(found(second, "all"));
    EXPECT_EQ(state(), "clear");
    EXPECT_TRUE(clear());
    EXPECT_EQ(campaign_status(), "active");
    EXPECT_FALSE(found(12345, "spam"));
}

TEST_F(CanaryTest, SpamHoldsTheCampaign) {
    const auto copies = to_send();
    const std::int64_t first = send(copies[0]);
    EXPECT_TRUE(found(first, "spam"));
    EXPECT_EQ(state(), "held");
    EXPECT_EQ(campaign_status(), "paused");
    EXPECT_THAT(
        text("SELECT status_reason FROM campaigns ORDER BY id"), HasSubstr("spam at gmail")
    );
    EXPECT_FALSE(clear());
    // The first sighting counts, whatever somebody moves later.
    EXPECT_TRUE(found(first, "inbox"));
    EXPECT_EQ(state(), "held");
    EXPECT_EQ(text("SELECT placement FROM campaign_canaries ORDER BY id"), "spam");
    EXPECT_TRUE(run([at = now()](store::Connection& connection) {
        return clear_canary(connection, 1, "Eva", at);
    }));
    EXPECT_TRUE(clear());
}

TEST_F(CanaryTest, WhatIsNotFoundInADayIsHeld) {
    send(to_send()[0]);
    loop_.advance(kCanaryWait + hours(1));
    run([at = now()](store::Connection& connection) {
        settle_canaries(connection, at);
        return 0;
    });
    EXPECT_EQ(state(), "held");
}

TEST_F(CanaryTest, WithoutSeedsOrByChoiceThereIsNone) {
    execute("UPDATE mailboxes SET status = 'removed'");
    EXPECT_TRUE(to_send().empty());
    run([at = now()](store::Connection& connection) {
        settle_canaries(connection, at);
        return 0;
    });
    EXPECT_EQ(state(), "clear");
    execute("UPDATE campaign_texts SET canary = ''");
    EXPECT_FALSE(clear());
    execute("UPDATE campaigns SET settings = '{\"canary\": false}'");
    EXPECT_TRUE(clear());
}

}  // namespace
}  // namespace campaign
