// What becomes of single documents, and of what is damaged.
#include "campaign/retention.h"
#include "campaign/suppression.h"
#include "tests/moving/import_fixture.h"
#include "warmup/placement.h"

namespace moving {
namespace {

using testing::HasSubstr;
using tests::Kind;

class ImportDetails : public ImportTest {};

TEST_P(ImportDetails, WordsOfMailsBecomeStatusAndOutcome) {
    const std::pair<const char*, const char*> words[] = {
        {"sent", "accepted none sent"},
        {"replied", "accepted replied replied"},
        {"bounced", "accepted bounced bounced"},
        {"failed", "refused none failed"},
        {"wondering", "parked none wondering"}
    };
    int number = 0;
    for (const auto& [word, stored] : words) {
        take("emails", {mail(++number, word)});
        EXPECT_EQ(
            value(fmt::format(
                "SELECT status || ' ' || outcome || ' ' || original_status FROM emails_campaign "
                "WHERE message_id = 'm{}@co.example'",
                number
            )),
            stored
        );
    }
    take(
        "emails",
        {R"({"_id":{"$oid":"5f0000000000000000000f01"},"from_email":"sender1@co.example",)"
         R"("to_email":"seed@gmail.example","subject":"S","status":"sent","message_id":"<w@co.example>",)"
         R"("sent_at":{"$date":"2026-10-01T09:00:00Z"},"email_type":"warmup"})"}
    );
    EXPECT_EQ(
        value("SELECT email_type || ' ' || original_type || ' ' || status || ' ' || outcome "
              "FROM emails_warmup"),
        "warmup_bidirectional warmup accepted none"
    );
}

// Where a person may be meant it lies on the campaigns' side: there erasing and exporting look.
TEST_P(ImportDetails, AMailThatSaysNotWhoseItIsIsWarmupsOnlyToAMailboxOfOurs) {
    const auto line = [](const char* id, const char* to) {
        return fmt::format(
            R"({{"_id":"{0}","from_email":"sender1@co.example","to_email":"{1}","subject":"S",)"
            R"("status":"sent","message_id":"<{0}@co.example>",)"
            R"("sent_at":{{"$date":"2026-10-01T09:00:00Z"}}}})",
            id,
            to
        );
    };
    take("emails", {line("1", "Seed@gmail.example"), line("2", "ann@lead.example")});
    EXPECT_EQ(value("SELECT \"to\" FROM emails_campaign"), "ann@lead.example");
    EXPECT_EQ(value("SELECT external_id FROM emails_warmup"), "1");
    EXPECT_EQ(lead("email || ' ' || status"), "ann@lead.example active");
}

TEST_P(ImportDetails, AClaimedDraftIsInDoubtAndGivenBackAsItWasUntilItIsDecided) {
    const std::string line =
        draft(1, R"("from_account":"sender3@co.example","status":"claimed","sent_at":null)");
    EXPECT_TRUE(take("email_drafts", {line}).complete()) << refusals();
    EXPECT_EQ(value("SELECT status FROM email_drafts"), "in_doubt");
    EXPECT_EQ(by_id(move_out("email_drafts")), by_id({from(line)}));
    // Nothing follows before somebody has decided.
    EXPECT_EQ(lead("status || ' ' || COALESCE(next_step_at, 0)"), "active 0");
    execute(store::Role::campaign, "UPDATE email_drafts SET status = 'sent'");
    EXPECT_EQ(documents::text_of(move_out("email_drafts").front().find("status")), "sent");
}

TEST_P(ImportDetails, FollowUpsGoOnFromTheAccountOfTheFirstMail) {
    take(
        "email_drafts",
        {draft(
            1,
            R"("from_account":"sender3@co.example","status":"sent",)"
            R"("sent_at":{"$date":"2026-10-01T09:00:00Z"})"
        )}
    );
    take("emails", {mail(1, "sent")});
    EXPECT_EQ(
        lead("status || ' ' || next_step || ' ' || next_step_at"), "active 1 1791104400000000"
    );
    EXPECT_EQ(
        value("SELECT m.email FROM leads l JOIN mailboxes m ON m.id = l.sender_mailbox_id"),
        "sender3@co.example"
    );
    EXPECT_EQ(
        value("SELECT e.\"from\" || ' ' || e.\"to\" || ' ' || m.email || ' ' || "
              "e.provider_message_id "
              "FROM emails_campaign e JOIN mailboxes m ON m.id = e.from_mailbox_id"),
        "sender3@co.example Ann@Lead.example sender3@co.example m1@co.example"
    );
    EXPECT_EQ(
        value("SELECT CAST(COUNT(*) AS TEXT) FROM emails_campaign e JOIN email_drafts d "
              "ON e.send_key = 'draft:' || d.id AND e.draft_id = d.id"),
        "1"
    );
    // It counts in the mailbox's use, so that ramps and limits know of it.
    EXPECT_EQ(
        value("SELECT side || ' ' || CAST(SUM(count) AS TEXT) FROM mailbox_usage GROUP BY side"),
        "campaign 1"
    );
}

TEST_P(ImportDetails, AReplyOrBounceEndsTheSequence) {
    const std::string document =
        fmt::format(R"({{"_id":{{"$oid":"{}"}},"email":"Ann@Lead.example"}})", kLead);
    take("emails", {mail(1, "sent")});
    // Nobody has said its address yet.
    EXPECT_EQ(lead("status"), "stopped");
    take("leads", {document});
    EXPECT_EQ(lead("status"), "active");
    take("emails", {mail(2, "replied")});
    EXPECT_EQ(lead("status || ' ' || COALESCE(next_step_at, 0)"), "replied 0");
}

TEST_P(ImportDetails, DraftsAloneMakeTheirLeadsAndLaterDocumentsCompleteThem) {
    take("email_drafts", {draft(1, R"("status":"ready_to_send")")});
    EXPECT_EQ(
        lead("email || ' ' || email_key || ' ' || name"), "Ann@Lead.example ann@lead.example Ann"
    );
    // Nothing that looks like warmup's, and nothing that did not come.
    EXPECT_EQ(
        value("SELECT CAST(COUNT(*) AS TEXT) FROM email_drafts WHERE lead_id IS NULL OR "
              "campaign_id IS NULL"),
        "0"
    );
    EXPECT_TRUE(move_out("leads").empty());
    EXPECT_TRUE(move_out("campaigns").empty());
    const std::string document = fmt::format(
        R"({{"_id":{{"$oid":"{}"}},"email":"Ann@Lead.example","name":"Ann Lee","company":"Co",)"
        R"("industry":"Tea","size":50}})",
        kLead
    );
    EXPECT_TRUE(take("leads", {document}).complete()) << refusals();
    EXPECT_EQ(value("SELECT CAST(COUNT(*) AS TEXT) FROM leads"), "1");
    EXPECT_EQ(lead("name || ' ' || fields"), R"(Ann Lee {"industry":"Tea","size":"50"})");
    EXPECT_EQ(by_id(move_out("leads")), by_id({from(document)}));
    take("campaigns", {fmt::format(R"({{"_id":{{"$oid":"{}"}},"name":"Spring"}})", kCampaign)});
    EXPECT_EQ(value("SELECT name || ' ' || status FROM campaigns"), "Spring paused");
}

TEST_P(ImportDetails, ADraftWithoutLeadGetsOneByItsAddress) {
    const std::vector<std::string> lines = {
        R"({"_id":"a","to_email":"bob@x.example","subject":"S","body":"B","status":"ready_to_send"})",
        R"({"_id":"b","to_email":"Bob@X.example","subject":"T","body":"B","status":"ready_to_send"})"
    };
    EXPECT_TRUE(take("email_drafts", lines).complete()) << refusals();
    EXPECT_EQ(value("SELECT CAST(COUNT(*) AS TEXT) FROM leads"), "1");
    EXPECT_EQ(by_id(move_out("email_drafts")), by_id({from(lines[0]), from(lines[1])}));
}

TEST_P(ImportDetails, ListsOfWhomNotToWriteToSuppress) {
    execute(
        store::Role::campaign,
        "INSERT INTO leads (email, email_key, organisation, status, created_at) VALUES "
        "('old@gone.example', 'old@gone.example', 'gone.example', 'ready', 0)"
    );
    EXPECT_TRUE(
        take(
            "do_not_contact",
            {R"({"_id":"1","email":"ann@lead.example"})", R"({"_id":"2","domain":"@Gone.example"})"}
        )
            .complete()
    ) << refusals();
    EXPECT_EQ(
        value("SELECT CAST(COUNT(*) AS TEXT) FROM suppressions WHERE reason = 'import' AND "
              "(value = 'ann@lead.example' OR value = 'gone.example')"),
        "2"
    );
    EXPECT_EQ(lead("status"), "stopped");
    take("leads", {fmt::format(R"({{"_id":{{"$oid":"{}"}},"email":"Ann@lead.example"}})", kLead)});
    EXPECT_EQ(
        value(
            "SELECT status || ' ' || status_reason FROM leads WHERE email_key = 'ann@lead.example'"
        ),
        "stopped suppressed: import"
    );
    // Beyond ASCII, and as lists write domains.
    take(
        "do_not_contact",
        {R"({"_id":"4","domain":"Müller.de"})", R"({"_id":"5","email":"*@third.example"})"}
    );
    EXPECT_EQ(
        value("SELECT CAST(COUNT(*) AS TEXT) FROM suppressions WHERE kind = 'domain' AND "
              "(value = 'xn--mller-kva.de' OR value = 'third.example')"),
        "2"
    );
    EXPECT_FALSE(take("do_not_contact", {R"({"_id":"3","email":"nonsense"})"}).complete());
    EXPECT_THAT(refusals(), HasSubstr("nonsense is neither an address nor a domain"));
}

// An import that was cut off after its list and before the leads were looked at is gone on with.
TEST_P(ImportDetails, DoingAListAgainStopsTheLeadsThatItNames) {
    const std::string line = R"({"_id":"2","domain":"gone.example"})";
    take("do_not_contact", {line});
    execute(
        store::Role::campaign,
        "INSERT INTO leads (email, email_key, organisation, status, created_at) VALUES "
        "('old@gone.example', 'old@gone.example', 'gone.example', 'ready', 0)"
    );
    take("leads", {});
    EXPECT_EQ(lead("status"), "ready");
    clock_.clock().set_monotonic(clock_.clock().monotonic() + std::chrono::hours(1));
    EXPECT_EQ(sum(take("do_not_contact", {line})).there, 1);
    EXPECT_EQ(lead("status"), "stopped");
}

TEST_P(ImportDetails, LeadsThatNeedABasisWaitForIt) {
    take(
        "leads",
        {R"({"_id":"1","email":"ann@gmail.com"})",
         R"({"_id":"2","email":"bob@firma.example","country":"DE"})",
         R"({"_id":"3","email":"eve@firm.example","country":"US"})"}
    );
    EXPECT_EQ(
        value("SELECT CAST(COUNT(*) AS TEXT) FROM leads WHERE status = 'needs_basis' AND "
              "status_reason <> '' AND external_id IN ('1', '2')"),
        "2"
    );
    EXPECT_EQ(value("SELECT status FROM leads WHERE external_id = '3'"), "new");
}

// Whatever reason the hash has kept.
TEST_P(ImportDetails, AnErasedPersonDoesNotComeBack) {
    const std::string hash = campaign::suppression_hash("ann@lead.example", vault_);
    execute(
        store::Role::campaign,
        "INSERT INTO suppressions (kind, value, reason, created_at) VALUES ('hash', :h, 'erased', "
        "0)",
        store::values(hash)
    );
    take("leads", {fmt::format(R"({{"_id":{{"$oid":"{}"}},"email":"Ann@Lead.example"}})", kLead)});
    EXPECT_THAT(refusals(), HasSubstr("stays forgotten"));
    EXPECT_EQ(sum(take("email_drafts", {draft(1, R"("status":"sent")")})).refused, 1);
    EXPECT_THAT(refusals(), HasSubstr("stays forgotten"));
    EXPECT_EQ(value("SELECT CAST(COUNT(*) AS TEXT) FROM leads"), "0");
    // Nor in a list, nor in a document that is kept whole.
    EXPECT_EQ(
        sum(take("do_not_contact", {R"({"_id":"1","email":"Ann@Lead.example"})"})).refused, 1
    );
    EXPECT_EQ(
        sum(take(
                "notes",
                {R"({"_id":"1","a":[{"who":"Ann Lee <ann@lead.example>."}]})",
                 R"({"_id":"2","who":"joann@lead.example"})"}
            ))
            .refused,
        1
    );
    EXPECT_EQ(
        value("SELECT CAST(COUNT(*) AS TEXT) FROM campaign_imported_fields WHERE fields LIKE "
              "'%nn@%'"),
        "1"
    );
    EXPECT_EQ(value("SELECT CAST(COUNT(*) AS TEXT) FROM suppressions WHERE kind = 'address'"), "0");
}

// A lead's 12 months begin when it comes in here, whatever its age is elsewhere.
TEST_P(ImportDetails, OldLeadsAreNotForgottenAtOnce) {
    const base::Timestamp now = clock_.clock().now();
    const std::string old = base::to_iso(now - std::chrono::days(400));
    take(
        "leads",
        {fmt::format(R"({{"_id":"1","email":"a@x.example","created_at":{{"$date":"{}"}}}})", old)}
    );
    take(
        "email_drafts",
        {fmt::format(
            R"({{"_id":"2","to_email":"b@x.example","subject":"S","body":"B","status":"sent",)"
            R"("created_at":{{"$date":"{0}"}},"sent_at":{{"$date":"{0}"}}}})",
            old
        )}
    );
    ASSERT_EQ(value("SELECT CAST(COUNT(*) AS TEXT) FROM leads"), "2");
    const auto forget = [&](base::Timestamp at) {
        return run(store::Role::campaign, [at](store::Connection& connection) {
            return campaign::erase_old_leads(connection, campaign::cutoffs({}, at), 0, at).changed;
        });
    };
    EXPECT_EQ(forget(now + std::chrono::hours(1)), 0);
    EXPECT_EQ(lead("email"), "a@x.example");
    EXPECT_EQ(forget(now + std::chrono::days(364)), 0);
    EXPECT_EQ(forget(now + std::chrono::days(366)), 2);
}

TEST_P(ImportDetails, WhatChangedThereSinceIsLeftAndNamed) {
    take("leads", {R"({"_id":"1","email":"a@x.example","name":"A"})"});
    const std::string before = everything();
    const engine::ImportReport again =
        take("leads", {R"({"_id":"1","email":"a@x.example","name":"B"})"});
    EXPECT_EQ(sum(again).differs, 1);
    EXPECT_EQ(everything(), before);
    ASSERT_EQ(remarks_.size(), 1U);
    EXPECT_THAT(remarks_[0].reason, HasSubstr("left as it is"));
}

TEST_P(ImportDetails, TheSameMessageIdTwiceIsKeptTwice) {
    std::string second = mail(2, "sent");
    second.replace(second.find("<m2@"), 4, "<m1@");
    take("emails", {mail(1, "sent"), second});
    EXPECT_EQ(by_id(move_out("emails")), by_id({from(mail(1, "sent")), from(second)}));
}

TEST_P(ImportDetails, CountersGoWhereTheyCount) {
    take(
        "account_reputation",
        {R"({"_id":"1","email":"Sender1@co.example","date":"2026-10-01","spam_rate":0.25,"note":"x"})",
         R"({"_id":"2","email":"unknown@co.example","date":"2026-10-01","sent":5})"}
    );
    EXPECT_EQ(
        value("SELECT r.day || ' ' || r.numbers FROM account_reputation r JOIN mailboxes m "
              "ON m.id = r.mailbox_id WHERE m.email = 'sender1@co.example'"),
        R"(2026-10-01 {"imported":true,"spam_rate":0.25})"
    );
    EXPECT_EQ(move_out("account_reputation").size(), 2U);
    take("llm_usage", {R"({"_id":"1","day":"2026-10-01","model":"llama","requests":7})"});
    EXPECT_EQ(value("SELECT purpose || ' ' || requests FROM llm_usage"), "warmup 7");
}

// Our own search did not see those mails: nothing is said about where they went.
TEST_P(ImportDetails, WarmupMailFromBeforeIsNotMissing) {
    take(
        "emails",
        {R"({"_id":"1","from_email":"sender1@co.example","to_email":"seed@gmail.example","subject":"S",)"
         R"("status":"sent","message_id":"<w1@co.example>","sent_at":{"$date":"2026-10-01T09:00:00Z"},)"
         R"("email_type":"warmup_bidirectional"})",
         R"({"_id":"2","from_email":"sender1@co.example","to_email":"seed@gmail.example","subject":"S",)"
         R"("status":"sent","message_id":"<w2@co.example>","sent_at":{"$date":"2026-10-01T10:00:00Z"},)"
         R"("email_type":"warmup_bidirectional"})"}
    );
    take(
        "warmup_threads",
        {R"({"_id":"1","type":"reply","from_email":"seed@gmail.example","to_email":"sender1@co.example",)"
         R"("original_message_id":"<w2@co.example>","reply_message_id":"<r@gmail.example>","subject":"Re: S",)"
         R"("received_from_folder":"spam","created_at":{"$date":"2026-10-01T11:00:00Z"}})"}
    );
    const auto mails = read(store::Role::operator_, [](store::Connection& connection) {
        return warmup::sent_between(
            connection, {0}, {4'000'000'000'000'000}, warmup::MailKind::opening, 100
        );
    });
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].placement, "spam");
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    ImportDetails,
    testing::Values(Kind::sqlite_file, Kind::postgresql),
    [](const auto& info) { return tests::name_of(info.param); }
);

}  // namespace
}  // namespace moving
