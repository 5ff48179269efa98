#include "mailbox/pauses.h"

#include "mailbox/mailboxes.h"
#include "mailbox/test_servers.h"
#include "store/database.h"

namespace {

using namespace std::chrono_literals;
using mailbox::ConnectorTest;
using mailbox::Mailbox;

class PersistedTest : public ConnectorTest {
  protected:
    template <class Job>
    auto as(store::Role role, Job job) {
        return base::run_to_end(loop_, db_->run(role, std::move(job)));
    }
    PersistedTest() {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
        connector_.persist_pauses(*db_);
        mailbox::NewMailbox added;
        added.email = *base::Email::parse("m1@mail.test");
        added.smtp_url = "smtps://smtp.mail.test:465";
        added.imap_url = "imaps://imap.mail.test:993";
        added.password = "wrong";
        as(store::Role::operator_, [&](store::Connection& connection) {
            return mailbox::add(connection, added, vault_, random_, now());
        }).value();
    }
    base::Timestamp now() { return loop_.clock().now(); }
    Mailbox stored() {
        return as(store::Role::warmup,
                  [&](store::Connection& connection) {
                      return mailbox::list(connection, vault_, base::TimeZone());
                  }
        ).mailboxes.at(0);
    }
    std::int64_t decisions(const std::string& decision) {
        return as(store::Role::operator_, [&](store::Connection& connection) {
            return connection.integer(
                "SELECT COUNT(*) FROM ledger WHERE subject_kind = 'mailbox' AND decision = :d",
                store::values(decision)
            );
        });
    }
    bool pause(std::optional<base::Timestamp> until, std::int64_t resumes = 0) {
        mailbox::Pause pause;
        pause.mailbox_id = 1;
        pause.reason = "blocked";
        pause.until = until;
        pause.resumes = resumes;
        pause.side = "warmup";
        return as(store::Role::warmup, [&](store::Connection& connection) {
            return mailbox::pause(connection, pause, now());
        });
    }
    std::size_t lift() {
        return as(store::Role::warmup,
                  [&](store::Connection& connection) {
                      return mailbox::lift_ended(connection, "warmup", now());
                  }
        ).size();
    }

    base::SeededRandom random_{1};
    mailbox::Vault vault_{random_.bytes(32)};
    std::unique_ptr<store::Database> db_;
};

}  // namespace

TEST_F(PersistedTest, ARefusedLoginPausesTheMailboxInTheStore) {
    EXPECT_FALSE(smtp(stored()));
    const Mailbox paused = stored();
    EXPECT_EQ(paused.status, mailbox::Status::paused);
    EXPECT_EQ(paused.paused_by, mailbox::PausedBy::login);
    EXPECT_FALSE(paused.paused_until);
    EXPECT_NE(paused.status_reason.find("535 5.7.8 not accepted"), std::string::npos);
    EXPECT_EQ(decisions("paused"), 1);
    EXPECT_EQ(lift(), 0U);
    loop_.advance(std::chrono::hours(24 * 30));
    EXPECT_EQ(lift(), 0U);  // only the owner ends it
    as(store::Role::operator_, [&](store::Connection& connection) {
        EXPECT_TRUE(mailbox::set_password(connection, paused, "right", vault_, random_));
    });
    EXPECT_EQ(stored().status, mailbox::Status::active);
    EXPECT_TRUE(smtp(stored()));
    EXPECT_EQ(servers_.smtp_logins, 2);
}

TEST_F(PersistedTest, WhatTheOwnerDidMeanwhileStands) {
    const Mailbox before = stored();
    as(store::Role::operator_, [&](store::Connection& connection) {
        mailbox::set_status(connection, 1, mailbox::Status::paused, "on leave");
        mailbox::set_status(connection, 1, mailbox::Status::active, "");
    });
    EXPECT_FALSE(smtp(before));  // tried with what was known before
    EXPECT_EQ(stored().status, mailbox::Status::active);
    EXPECT_FALSE(smtp(stored()));  // and once with what is known now
    EXPECT_EQ(stored().status, mailbox::Status::paused);
    EXPECT_EQ(servers_.smtp_logins, 2);
}

TEST_F(PersistedTest, APauseWithAnEndIsMadeLongerNeverShorterAndLifted) {
    EXPECT_TRUE(pause(now() + 1h));
    EXPECT_FALSE(pause(now() + 30min));
    EXPECT_TRUE(pause(now() + 2h));
    loop_.advance(90min);
    EXPECT_EQ(lift(), 0U);
    loop_.advance(30min);
    EXPECT_EQ(lift(), 1U);
    EXPECT_EQ(stored().status, mailbox::Status::active);
    EXPECT_EQ(decisions("resumed"), 1);
    EXPECT_FALSE(pause(now() + 1h));  // a report from before it was resumed
    EXPECT_TRUE(pause(now() + 1h, 1));
    EXPECT_TRUE(pause(std::nullopt, 1));
    EXPECT_FALSE(pause(now() + 1h, 1));
}

TEST_F(PersistedTest, OneRefusalThatTwoReportIsOnePause) {
    // Whoever logged in says so, and a moment later whoever wanted to send.
    EXPECT_TRUE(pause(now() + 1h));
    loop_.advance(20ms);
    EXPECT_FALSE(pause(now() + 1h));
    EXPECT_EQ(decisions("paused"), 1);
}

TEST_F(PersistedTest, TheOwnersPauseIsNotOurs) {
    as(store::Role::operator_, [&](store::Connection& connection) {
        mailbox::set_status(connection, 1, mailbox::Status::paused, "on leave");
    });
    EXPECT_FALSE(pause(now() + 1h));
    EXPECT_FALSE(pause(std::nullopt));
    EXPECT_EQ(stored().status_reason, "on leave");
    EXPECT_EQ(stored().paused_by, mailbox::PausedBy::owner);
}
