// What the owner changes about a mailbox that is there: acceptance, mode, password, removal.
#include "mailbox/mailboxes.h"
#include "store/database.h"
#include "tests/support/manual_loop.h"

namespace {

constexpr base::Timestamp kAdded{1};
constexpr base::Timestamp kLater{2};

class MailboxChanges : public testing::Test {
  protected:
    MailboxChanges() {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
        add("ann@co.test", kAdded);
    }
    template <class Job>
    auto run(Job job) {
        return base::run_to_end(loop_, db_->run(store::Role::operator_, std::move(job)));
    }
    base::Result<std::int64_t> add(const std::string& email, base::Timestamp now) {
        mailbox::NewMailbox mailbox;
        mailbox.email = *base::Email::parse(email);
        mailbox.provider = "gmail";
        mailbox.smtp_url = "smtps://mail.test:465";
        mailbox.imap_url = "imaps://mail.test:993";
        mailbox.password = "first word";
        return run([&](store::Connection& connection) {
            return mailbox::add(connection, mailbox, vault_, random_, now);
        });
    }
    std::vector<mailbox::Mailbox> all() {
        return run([this](store::Connection& connection) {
                   return mailbox::list(connection, vault_, base::TimeZone());
               }
        ).mailboxes;
    }
    std::string text(const std::string& sql) {
        return run([sql](store::Connection& connection) { return connection.text(sql); }
        ).value_or("NULL");
    }

    support::ManualLoop loop_;
    base::SeededRandom random_{1};
    mailbox::Vault vault_{random_.bytes(32)};
    std::unique_ptr<store::Database> db_;
};

}  // namespace

TEST_F(MailboxChanges, ItsProvidersPolicyIsAcceptedWithTheDate) {
    EXPECT_FALSE(all().at(0).policy_settled());
    EXPECT_TRUE(run([](store::Connection& connection) {
        return mailbox::accept_policy(connection, 1, kLater);
    }));
    EXPECT_TRUE(all().at(0).policy_settled());
    EXPECT_EQ(all().at(0).policy_accepted_at, kLater);
    EXPECT_FALSE(run([](store::Connection& connection) {
        return mailbox::accept_policy(connection, 99, kLater);
    }));
}

TEST_F(MailboxChanges, ModeIsWarmupUntilItIsChanged) {
    EXPECT_EQ(all().at(0).mode, mailbox::Mode::warmup);
    run([](store::Connection& connection) {
        return mailbox::set_mode(connection, 1, mailbox::Mode::measure);
    });
    EXPECT_EQ(all().at(0).mode, mailbox::Mode::measure);
}

TEST_F(MailboxChanges, ANewPasswordTakesThePlaceOfTheOldOneSealed) {
    const mailbox::Mailbox ann = all().at(0);
    EXPECT_TRUE(run([&](store::Connection& connection) {
        return mailbox::set_password(connection, ann, "second word", vault_, random_);
    }));
    EXPECT_EQ(all().at(0).password, "second word");
    EXPECT_EQ(text("SELECT secret FROM mailboxes ORDER BY id").find("second"), std::string::npos);
}

TEST_F(MailboxChanges, APasswordEndsTheLoginByOAuth) {
    run([](store::Connection& connection) {
        return connection.execute("UPDATE mailboxes SET login_method = 'oauth2'");
    });
    const mailbox::Mailbox ann = all().at(0);
    ASSERT_EQ(ann.login_method, mailbox::LoginMethod::oauth2);
    run([&](store::Connection& connection) {
        return mailbox::set_password(connection, ann, "second word", vault_, random_);
    });
    EXPECT_EQ(all().at(0).login_method, mailbox::LoginMethod::password);
}

TEST_F(MailboxChanges, ARemovedOneIsListedNoMoreAndKeepsNoSecret) {
    run([](store::Connection& connection) {
        connection.execute(
            "INSERT INTO mailbox_tokens (mailbox_id, issuer, client_id, refresh_token, "
            "access_token, access_expires_at, refresh_from, consented_at) "
            "VALUES (1, 'google', 'id', 'sealed', 'sealed', 1, 1, 1)"
        );
    });
    EXPECT_TRUE(run([](store::Connection& connection) { return mailbox::remove(connection, 1); }));
    EXPECT_TRUE(all().empty());
    EXPECT_EQ(text("SELECT secret FROM mailboxes ORDER BY id"), "NULL");
    EXPECT_EQ(text("SELECT status FROM mailboxes ORDER BY id"), "removed");
    EXPECT_EQ(text("SELECT refresh_token FROM mailbox_tokens ORDER BY mailbox_id"), "NULL");
}

TEST_F(MailboxChanges, ARemovedOneComesBackAsItselfAndAsksForConsentAgain) {
    run([](store::Connection& connection) {
        mailbox::accept_policy(connection, 1, kAdded);
        mailbox::set_mode(connection, 1, mailbox::Mode::measure);
        return mailbox::remove(connection, 1);
    });
    const auto id = add("Ann@co.test", kLater);
    ASSERT_TRUE(id) << id.error().message;
    EXPECT_EQ(*id, 1);
    const mailbox::Mailbox ann = all().at(0);
    EXPECT_EQ(ann.email.str(), "Ann@co.test");
    EXPECT_EQ(ann.status, mailbox::Status::active);
    EXPECT_EQ(ann.mode, mailbox::Mode::warmup);
    EXPECT_EQ(ann.password, "first word");
    EXPECT_EQ(ann.created_at, kLater);
    EXPECT_FALSE(ann.policy_settled());
    EXPECT_FALSE(add("ann@co.test", kLater)) << "twice is once too often";
}
