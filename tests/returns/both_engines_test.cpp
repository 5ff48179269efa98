// The statements of the incoming side on SQLite and PostgreSQL, on the role that runs them.
#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_by_hand.h"
#include "campaign/lead_store.h"
#include "campaign/reply_handler.h"
#include "campaign/reply_store.h"
#include "campaign/returned_mail.h"
#include "campaign/sent_folder_mail.h"
#include "campaign/suppression.h"
#include "inbound/cursors.h"
#include "tests/store/store_fixture.h"

namespace {

using store::Connection;
using store::Role;

constexpr base::Timestamp kNow{1'780'300'800'000'000};

class Returns : public tests::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        run(Role::campaign, [this](Connection& connection) {
            campaign_ = campaign::create_campaign(connection, "spring", {}, {}, kNow).value();
            campaign::Lead lead;
            lead.campaign_id = campaign_;
            lead.email = lead.email_key = "bob@lead.test";
            lead.organisation = "lead.test";
            lead.status = "active";
            lead.created_at = kNow;
            lead_ = campaign::add_lead(connection, lead);
            connection.execute(
                "INSERT INTO emails_campaign (email_type, lead_id, campaign_id, \"from\", \"to\", "
                "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
                "created_at, sent_at) VALUES ('initial', :lead, :campaign, 'anna@co.test', "
                "'bob@lead.test', 1, 'A question', 'm1@co.test', 'in_doubt', 'draft:1', 't1', '', "
                ":created, :sent)",
                store::values(lead_, campaign_, kNow, kNow)
            );
        });
    }
    campaign::Returned returned(const std::string& raw, std::uint32_t uid) {
        inbound::Incoming incoming;
        incoming.mailbox.id = 1;
        incoming.place = {inbound::FolderKind::inbox, "INBOX", 9, uid, {}};
        incoming.found_at = kNow;
        incoming.message = mime::read_message(raw);
        incoming.gmail_thread_id = 77;
        return campaign::returned_of(incoming, mint_, vault_);
    }
    campaign::Recorded record(const std::string& raw, std::uint32_t uid) {
        const campaign::Returned what = returned(raw, uid);
        return run(Role::campaign, [what](Connection& connection) {
            return campaign::record_returned(connection, what);
        });
    }
    std::string text(const std::string& sql) {
        return read(Role::operator_, [sql](Connection& connection) {
            return connection.text(sql).value_or("none");
        });
    }

    delivery::TokenMint mint_{"a key"};
    mailbox::Vault vault_{std::string(32, 'k')};
    std::int64_t campaign_ = 0;
    std::int64_t lead_ = 0;
};

}  // namespace

TEST_P(Returns, AnswersAreRecordedOnceWithWhatFollows) {
    const std::string raw =
        "From: Bob <bob@lead.test>\r\nTo: anna@co.test\r\nSubject: Re: A question\r\n"
        "Message-ID: <r1@lead.test>\r\nIn-Reply-To: <m1@co.test>\r\n\r\nYes.\r\n";
    EXPECT_TRUE(record(raw, 1).matched);
    EXPECT_FALSE(record(raw, 1).fresh);
    EXPECT_FALSE(record(raw, 2).fresh);
    EXPECT_EQ(text("SELECT status FROM leads ORDER BY id"), "replied");
    EXPECT_EQ(text("SELECT status FROM emails_campaign ORDER BY id"), "accepted");
    EXPECT_EQ(text("SELECT outcome FROM emails_campaign ORDER BY id"), "replied");
    const std::int64_t campaign_id = campaign_;
    run(Role::campaign, [campaign_id](Connection& connection) {
        campaign::ReplyFilter filter;
        filter.campaign_id = campaign_id;
        const auto replies = campaign::list_replies(connection, filter);
        ASSERT_EQ(replies.size(), 1U);
        EXPECT_EQ(replies[0].text, "Yes.");
        EXPECT_EQ(campaign::replies_to_classify(connection, {7, campaign_id}, 10).size(), 1U);
        EXPECT_TRUE(campaign::replies_to_classify(connection, {7}, 10).empty());
        EXPECT_TRUE(campaign::replies_to_classify(connection, {}, 10).empty());
        EXPECT_TRUE(campaign::set_class(connection, replies[0].id, "", "model"));
        EXPECT_TRUE(campaign::replies_to_classify(connection, {campaign_id}, 10).empty());
        EXPECT_TRUE(campaign::set_class(connection, replies[0].id, "interested", "person"));
        EXPECT_FALSE(campaign::set_class(connection, replies[0].id, "other", "model"));
        EXPECT_TRUE(campaign::set_done(connection, replies[0].id, kNow));
        EXPECT_TRUE(campaign::set_answered(connection, replies[0].id, kNow));
        EXPECT_TRUE(campaign::list_replies(connection, filter).empty());
        filter.campaign_id.reset();
        EXPECT_TRUE(campaign::list_replies(connection, filter).empty());
        EXPECT_FALSE(campaign::are_canaries_out(connection));
    });
}

TEST_P(Returns, AreMatchedByEveryKindOfClue) {
    const auto by = [&](const std::function<void(campaign::Clues&)>& set) {
        campaign::Clues clues;
        set(clues);
        return run(Role::campaign, [clues](Connection& connection) {
            const auto match = campaign::find_match(connection, clues, 1, kNow);
            return match ? match->by : std::string("none");
        });
    };
    run(Role::campaign, [](Connection& connection) {
        connection.execute(
            "UPDATE emails_campaign SET provider_message_id = 'theirs@x.test', "
            "provider_thread_id = '77'"
        );
    });
    using campaign::Clues;
    EXPECT_EQ(by([](Clues& clues) { clues.tokens = {"t1"}; }), "token");
    EXPECT_EQ(
        by([](Clues& clues) { clues.ids = {*base::MessageId::parse("m1@co.test")}; }), "message_id"
    );
    EXPECT_EQ(
        by([](Clues& clues) { clues.ids = {*base::MessageId::parse("theirs@x.test")}; }),
        "provider_id"
    );
    EXPECT_EQ(by([](Clues& clues) { clues.thread_id = "77"; }), "thread");
    EXPECT_EQ(by([](Clues& clues) { clues.from_key = "bob@lead.test"; }), "address");
    EXPECT_EQ(
        by([](Clues& clues) {
            clues.from_key = "eve@lead.test";
            clues.from_organisation = "lead.test";
            clues.subject = campaign::plain_subject("Re: A question");
        }),
        "subject_organisation"
    );
    EXPECT_EQ(by([](Clues& clues) { clues.from_key = "eve@other.test"; }), "none");
}

TEST_P(Returns, OptOutsOfStrangersWaitAndSentCopiesCount) {
    record(
        "From: eve@x.test\r\nSubject: unsubscribe\r\nMessage-ID: <u@x.test>\r\n\r\nunsubscribe\r\n",
        3
    );
    EXPECT_EQ(text("SELECT state FROM suppressions ORDER BY id"), "pending");
    campaign::SentCopy copy;
    copy.mailbox_id = 1;
    copy.place = {inbound::FolderKind::sent, "Sent", 9, 1, {}};
    copy.message_id = base::MessageId::parse("m1@co.test");
    copy.at = copy.found_at = kNow;
    copy.gmail_thread_id = 77;
    const auto note = [&] {
        return run(Role::campaign, [copy](Connection& connection) {
            return campaign::record_sent_copy(connection, copy);
        });
    };
    EXPECT_EQ(note(), campaign::SentCopyKind::ours);
    EXPECT_EQ(note(), campaign::SentCopyKind::known);
    EXPECT_EQ(text("SELECT provider_id_proof FROM emails_campaign ORDER BY id"), "sent_folder");
    copy.message_id = base::MessageId::parse("by-hand@co.test");
    for (const std::uint32_t uid : {2U, 3U}) {
        copy.place.uid = uid;
        EXPECT_EQ(note(), campaign::SentCopyKind::human);
    }
    const auto counted = [&] {
        return read(Role::operator_, [](Connection& connection) {
            return connection.integer("SELECT SUM(count) FROM mailbox_human_mail");
        });
    };
    EXPECT_EQ(counted(), 2);
    for (const std::uint32_t renumbered : {10U, 8U}) {
        copy.place.uidvalidity = renumbered;
        EXPECT_EQ(note(), campaign::SentCopyKind::human);
        EXPECT_EQ(counted(), 1);
    }
}

TEST_P(Returns, WhatWasSeenIsForgottenWhenNoLookNeedsItAnyMore) {
    const auto note = [&](Role role, std::uint32_t validity, std::uint32_t uid, int days_ago) {
        run(role, [=](Connection& connection) {
            connection.execute(
                "INSERT INTO inbound_seen (mailbox_id, folder, uidvalidity, uid, side, seen_at) "
                "VALUES (1, 'INBOX', :validity, :uid, :side, :at)",
                store::values(
                    validity,
                    uid,
                    store::to_string(connection.role()),
                    kNow - std::chrono::hours(24 * days_ago)
                )
            );
        });
    };
    const auto left = [&] { return text("SELECT COUNT(*) || '' FROM inbound_seen"); };
    for (std::uint32_t uid = 1; uid <= 250; ++uid) note(Role::campaign, 9, uid, 40);
    note(Role::campaign, 9, 251, 20);
    note(Role::campaign, 9, 252, 40);  // the cursor has not come to it
    note(Role::campaign, 8, 1, 1);     // under other numbers
    note(Role::warmup, 9, 1, 40);      // the other side's
    const auto prune = [&] {
        return run(Role::campaign, [](Connection& connection) {
            return inbound::prune_seen(connection, 1, "INBOX", {9, 251}, kNow);
        });
    };
    EXPECT_EQ(prune(), 200);
    EXPECT_EQ(prune(), 50);
    EXPECT_EQ(prune(), 0);
    EXPECT_EQ(left(), "4");
    const auto forgotten = run(Role::campaign, [](Connection& connection) {
        return inbound::forget_other_numbers(connection, 1, "INBOX", 9);
    });
    EXPECT_EQ(forgotten, 1);
    EXPECT_EQ(left(), "3");
}

TEST_P(Returns, CursorsAreEachSidesOwn) {
    const inbound::WatchedFolder inbox{"INBOX", inbound::FolderKind::inbox};
    run(Role::campaign, [inbox](Connection& connection) {
        inbound::save_cursor(connection, 1, inbox, {9, 4}, kNow);
        inbound::save_cursor(connection, 1, inbox, {9, 5}, std::nullopt);
    });
    const auto of = [&](Role role) {
        return read(role, [](Connection& connection) {
            return inbound::load_cursor(connection, 1, "INBOX").last_uid;
        });
    };
    EXPECT_EQ(of(Role::campaign), 5U);
    EXPECT_EQ(of(Role::warmup), 0U);
    EXPECT_EQ(text("SELECT kind FROM imap_cursors ORDER BY folder"), "inbox");
    EXPECT_EQ(
        text("SELECT searched_at || '' FROM imap_cursors ORDER BY folder"),
        std::to_string(kNow.micros)
    );
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    Returns,
    testing::Values(tests::Kind::sqlite_file, tests::Kind::postgresql),
    [](const auto& one) { return tests::name_of(one.param); }
);
