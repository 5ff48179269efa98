// Replies and automatic replies, wherever they lie.
#include "campaign/lead_privacy.h"
#include "campaign/suppression.h"
#include "tests/returns/returns_world.h"

namespace {

using tests::answer_to;
using tests::raw_mail;
using tests::ReturnsWorld;
using tests::SentOut;

}  // namespace

TEST(Replies, AreFoundInEveryFolderAndEndTheSequence) {
    struct Case {
        const char* mailbox;
        const char* folder;
        const char* kind;
    };
    for (const Case& one :
         {Case{"anna@co-one.test", "INBOX", "inbox"},
          Case{"anna@co-one.test", "Spam", "spam"},
          Case{"anna@co-one.test", "Archive", "archive"},
          Case{"anna@co-one.test", "Trash", "trash"},
          Case{"gus@gmail-like.test", "[Gmail]/Spam", "spam"},
          Case{"gus@gmail-like.test", "[Gmail]/All Mail", "all"}}) {
        SCOPED_TRACE(std::string(one.mailbox) + " " + one.folder);
        ReturnsWorld world;
        const std::int64_t lead = world.add_lead("bob@lead.test");
        const SentOut mail = world.send(lead, one.mailbox);
        world.comes_back(
            answer_to(
                mail,
                "bob@lead.test",
                "Yes, gladly.\r\n\r\nOn Monday Anna wrote:\r\n> may I ask you something?"
            ),
            one.folder,
            one.mailbox
        );
        EXPECT_EQ(world.look().replies, 1);
        EXPECT_EQ(world.lead_status(lead), "replied");
        EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE next_step_at IS NULL"), 1);
        EXPECT_EQ(world.text("SELECT outcome FROM emails_campaign ORDER BY id"), "replied");
        const auto replies = world.replies();
        ASSERT_EQ(replies.size(), 1U);
        EXPECT_EQ(replies[0].text, "Yes, gladly.");
        EXPECT_EQ(replies[0].folder_kind, one.kind);
        EXPECT_EQ(replies[0].matched_by, "message_id");
        EXPECT_EQ(replies[0].email_id, mail.id);
        EXPECT_EQ(replies[0].lead_id, lead);
        // Nothing in the person's mailbox is changed by looking.
        const auto box = base::Email::parse(one.mailbox).value();
        for (const auto& stored : world.world.messages(box))
            if (stored.message_id.starts_with("outside"))
                EXPECT_TRUE(stored.flags.empty()) << stored.folder;
    }
}

TEST(Replies, InTwoFoldersOrReadAgainCountOnce) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    const std::string raw = answer_to(mail, "bob@lead.test", "Yes.");
    world.comes_back(raw, "INBOX");
    world.comes_back(raw, "Archive");
    EXPECT_EQ(world.look().replies, 1);
    EXPECT_EQ(world.look().replies, 0);
    world.change("DELETE FROM imap_cursors");
    EXPECT_EQ(world.look().replies, 0);
    EXPECT_EQ(world.replies().size(), 1U);
}

TEST(Replies, AreMatchedBySubjectAndAddressWithTheirConfidence) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    const auto come = [&](const char* from, const std::string& subject, std::string more = {}) {
        world.comes_back(raw_mail({from, subject, "Hello.", {}, {}, std::move(more)}, mail.from));
        world.look();
        const auto replies = world.replies();
        return replies.empty()
                   ? std::string("none")
                   : replies.back().matched_by + " " + std::to_string(replies.back().confidence);
    };
    EXPECT_EQ(come("eve@lead.test", "Lunch on Friday"), "none");
    EXPECT_EQ(come("eve@elsewhere.test", "Re: A question about Acme"), "none");
    EXPECT_EQ(world.lead_status(lead), "active");
    EXPECT_EQ(come("eve@lead.test", "AW: A question about Acme"), "subject_organisation 55");
    EXPECT_EQ(come("BOB@Lead.Test", "Re: a question about ACME"), "subject_address 75");
    EXPECT_EQ(come("bob@lead.test", "Something else"), "address 40");
    // A person's client that says so (RFC 3834 section 5).
    EXPECT_EQ(come("bob@lead.test", "And more", "Auto-Submitted: no\r\n"), "address 40");
    EXPECT_EQ(world.lead_status(lead), "replied");
    EXPECT_EQ(world.replies().size(), 4U);
}

TEST(Replies, TeachAnIdOnlyWhereTheyLieInTheThread) {
    ReturnsWorld world;
    world.world.set_files_sent(base::Email::parse("anna@co-one.test").value(), false);
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    SentOut replaced = mail;
    replaced.message_id = "replaced@provider.test";
    // By address and subject alone: anybody may have written that From.
    world.comes_back(
        answer_to(replaced, "bob@lead.test", "I am away.", "Auto-Submitted: auto-replied\r\n")
    );
    EXPECT_EQ(world.look().auto_replies, 1);
    EXPECT_EQ(world.text("SELECT provider_id_proof FROM emails_campaign"), "");
    world.comes_back(answer_to(replaced, "bob.private@free.test", "Yes."));
    EXPECT_EQ(world.look().replies, 0);
    // Who names our id has seen the mail; what else it names is known from now on, and no proof.
    world.comes_back(raw_mail(
        {"bob@lead.test",
         "Re: " + mail.subject,
         "Back again.",
         {},
         {},
         "References: <" + mail.message_id + "> <replaced@provider.test>\r\n"},
        mail.from
    ));
    EXPECT_EQ(world.look().replies, 1);
    EXPECT_EQ(
        world.text("SELECT provider_message_id || ' ' || provider_id_proof FROM emails_campaign"),
        "replaced@provider.test reply"
    );
    world.comes_back(answer_to(replaced, "bob.private@free.test", "Yes."));
    EXPECT_EQ(world.look().replies, 1);
    EXPECT_EQ(world.replies().back().matched_by, "provider_id");
    EXPECT_EQ(world.replies().back().confidence, 80);
}

TEST(Replies, StopTheWholeCompanyByChoiceOnly) {
    for (const bool whole : {false, true}) {
        ReturnsWorld world;
        if (whole)
            world.change("UPDATE campaigns SET settings = '{\"stop_company_on_reply\": true}'");
        const std::int64_t bob = world.add_lead("bob@lead.test");
        const std::int64_t eve = world.add_lead("eve@lead.test");
        const std::int64_t stranger = world.add_lead("joe@other.test", "other.test");
        const SentOut mail = world.send(bob);
        world.comes_back(answer_to(mail, "bob@lead.test", "Yes."));
        world.look();
        EXPECT_EQ(world.lead_status(bob), "replied");
        EXPECT_EQ(world.lead_status(eve), whole ? "stopped" : "active");
        EXPECT_EQ(world.lead_status(stranger), "active");
    }
}

TEST(Replies, StopEveryLeadOfALargeCompany) {
    ReturnsWorld world;
    world.change("UPDATE campaigns SET settings = '{\"stop_company_on_reply\": true}'");
    const std::int64_t bob = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(bob);
    // More that have ended than one statement gives, before two that go on.
    world.change(
        "INSERT INTO leads (campaign_id, email, email_key, organisation, status, created_at) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) "
        "SELECT campaign_id, 'x' || i, 'x' || i, organisation, "
        "CASE WHEN i <= 520 THEN 'stopped' ELSE 'ready' END, 1 FROM leads, n WHERE id = " +
        std::to_string(bob)
    );
    world.comes_back(answer_to(mail, "bob@lead.test", "Yes."));
    world.look();
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE status = 'ready'"), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE status = 'stopped'"), 1100);
}

TEST(AutoReplies, WaitForTheStatedDateOrSevenDays) {
    ReturnsWorld world;
    const std::int64_t bob = world.add_lead("bob@lead.test");
    const std::int64_t eve = world.add_lead("eve@lead.test");
    const SentOut to_bob = world.send(bob);
    const SentOut to_eve = world.send(eve);
    const std::string automatic = "Auto-Submitted: auto-replied\r\n";
    world.comes_back(answer_to(
        to_bob,
        "bob@lead.test",
        "I am out of the office and will be back on 15 June 2026.",
        automatic
    ));
    world.comes_back(answer_to(to_eve, "eve@lead.test", "Thank you for your mail.", automatic));
    const campaign::ReturnCounts counts = world.look();
    EXPECT_EQ(counts.auto_replies, 2);
    EXPECT_EQ(counts.replies, 0);
    EXPECT_EQ(world.lead_status(bob), "active");
    const auto wait_of = [&](std::int64_t lead) {
        return base::to_iso(base::Timestamp{world.count(
            "SELECT wait_until FROM leads WHERE id = " + std::to_string(lead) + " ORDER BY id"
        )});
    };
    EXPECT_EQ(wait_of(bob), "2026-06-15T00:00:00Z");
    EXPECT_EQ(wait_of(eve).substr(0, 10), "2026-06-08");
}

// A person was forgotten, and the owner's client files the reply elsewhere: under a new UID.
TEST(Replies, OfAnErasedPersonDoNotComeBack) {
    const std::string bob = "bob@lead.test";
    for (const char* words : {"Yes, gladly.", "Please remove me from your list."}) {
        SCOPED_TRACE(words);
        ReturnsWorld world;
        const std::int64_t lead = world.add_lead(bob);
        const SentOut mail = world.send(lead);
        const std::string raw = answer_to(mail, bob, words);
        world.comes_back(raw);
        world.look();
        ASSERT_EQ(world.replies().size(), 1U);
        const base::Timestamp now = world.loop.now();
        const std::string hash = campaign::suppression_hash(bob, world.vault);
        world.as(store::Role::campaign, [=](store::Connection& connection) {
            ASSERT_TRUE(campaign::erase_lead(connection, lead, now));
            campaign::keep_hash_only(connection, bob, hash, now);
        });
        world.comes_back(raw, "Archive");
        // Another one by the same person, in the thread, and one that names no mail of ours.
        world.comes_back(answer_to(mail, bob, "Please remove me from your list."));
        world.comes_back(raw_mail({bob, "unsubscribe", "", {}, {}, {}}, mail.from));
        const campaign::ReturnCounts counts = world.look();
        EXPECT_EQ(counts.replies + counts.opt_outs + counts.opt_outs_waiting, 0);
        EXPECT_EQ(world.replies().size(), 1U);
        EXPECT_EQ(
            world.count("SELECT COUNT(*) FROM campaign_replies WHERE \"from\" <> '' "
                        "OR text <> '' OR subject <> ''"),
            0
        );
        EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions WHERE kind <> 'hash'"), 0);
        EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions"), 1);
        EXPECT_EQ(world.lead_status(lead), "erased");
    }
}

TEST(Replies, ThatOptOutOfAForgottenLeadAreKeptAsAHash) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    const base::Timestamp now = world.loop.now();
    world.as(store::Role::campaign, [=](store::Connection& connection) {
        ASSERT_TRUE(campaign::erase_lead(connection, lead, now));
    });
    world.comes_back(answer_to(mail, "bob@lead.test", "Please remove me from your list."));
    world.look();
    EXPECT_EQ(world.replies().size(), 0U);
    EXPECT_EQ(
        world.text("SELECT kind || ' ' || reason || ' ' || value FROM suppressions ORDER BY id"),
        "hash unsubscribe " + campaign::suppression_hash("bob@lead.test", world.vault)
    );
}

TEST(Replies, AreNeitherReceiptsNorWhatALeadSendsToEverybody) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    world.comes_back(raw_mail(
        {"bob@lead.test",
         "Our newsletter",
         "News.",
         {},
         {},
         "List-Unsubscribe: <mailto:off@lead.test>\r\n"},
        mail.from
    ));
    world.comes_back(answer_to(
        mail,
        "bob@lead.test",
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message was read.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Final-Recipient: rfc822;bob@lead.test\r\nDisposition: manual-action/MDN-sent-manually; "
        "displayed\r\n--b--",
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; "
        "report-type=disposition-notification; boundary=b\r\n"
    ));
    const campaign::ReturnCounts counts = world.look();
    EXPECT_EQ(counts.replies + counts.auto_replies + counts.bounces, 0);
    EXPECT_EQ(world.lead_status(lead), "active");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE wait_until IS NOT NULL"), 0);
    EXPECT_EQ(world.replies().size(), 0U);
}

TEST(Replies, OfWarmupAndOfOurOwnMailboxesAreNobodys) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    const std::string token = world.mint.mint(delivery::Side::warmup, "abcdefghij012345");
    world.comes_back(
        answer_to(mail, "bob@lead.test", "Warm words.", "X-Abcdefgh: " + token + "\r\n")
    );
    world.comes_back(answer_to(mail, "gus@gmail-like.test", "Seen that?"));
    world.look();
    EXPECT_EQ(world.replies().size(), 0U);
    EXPECT_EQ(world.lead_status(lead), "active");
}

TEST(Replies, OfStrangersAreNotReadBeyondTheirHeaders) {
    ReturnsWorld world;
    world.send(world.add_lead("bob@lead.test"));
    for (const char* folder : {"INBOX", "Spam", "Archive"})
        world.comes_back(
            raw_mail(
                {"eve@private.test", "Our holidays", "Secret.", {}, {}, {}}, "anna@co-one.test"
            ),
            folder
        );
    world.dialer.forget();
    world.look();
    EXPECT_EQ(world.dialer.written("imap.zoho").find("BODY.PEEK[]"), std::string::npos);
    EXPECT_EQ(world.dialer.written("imap.zoho").find("STORE"), std::string::npos);
    EXPECT_EQ(world.replies().size(), 0U);
}

TEST(Replies, ACrashBetweenHandlersAndCursorLosesAndDoublesNothing) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    world.comes_back(answer_to(mail, "bob@lead.test", "Yes."));
    // The store is lost at its n-th job, before or after its commit, for every n until a look goes
    // through.
    int failures = 0;
    for (const tests::Loss loss : {tests::Loss::after_commit, tests::Loss::before}) {
        for (int job = 1; job < 60; ++job) {
            world.store.lose(job, loss);
            campaign::ReturnCounts counts;
            bool lost = false;
            try {
                world.look_into("anna@co-one.test", counts);
            } catch (const store::StoreError&) {
                lost = true;
                ++failures;
            }
            world.store.lose(0);
            if (!lost) break;
        }
        world.change("DELETE FROM imap_cursors");
    }
    EXPECT_GT(failures, 10);
    world.look();
    EXPECT_EQ(world.replies().size(), 1U);
    EXPECT_EQ(world.lead_status(lead), "replied");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM ledger WHERE subject_kind = 'reply'"), 1);
}
