// The base of tests that run whole cycles: runs them, and compares what was reported with what lies
// in the Maildirs.
#pragma once
#include <set>

#include "base/text.h"
#include "tests/lab/lab_test.h"
#include "tests/lab/world.h"

namespace lab {

struct Stranger {
    std::string seed;
    std::string name;
    std::string raw;
};

class CycleTest : public LabTest {
  protected:
    virtual Stage stage() { return {}; }
    void SetUp() override {
        LabTest::SetUp();
        if (!IsSkipped()) world_.emplace(stage());
    }
    void TearDown() override {
        if (!HasFailure() || !world_) return;
        std::puts(world_->last_output().c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    void put_strangers() {
        for (const Account& seed : world_->seeds()) {
            // It names a sender and looks like an answer: only a token or a Message-ID makes mail
            // ours.
            const std::string raw =
                "From: Anna <" + world_->senders()[0].email + ">\nTo: " + seed.email +
                "\nMessage-ID: <private@alpha.test>\nSubject: Re: only for you\n\n"
                "Not for a program's eyes.\n";
            strangers_.push_back(
                {seed.email, world_->servers().put_stranger_mail(seed.email, raw), raw}
            );
        }
    }

    // One cycle to its end, delivery included.
    CycleReport cycle() {
        const Outcome outcome = world_->run({"warmup", "run", "--wait", "60", "--json"});
        EXPECT_EQ(outcome.exit_code, 0);
        const std::optional<CycleReport> report = read_report(outcome.out);
        EXPECT_TRUE(report.has_value()) << "not one JSON object: " << outcome.out;
        EXPECT_TRUE(world_->servers().await_delivery(std::chrono::seconds(30)));
        return report.value_or(CycleReport{});
    }

    std::vector<StoredMail> openings() {
        std::vector<StoredMail> out;
        for (const auto& [seed, mails] : world_->read_maildirs(world_->seeds()))
            for (const StoredMail& mail : mails)
                if (!is_stranger(mail)) out.push_back(mail);
        return out;
    }
    std::vector<StoredMail> replies() {
        std::vector<StoredMail> out;
        for (const auto& [sender, mails] : world_->read_maildirs(world_->senders()))
            out.insert(out.end(), mails.begin(), mails.end());
        return out;
    }

    void expect_report_is_true(const CycleReport& total) {
        std::int64_t inbox = 0;
        std::int64_t spam = 0;
        for (const StoredMail& mail : openings()) {
            inbox += mail.folder == "INBOX" ? 1 : 0;
            spam += mail.folder == "Junk" ? 1 : 0;
        }
        EXPECT_EQ(std::ssize(openings()), total.sent);
        EXPECT_EQ(std::ssize(replies()), total.replies);
        EXPECT_EQ(inbox, total.inbox);
        EXPECT_EQ(spam, total.spam);
    }

    // Sightings in seed mailboxes; replies have theirs in the senders'.
    static std::int64_t openings_found(const StoreView& store) {
        const StoreView::Rows rows = store.query(
            "SELECT COUNT(*) FROM warmup_threads t JOIN emails_warmup e ON e.id = t.email_id "
            "WHERE e.email_type = 'warmup_bidirectional'"
        );
        return std::stoll(rows.at(0).at(0));
    }

    void expect_strangers_untouched() {
        for (const Stranger& stranger : strangers_) {
            int found = 0;
            for (const StoredMail& mail : world_->servers().read_maildir(stranger.seed)) {
                if (mail.name != stranger.name) continue;
                ++found;
                EXPECT_EQ(mail.folder, "INBOX");
                EXPECT_EQ(mail.flags, "");
                EXPECT_EQ(read_file(mail.path), stranger.raw);
            }
            EXPECT_EQ(found, 1) << "a stranger's mail in " << stranger.seed;
        }
        const std::string asked = world_->model_requests();
        EXPECT_THAT(asked, testing::HasSubstr("chat/completions"));
        EXPECT_THAT(asked, testing::Not(testing::HasSubstr("Not for a program")));
    }

    void expect_nothing_twice() {
        std::multiset<std::string> ids;
        std::multiset<std::string> tokens;
        const std::string header = world_->store()->token_header();
        std::vector<StoredMail> all = openings();
        for (StoredMail& mail : replies()) all.push_back(std::move(mail));
        for (const StoredMail& mail : all) {
            ASSERT_EQ(mail.fields("Message-ID").size(), 1U) << mail.headers;
            ASSERT_EQ(mail.fields(header).size(), 1U) << mail.headers;
            ids.insert(bare_id(mail.field("Message-ID")));
            tokens.insert(mail.field(header));
        }
        for (const std::string& id : ids) EXPECT_EQ(ids.count(id), 1U) << id;
        for (const std::string& token : tokens) EXPECT_EQ(tokens.count(token), 1U) << token;
    }

    void expect_good_openings() {
        for (const StoredMail& mail : openings()) {
            SCOPED_TRACE(mail.headers);
            const std::string from = sender_of(mail);
            ASSERT_NE(from, "") << "an opening comes from a sender";
            const std::string domain = from.substr(from.find('@'));
            EXPECT_TRUE(bare_id(mail.field("Message-ID")).ends_with(domain));
            EXPECT_THAT(
                mail.field("From"), testing::HasSubstr(from.substr(0, from.find('@')) + " Tester")
            );
            EXPECT_THAT(mail.field("Content-Type"), testing::HasSubstr("multipart/alternative"));
            EXPECT_THAT(mail.fields("X-Mailer"), testing::IsEmpty());
            EXPECT_THAT(mail.fields("In-Reply-To"), testing::IsEmpty());
            expect_good_greeting(mail);
        }
    }

    // Each lies with the sender it answers, from the seed mailbox that has the original.
    void expect_replies_in_their_threads() {
        for (const Account& sender : world_->senders()) {
            for (const StoredMail& reply : world_->servers().read_maildir(sender.email)) {
                SCOPED_TRACE(reply.headers);
                const std::string id = bare_id(reply.field("In-Reply-To"));
                const std::optional<StoredMail> original = find_opening(id);
                ASSERT_TRUE(original.has_value()) << id << " lies in no seed mailbox";
                EXPECT_EQ(sender_of(*original), sender.email);
                EXPECT_TRUE(reply.field("References").ends_with("<" + id + ">"));
                EXPECT_EQ(reply.field("Subject"), "Re: " + original->field("Subject"));
                EXPECT_THAT(
                    original->path,
                    testing::HasSubstr("/" + address_in(reply, world_->seeds()) + "/")
                );
                expect_good_greeting(reply);
            }
        }
    }

    std::string sender_of(const StoredMail& mail) { return address_in(mail, world_->senders()); }

    std::optional<World> world_;
    std::vector<Stranger> strangers_;

  private:
    bool is_stranger(const StoredMail& mail) const {
        return std::ranges::any_of(strangers_, [&](const Stranger& stranger) {
            return stranger.name == mail.name;
        });
    }
    std::optional<StoredMail> find_opening(const std::string& id) {
        for (const StoredMail& mail : openings())
            if (bare_id(mail.field("Message-ID")) == id) return mail;
        return std::nullopt;
    }
    // Which of the accounts the From field names; empty for none.
    static std::string address_in(const StoredMail& mail, const std::vector<Account>& accounts) {
        for (const Account& account : accounts)
            if (mail.field("From").contains("<" + account.email + ">")) return account.email;
        return "";
    }
    // Postfix notes what the client said in EHLO: "from [127.0.0.1] (localhost [127.0.0.1])".
    static void expect_good_greeting(const StoredMail& mail) {
        const std::vector<std::string> received = mail.fields("Received");
        ASSERT_FALSE(received.empty());
        EXPECT_TRUE(
            received.back().starts_with("from [127.0.0.1] ") ||
            received.back().starts_with("from [IPv6:")
        ) << received.back();
    }
};

}  // namespace lab
