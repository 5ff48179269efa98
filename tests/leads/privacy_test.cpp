#include "campaign/person.h"
#include "campaign/retention.h"
#include "tests/leads/leads_fixture.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Privacy : public LeadsTest {
  protected:
    std::int64_t add_mail(
        std::optional<std::int64_t> lead, const std::string& to, base::Timestamp sent
    ) {
        static int number = 0;
        const std::string key = std::to_string(++number);
        return run(Role::campaign, [=](Connection& c) {
            const std::int64_t id = c.insert(
                "INSERT INTO emails_campaign (email_type, lead_id, \"from\", \"to\", "
                "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
                "created_at, sent_at, server_reply) VALUES ('initial', :lead, 'me@own.example', "
                ":to, 1, 'Hello Ann', :id, 'accepted', :key, :token, '', :created, :sent, "
                "'250 to ann@shop.example')",
                values(lead, to, "<" + key + "@own.example>", key, key, sent, sent)
            );
            c.execute(
                "INSERT INTO emails_campaign_raw (email_id, raw) VALUES (:id, 'private words')",
                values(id)
            );
            return id;
        });
    }
    std::int64_t add_reply(
        std::optional<std::int64_t> lead, const std::string& from, base::Timestamp at
    ) {
        static int number = 0;
        const std::string id = "<r" + std::to_string(++number) + "@shop.example>";
        return run(Role::campaign, [=](Connection& c) {
            return c.insert(
                "INSERT INTO campaign_replies (mailbox_id, kind, lead_id, \"from\", subject, "
                "message_id, text, received_at, created_at) VALUES (1, 'reply', :lead, :from, "
                "'Re: Hello Ann', :id, 'private words', :at, :at2)",
                values(lead, from, id, at, at)
            );
        });
    }
    // Every value of the campaign's tables, to look for words in.
    std::string everything() {
        std::string out;
        for (const char* sql :
             {"SELECT id, email || email_key || organisation || name || company || title || fields "
              "|| source || basis || status_reason FROM leads ORDER BY id",
              "SELECT id, to_email || to_name || subject || body || COALESCE(html_body, '') || "
              "review "
              "|| COALESCE(in_reply_to, '') || COALESCE(\"references\", '') || "
              "COALESCE(error_message, '') FROM email_drafts ORDER BY id",
              "SELECT id, \"to\" || subject || COALESCE(in_reply_to, '') || "
              "COALESCE(\"references\", '') || COALESCE(server_reply, '') || "
              "COALESCE(error_message, '') FROM emails_campaign ORDER BY id",
              "SELECT 0, collection || external_id || fields FROM campaign_imported_fields "
              "ORDER BY collection, external_id",
              "SELECT id, reason || numbers FROM ledger ORDER BY id",
              "SELECT email_id, raw FROM emails_campaign_raw ORDER BY email_id",
              "SELECT id, \"from\" || subject || text || message_id || \"references\" || reason || "
              "decision FROM campaign_replies ORDER BY id",
              "SELECT id, value || note FROM suppressions ORDER BY id"})
            for (const Cell& cell :
                 read(Role::operator_, [sql](Connection& c) { return c.select<Cell>(sql); }))
                out += cell.text + "\n";
        return out;
    }
    struct Cell {
        std::int64_t id = 0;
        std::string text;
    };
    BOOST_DESCRIBE_CLASS(Cell, (), (id, text), (), ())

    campaign::Person find(const std::string& address) {
        return base::run_to_end(
            loop_,
            campaign::find_person(
                *database_, email(address), campaign::suppression_keys(email(address), vault_)
            )
        );
    }
    base::Result<campaign::Erased> erase(const std::string& address) {
        return base::run_to_end(loop_, campaign::erase_person(*database_, find(address), kNow));
    }
    void keep(const char* collection, const std::string& id, const std::string& fields) {
        execute(
            Role::campaign,
            "INSERT INTO campaign_imported_fields (collection, external_id, fields) "
            "VALUES (:collection, :id, :fields)",
            values(collection, id, fields)
        );
    }
    // The rows of an import: an id of the other system's, and what no column holds.
    void make_imported(const char* table, const char* collection, std::int64_t id) {
        const std::string external = fmt::format("{}-{}", collection, id);
        execute(
            Role::campaign,
            fmt::format("UPDATE {} SET external_id = :external WHERE id = :id", table),
            values(external, id)
        );
        keep(collection, external, R"({"fields":[{"name":"note","is":"private words"}]})");
    }
};
INSTANTIATE_LEADS_TEST(Privacy);

TEST_P(Privacy, NothingOfAPersonStaysButIdsAndAHash) {
    const std::int64_t first = add_lead("Ann@shop.example", "active");
    const std::int64_t second = add_lead("ann@SHOP.example", "ready", make_campaign("second"));
    const std::int64_t draft = add_draft(second, "ready_to_send");
    const std::int64_t unknown_lead_draft = add_draft(0, "sent");
    const std::int64_t mail = add_mail(first, "ann@shop.example", kNow);
    add_mail(std::nullopt, "Ann@shop.example", kNow);
    execute(
        Role::campaign,
        "UPDATE emails_campaign SET in_reply_to = '<1.ann@shop.example>', "
        "\"references\" = '<0.ann@shop.example> <1.ann@shop.example>'"
    );
    execute(
        Role::campaign,
        "UPDATE email_drafts SET in_reply_to = '<1.ann@shop.example>', "
        "\"references\" = '<0.ann@shop.example>', review = '[\"Ann\"]'"
    );
    make_imported("leads", "leads", first);
    make_imported("emails_campaign", "emails", mail);
    make_imported("email_drafts", "email_drafts", unknown_lead_draft);
    keep("notes", "1", R"({"whole":{"_id":"1","who":"Ann@Shop.example","t":"private words"}})");
    keep("notes", "2", R"({"whole":{"_id":"2","who":"joann@shop.example.org"}})");
    add_reply(first, "ann@shop.example", kNow);
    add_reply(std::nullopt, "ANN@shop.example", kNow);
    run(Role::campaign, [](Connection& c) {
        campaign::suppress(c, email("ann@shop.example"), "unsubscribe", "", false, kNow);
    });
    for (const char* word : {"Ann", "ann@shop", "private words", "Secret Shop"})
        ASSERT_THAT(everything(), HasSubstr(word));
    EXPECT_EQ(find("ann@shop.example").kept.size(), 4u);
    const auto erased = erase("ann@shop.example");
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->leads, 2);
    EXPECT_EQ(erased->drafts, 2);
    EXPECT_EQ(erased->emails, 2);
    EXPECT_EQ(erased->replies, 2);
    // Another's document stays.
    EXPECT_THAT(everything(), HasSubstr("joann@shop.example.org"));
    execute(Role::campaign, "DELETE FROM campaign_imported_fields WHERE external_id = '2'");
    for (const char* word : {"Ann", "ann@shop", "private words", "Secret Shop", "shop.example"})
        EXPECT_THAT(everything(), Not(HasSubstr(word)));
    EXPECT_TRUE(find("ann@shop.example").rows.at(campaign::PersonTable::emails).empty());
    EXPECT_EQ(lead(first).status, "erased");
    EXPECT_EQ(draft_status(draft), "cancelled");
    EXPECT_EQ(draft_status(unknown_lead_draft), "sent");
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM emails_campaign"), 2);
    EXPECT_EQ(why_suppressed("ann@shop.example"), "unsubscribe");
}

TEST_P(Privacy, OthersAreNotTouched) {
    const std::int64_t other = add_lead("ben@shop.example", "active");
    add_mail(other, "ben@shop.example", kNow);
    add_reply(other, "ben@shop.example", kNow);
    add_lead("ann@shop.example", "active");
    const std::int64_t before = count(
        Role::operator_, "SELECT COUNT(*) FROM campaign_replies WHERE text = 'private words'"
    );
    EXPECT_TRUE(erase("ann@shop.example"));
    EXPECT_EQ(lead(other).email, "ben@shop.example");
    EXPECT_EQ(
        count(
            Role::operator_, "SELECT COUNT(*) FROM campaign_replies WHERE text = 'private words'"
        ),
        before
    );
    EXPECT_EQ(why_suppressed("ben@shop.example"), std::nullopt);
    EXPECT_EQ(why_suppressed("ann@shop.example"), "erased");
}

TEST_P(Privacy, WaitsForAMailThatIsBeingSent) {
    const std::int64_t id = add_lead("ann@shop.example", "active");
    const std::int64_t draft = add_draft(id, "claimed");
    const auto erased = erase("ann@shop.example");
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error().code, base::ErrorCode::conflict);
    EXPECT_EQ(lead(id).email, "ann@shop.example");
    // One that belongs to no lead of the person's too.
    execute(Role::campaign, "UPDATE email_drafts SET lead_id = NULL WHERE id = :id", values(draft));
    EXPECT_EQ(erase("ann@shop.example").error().code, base::ErrorCode::conflict);
    EXPECT_THAT(everything(), HasSubstr("private words"));
    execute(Role::campaign, "UPDATE email_drafts SET status = 'sent'");
    EXPECT_TRUE(erase("ann@shop.example"));
    EXPECT_THAT(everything(), Not(HasSubstr("private words")));
}

TEST_P(Privacy, RetentionLooksAtDraftsThatWereSentAndAtImportedAnswers) {
    const base::Timestamp old = kNow - std::chrono::days(500);
    const std::int64_t drafted = add_lead("drafted@shop.example", "finished");
    const std::int64_t answered = add_lead("answered@shop.example", "stopped");
    const std::int64_t silent = add_lead("silent@shop.example", "finished");
    execute(Role::campaign, "UPDATE leads SET created_at = :old", values(old));
    execute(
        Role::campaign,
        "UPDATE email_drafts SET sent_at = :recent WHERE id = :id",
        values(kNow - std::chrono::days(10), add_draft(drafted, "sent"))
    );
    execute(
        Role::campaign,
        "UPDATE emails_campaign SET outcome = 'replied' WHERE id = :id",
        values(add_mail(answered, "answered@shop.example", old))
    );
    add_mail(silent, "silent@shop.example", old);
    run(Role::campaign, [](Connection& c) {
        EXPECT_EQ(campaign::erase_old_leads(c, campaign::cutoffs({}, kNow), 0, kNow).changed, 1);
    });
    EXPECT_EQ(lead(drafted).status, "finished");
    EXPECT_EQ(lead(answered).status, "stopped");
    EXPECT_EQ(lead(silent).status, "erased");
}

TEST_P(Privacy, RetentionClearsTextsThatAnImportKept) {
    const std::int64_t old = add_mail(std::nullopt, "a@shop.example", kNow - std::chrono::days(91));
    const std::int64_t fresh = add_mail(std::nullopt, "b@shop.example", kNow);
    const std::string text(500, 'x');
    for (const std::int64_t id : {old, fresh}) {
        make_imported("emails_campaign", "emails", id);
        execute(
            Role::campaign,
            "UPDATE campaign_imported_fields SET fields = :fields WHERE external_id = :id",
            values(
                R"({"fields":[{"name":"body","is":")" + text +
                    R"("},{"name":"opens","is":"two"}]})",
                fmt::format("emails-{}", id)
            )
        );
    }
    run(Role::campaign, [](Connection& c) {
        const auto cut = campaign::cutoffs({}, kNow);
        const auto emails = campaign::PersonTable::emails;
        const campaign::RetentionPage page = campaign::clear_kept(c, emails, cut, 0);
        EXPECT_EQ(page.changed, 1);
        EXPECT_EQ(campaign::clear_kept(c, emails, cut, page.last_id).last_id, 0);
        EXPECT_EQ(campaign::clear_kept(c, emails, cut, 0).changed, 0);
    });
    const auto kept = [&](std::int64_t id) {
        return *read(Role::campaign, [id](Connection& c) {
            return c.text(
                "SELECT fields FROM campaign_imported_fields WHERE external_id = :id "
                "ORDER BY external_id",
                values(fmt::format("emails-{}", id))
            );
        });
    };
    EXPECT_EQ(kept(old), R"({"fields":[{"name":"opens","is":"two"}]})");
    EXPECT_THAT(kept(fresh), HasSubstr(text));
}

TEST_P(Privacy, RetentionClearsOldTextsAndForgetsOldLeads) {
    const base::Timestamp old = kNow - std::chrono::days(500);
    const base::Timestamp recent = kNow - std::chrono::days(10);
    const std::int64_t silent = add_lead("silent@shop.example", "finished");
    const std::int64_t answered = add_lead("answered@shop.example", "replied");
    const std::int64_t fresh = add_lead("fresh@shop.example", "active");
    execute(Role::campaign, "UPDATE leads SET created_at = :old", values(old));
    add_mail(silent, "silent@shop.example", old);
    add_mail(answered, "answered@shop.example", old);
    add_mail(fresh, "fresh@shop.example", recent);
    const std::int64_t old_reply = add_reply(answered, "answered@shop.example", old);
    const std::int64_t new_reply = add_reply(fresh, "fresh@shop.example", recent);
    const std::int64_t sent = add_draft(answered, "sent");
    const std::int64_t open = add_draft(fresh, "ready_to_send");
    execute(Role::campaign, "UPDATE email_drafts SET created_at = :old", values(old));
    const campaign::Cutoffs cut = campaign::cutoffs({}, kNow);
    const auto all = [&](auto job) {
        std::int64_t changed = 0;
        std::int64_t after = 0;
        do {
            const campaign::RetentionPage page =
                run(Role::campaign, [&](Connection& c) { return job(c, after); });
            changed += page.changed;
            after = page.last_id;
        } while (after != 0);
        return changed;
    };
    using Page = std::int64_t;
    EXPECT_EQ(all([&](Connection& c, Page p) { return campaign::clear_drafts(c, cut, p); }), 1);
    EXPECT_EQ(all([&](Connection& c, Page p) { return campaign::clear_emails(c, cut, p); }), 2);
    EXPECT_EQ(all([&](Connection& c, Page p) { return campaign::clear_replies(c, cut, p); }), 1);
    EXPECT_EQ(
        all([&](Connection& c, Page p) { return campaign::erase_old_leads(c, cut, p, kNow); }), 1
    );
    EXPECT_EQ(lead(silent).status, "erased");
    EXPECT_EQ(lead(answered).email, "answered@shop.example");
    EXPECT_EQ(lead(fresh).email, "fresh@shop.example");
    const auto body = [&](const char* table, const char* column, std::int64_t id) {
        const std::string sql =
            fmt::format("SELECT {} FROM {} WHERE id = :id ORDER BY id", column, table);
        return *read(Role::campaign, [=](Connection& c) { return c.text(sql, values(id)); });
    };
    EXPECT_EQ(body("email_drafts", "body", sent), "");
    EXPECT_EQ(body("email_drafts", "body", open), "private words");
    EXPECT_EQ(body("campaign_replies", "text", old_reply), "");
    EXPECT_EQ(body("campaign_replies", "text", new_reply), "private words");
}

}  // namespace
}  // namespace tests
