// Clean inboxes on Dovecot: whole mailboxes before and after cycles that file, answer back and
// mark, while the owners expunge, move and mark their own mail with another client (doveadm).
#include "tests/lab/lab_test.h"
#include "tests/lab/world.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;

constexpr int kStrangersEach = 12;

Cast cast() {
    return {
        .senders =
            {{.email = "anna@alpha.test",
              .password = "anna-word",
              .provider = "zoho",
              .files_sent = true},
             {.email = "ben@beta.test",
              .password = "ben-word",
              .provider = "gmail",
              .files_sent = true}},
        .seeds =
            {{.email = "dora@gamma.test", .password = "dora-word", .provider = "gmail"},
             {.email = "emil@delta.test", .password = "emil-word"}},
        .domains = {},
    };
}

std::string stranger_id(const Account& account, int number) {
    return "eve" + std::to_string(number) + "." + account.email;
}

// What an owner does to a stranger's mail, on the server and on what is expected of it.
struct Deed {
    const Account* account = nullptr;
    int number = 0;
};

class CleanInboxesTest : public LabTest {
  protected:
    void SetUp() override {
        LabTest::SetUp();
        if (IsSkipped()) return;
        world_.emplace(Stage{.cast = cast()});
        world_->set_up(
            {{"warmup.sends_per_cycle", "2"},
             {"warmup.reply_rate", "1.0"},
             {"warmup.answer_back_rate", "1.0"},
             {"warmup.seed_mail", "\"file\""}}
        );
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (const Account& account : *accounts) put_strangers(account);
        // All owners in turn, so that each one's mailbox changes all the time.
        for (int number = 0; number < kStrangersEach - 2; ++number)
            for (const auto& [email, state] : expected_)
                deeds_.push_back({owner_of(email), number});
    }
    void TearDown() override {
        if (!HasFailure() || !world_) return;
        std::puts(world_->last_output().c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    const Account* owner_of(const std::string& email) const {
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (const Account& account : *accounts)
                if (account.email == email) return &account;
        throw std::out_of_range(email);
    }

    void put_strangers(const Account& account) {
        for (int number = 0; number < kStrangersEach; ++number)
            world_->servers().put_stranger_mail(
                account.email,
                "From: Eve <eve@example.test>\nTo: " + account.email + "\nMessage-ID: <" +
                    stranger_id(account, number) + ">\nSubject: private\n\nNot for a program.\n"
            );
        MailServers& servers = world_->servers();
        const std::string trash = trash_of(account);
        if (!servers.mailbox_state(account.email).folders.contains(trash))
            servers.doveadm(account.email, {"mailbox", "create", "-u", account.email, trash});
        expected_[account.email] = servers.mailbox_state(account.email);
    }

    void perform(const Deed& deed) {
        const std::string& email = deed.account->email;
        const std::string id = stranger_id(*deed.account, deed.number);
        MailboxState& state = expected_.at(email);
        const std::vector<std::string> which = {"mailbox", "INBOX", "header", "message-id", id};
        std::vector<std::string> words;
        switch (deed.number % 4) {
            case 0:
                words = {"expunge", "-u", email};
                state.erase("INBOX", id);
                break;
            case 1:
                words = {"flags", "add", "-u", email, "\\Flagged"};
                state.set_flags("INBOX", id, {"\\Flagged"});
                break;
            case 2:
                words = {"move", "-u", email, trash_of(*deed.account)};
                state.move("INBOX", id, trash_of(*deed.account));
                break;
            default:
                words = {"flags", "add", "-u", email, "\\Answered"};
                state.set_flags("INBOX", id, {"\\Answered"});
                break;
        }
        words.insert(words.end(), which.begin(), which.end());
        world_->servers().doveadm(email, words);
    }
    static std::string trash_of(const Account& account) {
        return account.provider == "gmail" ? "[Gmail]/Trash" : "Trash";
    }

    // A run of the program, with the owners at work until it ends.
    void cycle_with_owners_at_work() {
        Process run = world_->start({"warmup", "run", "--wait", "30", "--json"});
        while (!run.await_exit(milliseconds(150)))
            if (next_deed_ < deeds_.size()) perform(deeds_[next_deed_++]);
        EXPECT_EQ(run.exit_code(), 0) << world_->last_output();
        EXPECT_TRUE(world_->servers().await_delivery(seconds(60)));
    }

    // As if an hour and a half had passed.
    void make_everything_due() {
        change_sqlite(world_->folder(), "UPDATE warmup_filings SET due_at = 1");
    }

    void expect_others_as_their_owners_left_them() {
        std::set<std::string> ours;
        for (const EmailRow& row : world_->store()->emails_warmup()) ours.insert(row.message_id);
        for (const auto& [email, before] : expected_) {
            SCOPED_TRACE(email);
            const MailboxState after = world_->servers().mailbox_state(email);
            EXPECT_THAT(
                differences(
                    before,
                    after,
                    [&](const MailState& mail) { return ours.contains(mail.message_id); }
                ),
                IsEmpty()
            );
        }
    }
    int filed_in(const std::string& email) {
        const MailboxState state = world_->servers().mailbox_state(email);
        const auto folder = state.folders.find("Pilotlight");
        if (folder == state.folders.end()) return 0;
        for (const MailState& mail : folder->second.mails)
            EXPECT_EQ(mail.flags, std::vector<std::string>{"\\Seen"}) << mail.message_id;
        return static_cast<int>(folder->second.mails.size());
    }

    std::optional<World> world_;
    std::map<std::string, MailboxState> expected_;
    std::vector<Deed> deeds_;
    std::size_t next_deed_ = 0;
};

TEST_F(CleanInboxesTest, NothingOfOthersChangesBesideWhatTheirOwnersDo) {
    // What the first run handles, the second plans, and the third files.
    for (int run = 0; run < 4; ++run) {
        cycle_with_owners_at_work();
        make_everything_due();
    }
    // How many there is time for depends on how fast the runs are.
    EXPECT_GE(next_deed_, deeds_.size() / 4) << "the owners were at work all the time";
    expect_others_as_their_owners_left_them();
    for (const auto& [email, state] : expected_) EXPECT_GT(filed_in(email), 2) << email;
    // Answers went back and forth.
    const StoreView::Rows deepest =
        world_->store()->query("SELECT MAX(depth) FROM emails_warmup WHERE status = 'accepted'");
    EXPECT_GE(std::stoi(deepest.at(0).at(0)), 2);
    EXPECT_EQ(world_->store()->count("emails_campaign"), 0);
}

TEST_F(CleanInboxesTest, WhatAPersonStarredOrAnsweredStaysInTheInbox) {
    cycle_with_owners_at_work();
    const Account& sender = world_->senders()[0];
    std::vector<std::string> in_inbox;
    for (const MailState& mail :
         world_->servers().mailbox_state(sender.email).folders["INBOX"].mails)
        if (!mail.message_id.starts_with("eve")) in_inbox.push_back(mail.message_id);
    ASSERT_GE(in_inbox.size(), 2U) << "answers of the seed mailboxes";
    const auto mark = [&](const std::string& id, const std::string& flag) {
        world_->servers().doveadm(
            sender.email,
            {"flags",
             "add",
             "-u",
             sender.email,
             flag,
             "mailbox",
             "INBOX",
             "header",
             "message-id",
             id}
        );
    };
    mark(in_inbox[0], "\\Flagged");
    mark(in_inbox[1], "\\Answered");
    for (int run = 0; run < 2; ++run) {
        cycle_with_owners_at_work();
        make_everything_due();
    }
    cycle_with_owners_at_work();
    MailboxState state = world_->servers().mailbox_state(sender.email);
    EXPECT_EQ(state.find("INBOX", in_inbox[0]).flags, std::vector<std::string>{"\\Flagged"});
    EXPECT_EQ(state.find("INBOX", in_inbox[1]).flags, std::vector<std::string>{"\\Answered"});
    EXPECT_GT(filed_in(sender.email), 0) << "the others were filed";
}

}  // namespace
}  // namespace lab
