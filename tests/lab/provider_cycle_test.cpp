// Whole cycles between modelled providers: 8 senders, 5 seed mailboxes, both TLS modes, passwords
// and XOAUTH2 with tokens that end within the run, SPF, DKIM, DMARC and ARC checked by Rspamd, spam
// filed by Sieve, Message-IDs kept and replaced. What the program recorded is compared with what
// Dovecot says lies in its mailboxes.
#include <boost/json.hpp>

#include "base/text.h"
#include "tests/lab/lab_test.h"
#include "tests/lab/probe.h"
#include "tests/lab/world.h"

namespace lab {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One message as Dovecot has it.
struct Mail {
    std::string account;
    std::string folder;
    std::map<std::string, std::string> fields;  // lower-case names

    const std::string& field(const std::string& name) const { return fields.at(name); }
    std::string id() const { return bare_id(field("message-id")); }
};

// Refreshed after half of it: more than once in a run.
constexpr int kTokenSeconds = 4;

bool replaces_ids(const std::string& email) { return email.ends_with("@outlook.test"); }

Cast providers_cast() {
    return {
        .senders =
            {{.email = "anna@alpha.test",
              .password = "anna-word",
              .provider = "zoho",
              .files_sent = true},
             {.email = "ivy@outlook.test",
              .password = "",
              .provider = "outlook",
              .refresh_token = "ivy-refresh",
              .files_sent = true},
             {.email = "carl@beta.test", .password = "carl-word", .provider = "zoho"},
             {.email = "dana@beta.test", .password = "dana-word", .provider = "zoho"},
             {.email = "eva@gamma.test", .password = "eva-word", .provider = "zoho"},
             {.email = "finn@delta.test", .password = "finn-word", .provider = "zoho"},
             {.email = "greta@epsilon.test", .password = "greta-word", .provider = "zoho"},
             {.email = "hugo@gmail.test",
              .password = "hugo-word",
              .provider = "gmail",
              .files_sent = true}},
        .seeds =
            {{.email = "dora@gmail.test", .password = "dora-word", .provider = "gmail"},
             {.email = "kim@gmail.test",
              .password = "kim-word",
              .filed_under = "[Gmail]/All Mail",
              .provider = "gmail"},
             {.email = "egor@gmail-ru.test", .password = "egor-word", .provider = "gmail_ru"},
             {.email = "fay@outlook.test",
              .password = "",
              .provider = "outlook",
              .refresh_token = "fay-refresh"},
             {.email = "gus@outlook.test",
              .password = "",
              .provider = "outlook",
              .refresh_token = "gus-refresh",
              .files_sent = true}},
        .domains =
            {{"gamma.test", {.dkim = "wrong"}},
             {"delta.test", {.spf = "fail", .dkim = "none", .dmarc = "quarantine"}},
             {"epsilon.test", {.spf = "none", .dkim = "pass", .dmarc = "absent"}}},
    };
}

// SPF, DKIM, DMARC and ARC as a receiver must find them for mail of that domain.
std::vector<std::string> expected_verdicts(const std::string& domain) {
    if (domain == "gamma.test") return {"pass", "fail", "pass", ""};
    if (domain == "delta.test") return {"fail", "none", "fail", ""};
    if (domain == "epsilon.test") return {"none", "pass", "none", ""};
    return {"pass", "pass", "pass", domain == "outlook.test" ? "pass" : ""};
}

class ProviderCycleTest : public LabTest {
  protected:
    void SetUp() override {
        LabTest::SetUp();
        if (!IsSkipped())
            world_.emplace(Stage{.token_seconds = kTokenSeconds, .cast = providers_cast()});
    }
    void TearDown() override {
        if (!HasFailure() || !world_) return;
        std::puts(world_->last_output().c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    std::vector<Mail> mails_of(const Account& account) {
        std::vector<std::string> names = {
            "message-id", "from", "in-reply-to", "references", "authentication-results"
        };
        names.push_back(base::to_lower(world_->store()->token_header()));
        std::string items = "mailbox";
        for (const std::string& name : names) items += " hdr." + name;
        const std::string json = world_->servers().doveadm(
            account.email, {"-f", "json", "fetch", "-u", account.email, items, "ALL"}
        );
        std::vector<Mail> out;
        for (const boost::json::value& entry : boost::json::parse(json).as_array()) {
            Mail mail{account.email, std::string(entry.at("mailbox").as_string()), {}};
            for (const std::string& name : names)
                mail.fields[name] = std::string(entry.at("hdr." + name).as_string());
            mail.fields["token"] = mail.fields[names.back()];
            out.push_back(std::move(mail));
        }
        return out;
    }
    // Where the mail of that token lies in the mailbox it was written to.
    std::vector<Mail> find(const std::string& account, const std::string& token) {
        std::vector<Mail> out;
        for (const Mail& mail : received_[account])
            if (mail.field("token") == token) out.push_back(mail);
        return out;
    }

    CycleReport cycle() {
        const Outcome outcome = world_->run({"warmup", "run", "--wait", "60", "--json"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_TRUE(world_->servers().await_delivery(seconds(60)));
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (const Account& account : *accounts) received_[account.email] = mails_of(account);
        return read_report(outcome.out).value_or(CycleReport{});
    }

    // A mail lies once; in Gmail's All Mail it has a second home.
    void expect_arrived_once(const EmailRow& row) {
        SCOPED_TRACE(row.message_id + " to " + row.to);
        ASSERT_EQ(row.status, "accepted");
        int elsewhere = 0;
        int in_all_mail = 0;
        for (const Mail& mail : find(row.to, row.token)) {
            const bool all =
                mail.folder == "[Gmail]/All Mail" || mail.folder == "[Gmail]/Вся почта";
            (all ? in_all_mail : elsewhere) += 1;
        }
        EXPECT_EQ(elsewhere == 0 ? in_all_mail : elsewhere, 1);
        EXPECT_LE(in_all_mail, 1);
    }

    // The folder that a reader of the mailbox would name first.
    std::string home_of(const std::string& account, const std::string& token) {
        std::string home;
        for (const Mail& mail : find(account, token))
            if (home.empty() || home.contains("All Mail") || home.contains("Вся почта"))
                home = mail.folder;
        return home;
    }
    static std::string placement_of(const std::string& folder) {
        if (folder == "INBOX") return "inbox";
        for (const char* spam : {"[Gmail]/Spam", "[Gmail]/Спам", "Spam", "Junk Email"})
            if (folder == spam) return "spam";
        return "elsewhere";
    }

    void expect_threads_are_true() {
        const StoreView::Rows rows = world_->store()->query(
            R"(SELECT e.token, e."from", e."to", t.folder_name, t.placement, t.spf, t.dkim, t.dmarc, )"
            "t.arc, t.original_message_id, e.message_id, e.provider_message_id FROM warmup_threads "
            "t JOIN emails_warmup e ON e.id = t.email_id "
            "WHERE e.email_type = 'warmup_bidirectional' ORDER BY e.id"
        );
        EXPECT_EQ(rows.size(), 40U);
        for (const std::vector<std::string>& row : rows) {
            SCOPED_TRACE(row[1] + " to " + row[2]);
            const std::string home = home_of(row[2], row[0]);
            EXPECT_EQ(row[3], home);
            EXPECT_EQ(row[4], placement_of(home));
            const std::string domain = row[1].substr(row[1].find('@') + 1);
            EXPECT_EQ(
                std::vector<std::string>(row.begin() + 5, row.begin() + 9),
                expected_verdicts(domain)
            );
            const std::string arrived = find(row[2], row[0]).at(0).id();
            EXPECT_EQ(bare_id(row[9]), bare_id(row[10]));
            EXPECT_EQ(bare_id(row[10]) != arrived, replaces_ids(row[1]));
            EXPECT_EQ(bare_id(row[11].empty() ? row[10] : row[11]), arrived)
                << "the ID of the copy that arrived is the one that answers name";
        }
    }

    // Each reply answers, by the ID that lies there, a mail in the mailbox that it came from.
    void expect_replies_in_their_threads() {
        std::size_t replies = 0;
        for (const Account& sender : world_->senders()) {
            for (const Mail& reply : received_[sender.email]) {
                if (reply.folder.contains("Sent") || reply.folder.contains("All Mail")) continue;
                SCOPED_TRACE(reply.account + " " + reply.folder + " " + reply.id());
                ++replies;
                const std::string answered = bare_id(reply.field("in-reply-to"));
                EXPECT_TRUE(reply.field("references").ends_with("<" + answered + ">"));
                const Account* from = nullptr;
                for (const Account& seed : world_->seeds())
                    if (reply.field("from").contains("<" + seed.email + ">")) from = &seed;
                ASSERT_NE(from, nullptr) << reply.field("from");
                const bool there =
                    std::ranges::any_of(received_[from->email], [&](const Mail& mail) {
                        return mail.id() == answered && mail.field("from").contains(sender.email);
                    });
                EXPECT_TRUE(there) << answered << " lies not with " << from->email;
            }
        }
        EXPECT_EQ(replies, 40U);
    }

    void expect_sent_copies() {
        for (const Account& sender : world_->senders()) {
            std::size_t copies = 0;
            for (const Mail& mail : received_[sender.email])
                copies += mail.folder.contains("Sent") ? 1 : 0;
            EXPECT_EQ(copies, sender.files_sent ? 5U : 0U) << sender.email;
        }
    }

    std::vector<Account> with_tokens() {
        std::vector<Account> out;
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (const Account& account : *accounts)
                if (replaces_ids(account.email)) out.push_back(account);
        return out;
    }
    // Each exchange counts one.
    std::int64_t exchanges_of(const std::string& email) {
        const StoreView::Rows rows = world_->store()->query(
            "SELECT t.generation FROM mailbox_tokens t JOIN mailboxes m ON m.id = t.mailbox_id "
            "WHERE m.email = '" +
            email + "'"
        );
        return std::stoll(rows.at(0).at(0)) - 1;
    }

    std::optional<World> world_;
    std::map<std::string, std::vector<Mail>> received_;
};

TEST_F(ProviderCycleTest, RecordsWhatDovecotHas) {
    world_->set_up({{"warmup.sends_per_cycle", "5"}, {"warmup.reply_rate", "1.0"}});
    // Whether 4 seconds are over when a mailbox logs in depends on the machine.
    for (const Account& account : with_tokens())
        token_control(world_->servers(), {"action=expire", "account=" + account.email});
    const CycleReport report = cycle();
    EXPECT_EQ(report.sent, 40);
    EXPECT_EQ(report.replies, 40);
    EXPECT_EQ(report.spam, 5) << "all of finn@delta.test";
    EXPECT_EQ(report.inbox, 28);
    for (const EmailRow& row : world_->store()->emails_warmup()) expect_arrived_once(row);
    expect_threads_are_true();
    expect_replies_in_their_threads();
    expect_sent_copies();
    for (const Account& account : with_tokens())
        EXPECT_GE(exchanges_of(account.email), 1) << account.email << ": its token had ended";
}

// The provider takes back what it gave: access tokens of three accounts, all logins of one.
TEST_F(ProviderCycleTest, GoesOnWithNewTokensWhereAccessTokensAreWithdrawn) {
    world_->set_up({{"warmup.sends_per_cycle", "2"}, {"warmup.reply_rate", "1.0"}});
    const std::vector<Account> accounts = with_tokens();
    for (const Account& account : accounts) {
        token_control(
            world_->servers(), {"action=lifetime", "account=" + account.email, "seconds=3599"}
        );
        world_->authorize(account.email);
        token_control(world_->servers(), {"action=expire", "account=" + account.email});
    }
    const std::int64_t before = exchanges_of(accounts[0].email);
    const CycleReport first = cycle();
    EXPECT_EQ(first.sent, 16);
    EXPECT_EQ(first.replies, 16);
    EXPECT_EQ(exchanges_of(accounts[0].email), before + 1) << "one new token, and no more";

    token_control(world_->servers(), {"action=revoke", "account=" + accounts[0].email});
    const Outcome second = world_->run({"warmup", "run", "--wait", "20", "--json"});
    const Outcome listed = world_->run({"mailbox", "list"});
    EXPECT_THAT(listed.out, testing::HasSubstr("the provider ended the login"));
    EXPECT_THAT(listed.out, testing::HasSubstr("mailbox authorize " + accounts[0].email));
    const std::optional<CycleReport> report = read_report(second.out);
    ASSERT_TRUE(report) << second.out << second.err;
    EXPECT_EQ(report->sent, 14) << "the others go on";
}

}  // namespace
}  // namespace lab
