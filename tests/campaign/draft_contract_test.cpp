// What writing and review ask of the store, on both engines.
#include "base/text.h"
#include "campaign/campaign_store.h"
#include "campaign/canary.h"
#include "campaign/draft_store.h"
#include "campaign/lead_store.h"
#include "campaign/opt_out_words.h"
#include "campaign/pregenerate.h"
#include "campaign/preview.h"
#include "campaign/review_gate.h"
#include "campaign/variants.h"
#include "tests/store/store_fixture.h"

namespace {

using store::Connection;
using store::Role;
using tests::Kind;

constexpr base::Timestamp kNow{1'780'300'800'000'000};

class DraftContract : public tests::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        settings_.postal_address = "1 Main Street, Springfield";
        settings_.sender_name = "Eva Lindner";
        const campaign::Settings settings = settings_;
        run(Role::campaign, [settings](Connection& connection) {
            const std::int64_t id = campaign::create_campaign(
                                        connection,
                                        "Spring",
                                        settings,
                                        {{0,
                                          "a",
                                          1,
                                          "For {{company}}",
                                          "Hi {{first_name}}, is this of "
                                          "any use to you at all?",
                                          std::nullopt}},
                                        kNow
            )
                                        .value();
            campaign::set_campaign_status(connection, id, "active", "", kNow);
            for (const auto& [name, company] :
                 {std::pair("Anna Schmidt", "Acme Inc."), std::pair("Peter Weber", "Globex S.A.")
                 }) {
                campaign::Lead lead;
                lead.campaign_id = id;
                lead.email = std::string(name).substr(0, 4) + "@x.test";
                lead.email_key = lead.email;
                lead.name = name;
                lead.company = company;
                lead.status = "ready";
                lead.created_at = kNow;
                campaign::add_lead(connection, lead);
            }
        });
    }
    std::int64_t draft(const std::string& sentence) {
        const std::string body =
            campaign::append_footer("Hi Anna,\n\n" + sentence, settings_).value_or("");
        return run(Role::campaign, [body](Connection& connection) {
            campaign::NewDraft made;
            made.lead_id = 1;
            made.campaign_id = 1;
            made.to_email = "Anna@x.test";
            made.subject = "A question";
            made.body = body;
            made.text_id = 1;
            made.variant = "a";
            made.written_by = "template";
            return campaign::insert_draft(connection, made, kNow);
        });
    }
    std::string release(std::int64_t id) {
        const auto released = run(Role::campaign, [id](Connection& connection) {
            return campaign::review_and_release(connection, id, {}, kNow);
        });
        return released ? released->status : released.error().message;
    }

    campaign::Settings settings_;
};

TEST_P(DraftContract, ReviewReleasesAndRejects) {
    EXPECT_EQ(release(draft("is this of any use to you at all?")), "ready_to_send");
    run(Role::campaign, [](Connection& connection) {
        campaign::set_draft_status(connection, 1, "ready_to_send", "cancelled", "test", kNow);
    });
    EXPECT_EQ(release(draft("is this what Globex S.A. has, or Peter Weber?")), "rejected");
    const auto rejected = run(Role::operator_, [](Connection& connection) {
        return campaign::list_drafts(connection, {1, {"rejected", "generating"}, 0, 10});
    });
    ASSERT_EQ(rejected.size(), 1U);
    EXPECT_NE(rejected[0].review.find("wrong_company"), std::string::npos) << rejected[0].review;
    EXPECT_EQ(rejected[0].quality_score.value_or(-1), 0.0);
    EXPECT_FALSE(rejected[0].review_passed);
    const auto due = run(Role::campaign, [](Connection& connection) {
        return campaign::due_for_review(connection, kNow, 10);
    });
    EXPECT_TRUE(due.empty());
}

TEST_P(DraftContract, ReviewsTheOldestFirstAndThenWhatNeverWas) {
    for (int i = 0; i < 6; ++i) draft("is this of any use to you at all?");
    execute(Role::campaign, "UPDATE email_drafts SET status = 'ready_to_send'");
    const std::int64_t old = (kNow - campaign::kReviewValid).micros;
    const auto reviewed = [&](std::int64_t id, std::int64_t at) {
        execute(
            Role::campaign,
            "UPDATE email_drafts SET reviewed_at = " + std::to_string(at) +
                " WHERE id = " + std::to_string(id)
        );
    };
    reviewed(1, old);  // holds for this very moment
    reviewed(2, old - 1);
    reviewed(3, old - 2);
    reviewed(4, old - 1);
    execute(Role::campaign, "UPDATE email_drafts SET written_by = 'import' WHERE id >= 5");
    const auto due = [this](int count_max) {
        return run(Role::campaign, [count_max](Connection& connection) {
            return campaign::due_for_review(connection, kNow, count_max);
        });
    };
    using testing::ElementsAre;
    EXPECT_THAT(due(10), ElementsAre(3, 2, 4, 5, 6));
    EXPECT_THAT(due(4), ElementsAre(3, 2, 4, 5));
    EXPECT_THAT(due(2), ElementsAre(3, 2));
    execute(Role::campaign, "UPDATE email_drafts SET status = 'sent' WHERE id = 3");
    EXPECT_THAT(due(2), ElementsAre(2, 4));
}

TEST_P(DraftContract, WhatIsDueForReviewIsFoundByIndex) {
    if (GetParam() == Kind::postgresql) GTEST_SKIP() << "its plans depend on what the table holds";
    for (const bool never_reviewed : {false, true}) {
        const std::string sql =
            base::replace_all(campaign::due_for_review_sql(never_reviewed, 50), ":limit", "7");
        std::string plan;
        run(Role::owner, [&](Connection& connection) {
            connection.query(
                "EXPLAIN QUERY PLAN " + sql,
                {},
                std::vector<store::Column>{
                    store::Column::integer,
                    store::Column::integer,
                    store::Column::integer,
                    store::Column::text
                },
                [&](const store::Values& row) { plan += std::get<std::string>(row[3]) + "\n"; }
            );
        });
        EXPECT_NE(plan.find("SEARCH"), std::string::npos) << plan;
        EXPECT_NE(plan.find("email_drafts_reviewed"), std::string::npos) << plan;
        EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
    }
}

TEST_P(DraftContract, ASecondReadyDraftOfAMailIsCancelled) {
    const std::int64_t first = draft("is this of any use to you at all?");
    const std::int64_t second = draft("is this of any use to you at all?");
    execute(Role::campaign, "UPDATE email_drafts SET status = 'ready_to_send'");
    EXPECT_NE(release(second).find("written for that mail already"), std::string::npos);
    EXPECT_EQ(release(first), "ready_to_send");
    const auto cancelled = run(Role::operator_, [second](Connection& connection) {
        return campaign::find_draft(connection, second);
    });
    EXPECT_EQ(cancelled->status, "cancelled");
    EXPECT_NE(cancelled->error_message.value_or("").find("already"), std::string::npos);
}

TEST_P(DraftContract, DraftsOfAStartedCampaignAreWokenPageByPage) {
    for (int i = 0; i < 503; ++i) draft("is this of any use to you at all?");
    execute(
        Role::campaign,
        "UPDATE email_drafts SET status = 'ready_to_send', not_before = 7, wait_reason = '" +
            std::string(campaign::kWaitsForCampaign) + "'"
    );
    execute(
        Role::campaign, "UPDATE email_drafts SET wait_reason = 'its lead is away' WHERE id = 3"
    );
    execute(Role::campaign, "UPDATE email_drafts SET campaign_id = 2 WHERE id = 4");
    int pages = 0;
    for (std::optional<std::int64_t> after = 0; after; ++pages)
        after = run(Role::campaign, [behind = *after](Connection& connection) {
            return campaign::wake_drafts(connection, 1, behind);
        });
    EXPECT_EQ(pages, 3);  // the last one finds nothing
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM email_drafts WHERE not_before = 7"), 2);
}

TEST_P(DraftContract, EditsCountsAndPreviews) {
    const std::int64_t id = draft("is this of any use to you at all?");
    const auto edited = run(Role::campaign, [id](Connection& connection) {
        return campaign::edit_draft(connection, id, {"s", "b", "<p>b</p>"}, "model", "", kNow);
    });
    EXPECT_TRUE(edited);
    EXPECT_EQ(count(Role::operator_, "SELECT rewrites FROM email_drafts ORDER BY id"), 1);
    const auto counted = run(Role::operator_, [](Connection& connection) {
        return campaign::count_drafts(connection, {1, {"generating"}, 0, 1});
    });
    EXPECT_EQ(counted, 1);
    const auto preview = run(Role::operator_, [](Connection& connection) {
        return campaign::preview(connection, 1, "peter@x.test", 0);
    });
    EXPECT_FALSE(preview);  // "Pete@x.test" is the lead
    const auto found = run(Role::operator_, [](Connection& connection) {
        return campaign::preview(connection, 1, "", 0);
    });
    ASSERT_TRUE(found) << found.error().describe();
}

TEST_P(DraftContract, CanariesAndVariantsAreRead) {
    execute(
        Role::operator_,
        "INSERT INTO mailboxes (email, role, provider, smtp_url, imap_url, login, secret, "
        "created_at) VALUES ('seed@x.test', 'seed', 'gmail', '', '', 'l', 's', 1)"
    );
    const auto copies = run(Role::campaign, [](Connection& connection) {
        return campaign::canaries_to_send(connection, 10);
    });
    ASSERT_EQ(copies.size(), 1U);
    run(Role::campaign, [copies](Connection& connection) {
        const std::int64_t email = connection.insert(
            "INSERT INTO emails_campaign (email_type, campaign_id, \"from\", \"to\", "
            "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
            "created_at) "
            "VALUES ('initial', 1, 'a', 'b', 9, 's', 'm', 'accepted', 'k', 't', '', 1)"
        );
        campaign::note_canary(connection, copies[0], email, kNow);
        EXPECT_TRUE(campaign::record_canary_placement(connection, email, "inbox", kNow));
        campaign::settle_canaries(connection, kNow);
    });
    EXPECT_EQ(
        count(Role::operator_, "SELECT COUNT(*) FROM campaign_texts WHERE canary = 'clear'"), 1
    );
    draft("is this of any use to you at all?");
    execute(Role::campaign, "UPDATE email_drafts SET status = 'sent', sent_at = 5");
    const auto counts = run(Role::operator_, [](Connection& connection) {
        std::vector<campaign::VariantCount> all;
        campaign::count_variants(connection, 1, 0, 0, kNow, all);
        return all;
    });
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts[0].sent, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    DraftContract,
    testing::Values(Kind::sqlite_memory_inline, Kind::postgresql),
    [](const auto& one) { return tests::name_of(one.param); }
);

}  // namespace
