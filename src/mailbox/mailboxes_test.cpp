#include "mailbox/mailboxes.h"

#include "mailbox/usage.h"
#include "store/database.h"
#include "tests/support/manual_loop.h"

namespace {

class Mailboxes : public testing::Test {
  protected:
    Mailboxes() {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
    }

    template <class Job>
    auto as(store::Role role, Job job) {
        return base::run_to_end(loop_, db_->run(role, std::move(job)));
    }
    base::Result<std::int64_t> add(const std::string& email, std::optional<std::string> password) {
        mailbox::NewMailbox mailbox;
        mailbox.email = *base::Email::parse(email);
        mailbox.smtp_url = "smtps://mail.test:465";
        mailbox.imap_url = "imaps://mail.test:993";
        mailbox.password = std::move(password);
        return as(store::Role::operator_, [this, mailbox](store::Connection& connection) {
            return mailbox::add(connection, mailbox, vault_, random_, base::Timestamp{1});
        });
    }
    mailbox::Listing list(const mailbox::Vault& vault) {
        return as(store::Role::warmup, [&](store::Connection& connection) {
            return mailbox::list(connection, vault, base::TimeZone());
        });
    }

    support::ManualLoop loop_;
    base::SeededRandom random_{1};
    mailbox::Vault vault_{random_.bytes(32)};
    std::unique_ptr<store::Database> db_;
};

}  // namespace

TEST_F(Mailboxes, AreKeptSealedAndOpenedWithTheKey) {
    ASSERT_TRUE(add("a@co.test", "hunter22"));
    const mailbox::Listing listing = list(vault_);
    ASSERT_EQ(listing.mailboxes.size(), 1U);
    EXPECT_EQ(listing.mailboxes[0].password, "hunter22");
    EXPECT_EQ(listing.mailboxes[0].login, "a@co.test");
    const auto stored = as(store::Role::operator_, [](store::Connection& connection) {
        return connection.text("SELECT secret FROM mailboxes ORDER BY id");
    });
    EXPECT_EQ(stored->find("hunter22"), std::string::npos);
}

TEST_F(Mailboxes, AnotherKeyOpensNothingAndIsNamed) {
    ASSERT_TRUE(add("a@co.test", "hunter22"));
    const mailbox::Listing listing = list(mailbox::Vault(std::string(32, 'x')));
    ASSERT_EQ(listing.mailboxes.size(), 1U);
    EXPECT_FALSE(listing.mailboxes[0].password);
    ASSERT_EQ(listing.problems.size(), 1U);
    EXPECT_NE(listing.problems[0].find("another key"), std::string::npos);
}

TEST_F(Mailboxes, ASecretMovedToAnotherRowDoesNotOpen) {
    ASSERT_TRUE(add("a@co.test", "hunter22"));
    ASSERT_TRUE(add("b@co.test", "other pass"));
    as(store::Role::operator_, [](store::Connection& connection) {
        connection.execute(
            "UPDATE mailboxes SET secret = (SELECT secret FROM mailboxes WHERE id = 1) WHERE id = 2"
        );
    });
    EXPECT_FALSE(list(vault_).mailboxes[1].password);
}

TEST_F(Mailboxes, TheSameAddressTwiceIsRefusedWhateverItsCase) {
    ASSERT_TRUE(add("a@co.test", "hunter22"));
    const auto again = add("A@CO.test", "hunter22");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::ErrorCode::already_exists);
}

TEST_F(Mailboxes, WithoutPasswordOneIsListedButCannotBeWatched) {
    ASSERT_TRUE(add("a@co.test", std::nullopt));
    const mailbox::Listing listing = list(vault_);
    EXPECT_FALSE(listing.mailboxes.at(0).password);
    EXPECT_TRUE(listing.problems.empty());
}

TEST_F(Mailboxes, APausedOneSaysWhy) {
    ASSERT_TRUE(add("a@co.test", "hunter22"));
    EXPECT_TRUE(as(store::Role::operator_, [](store::Connection& connection) {
        return mailbox::set_status(connection, 1, mailbox::Status::paused, "on holiday");
    }));
    EXPECT_EQ(list(vault_).mailboxes[0].status, mailbox::Status::paused);
    EXPECT_EQ(list(vault_).mailboxes[0].status_reason, "on holiday");
    EXPECT_FALSE(as(store::Role::operator_, [](store::Connection& connection) {
        return mailbox::set_status(connection, 99, mailbox::Status::active, "");
    }));
}

TEST_F(Mailboxes, UsageIsOneBudgetOfBothSides) {
    constexpr std::int64_t kHour = 3'600'000'000;
    for (const auto& [role, side] :
         {std::pair(store::Role::warmup, "warmup"), std::pair(store::Role::campaign, "campaign")})
        as(role, [side](store::Connection& connection) {
            mailbox::count_send(connection, 7, side, base::Timestamp{1000 * kHour});
            mailbox::count_send(connection, 7, side, base::Timestamp{1010 * kHour});
        });
    const auto in_last_day = [&](std::int64_t hour) {
        return as(store::Role::warmup, [hour](store::Connection& connection) {
            return mailbox::sent_in_last_day(connection, 7, base::Timestamp{hour * kHour});
        });
    };
    EXPECT_EQ(in_last_day(1011), 4);
    EXPECT_EQ(in_last_day(1024), 4) << "what left at the end of hour 1000 is younger than a day";
    EXPECT_EQ(in_last_day(1025), 2);
    EXPECT_EQ(in_last_day(1034), 2);
    EXPECT_EQ(in_last_day(1035), 0);
}
