#include "delivery/email_record.h"

#include "store/database.h"
#include "tests/support/manual_loop.h"

namespace {

using delivery::Side;
using store::Connection;

constexpr base::Timestamp kNow{1'000'000};
constexpr base::Timestamp kLater{2'000'000};

class EmailRecords : public testing::TestWithParam<Side> {
  protected:
    EmailRecords() {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
    }

    Side side() const { return GetParam(); }
    template <class Job>
    auto in_job(Job job) {
        const auto role = side() == Side::warmup ? store::Role::warmup : store::Role::campaign;
        return base::run_to_end(loop_, db_->run(role, std::move(job)));
    }
    delivery::NewEmail new_email(const std::string& key) const {
        delivery::NewEmail email;
        email.email_type = side() == Side::warmup ? "warmup_bidirectional" : "initial";
        email.from = base::Email::parse("anna@co.test").value();
        email.to = base::Email::parse("bob@example.com").value();
        email.from_mailbox_id = 3;
        email.subject = "Größe";
        std::string left = key;
        std::ranges::replace_if(left, [](char c) { return c == ' ' || c == ',' || c == ':'; }, '-');
        email.message_id = base::MessageId::parse(left + "@co.test").value();
        email.references = {
            base::MessageId::parse("a@b").value(), base::MessageId::parse("c@d").value()
        };
        email.in_reply_to = email.references.back();
        email.send_key = "key:" + key;
        email.token = "token:" + key;
        email.raw = "Subject: x\r\n\r\nbody of " + key + "\r\n";
        if (side() == Side::warmup) email.own_columns = {{"to_mailbox_id", store::to_value(4)}};
        return email;
    }
    std::int64_t prepare(const std::string& key) {
        const delivery::NewEmail email = new_email(key);
        return in_job([&](Connection& connection) {
            return delivery::prepare(connection, side(), email, kNow);
        });
    }
    // A row in this status, as if it had come there on its way.
    std::int64_t row_in(const std::string& status, const std::string& key) {
        const std::int64_t id = prepare(key);
        const std::string table = side() == Side::warmup ? "emails_warmup" : "emails_campaign";
        in_job([&](Connection& connection) {
            connection.execute(
                "UPDATE " + table + " SET status = :status, intent_at = :at WHERE id = :id",
                store::values(
                    status, status == "prepared" ? std::optional<base::Timestamp>() : kNow, id
                )
            );
        });
        return id;
    }
    delivery::EmailRecord row(std::int64_t id) {
        return in_job([&](Connection& connection) {
            return delivery::find(connection, side(), id).value();
        });
    }

    support::ManualLoop loop_;
    std::unique_ptr<store::Database> db_;
};

INSTANTIATE_TEST_SUITE_P(
    Sides,
    EmailRecords,
    testing::Values(Side::warmup, Side::campaign),
    [](const auto& one) { return std::string(delivery::to_string(one.param)); }
);

// As delivery does: for the bytes that are about to leave.
base::Result<> intend(Connection& c, Side side, std::int64_t id, base::Timestamp now) {
    const std::string raw = delivery::find(c, side, id)->raw.value_or("");
    return delivery::mark_intent(c, side, id, delivery::hash_of(raw), now);
}

// What may happen to a row, and where it leads from the statuses that allow it.
struct Step {
    const char* name;
    std::function<bool(Connection&, Side, std::int64_t)> take;
    std::map<std::string, std::string> allowed;
};

const std::vector<Step>& steps() {
    static const std::vector<Step> all = {
        {"mark_intent",
         [](Connection& c, Side side, std::int64_t id) {
             return intend(c, side, id, kLater).has_value();
         },
         {{"prepared", "intent"}}},
        {"mark_accepted",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::mark_accepted(c, side, id, kLater, "250 2.0.0 OK");
         },
         {{"intent", "accepted"},
          {"in_doubt", "accepted"},
          {"parked", "accepted"},
          {"accepted", "accepted"}}},
        {"mark_refused",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::mark_refused(c, side, id, "550 5.1.1 nobody");
         },
         {{"prepared", "refused"}, {"intent", "refused"}}},
        {"mark_not_sent, own intent",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::mark_not_sent(c, side, id, true, "451 later");
         },
         {{"prepared", "prepared"}, {"intent", "prepared"}, {"not_accepted", "prepared"}}},
        {"mark_not_sent, no intent of ours",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::mark_not_sent(c, side, id, false, "451 later");
         },
         {{"prepared", "prepared"}, {"not_accepted", "prepared"}}},
        {"cancel",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::cancel(c, side, id, "not wanted any more");
         },
         {{"prepared", "cancelled"}}},
        {"mark_in_doubt",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::mark_in_doubt(c, side, id, "no answer");
         },
         {{"intent", "in_doubt"}}},
        {"resolve_found",
         [](Connection& c, Side side, std::int64_t id) {
             return delivery::resolve_found(c, side, id, kLater);
         },
         {{"in_doubt", "accepted"}, {"parked", "accepted"}}},
        {"recover_intents",
         [](Connection& c, Side side, std::int64_t) {
             const base::Timestamp now = kLater + base::Duration(delivery::kAnswerPatience);
             return delivery::recover_intents(c, side, now) == 1;
         },
         {{"intent", "in_doubt"}}},
    };
    return all;
}

}  // namespace

TEST_P(EmailRecords, ChangeOnlyAsTheStateMachineAllows) {
    const std::vector<std::string> statuses = {
        "prepared",
        "intent",
        "accepted",
        "refused",
        "cancelled",
        "in_doubt",
        "not_accepted",
        "parked"
    };
    for (const std::string& status : statuses) {
        for (const Step& step : steps()) {
            SCOPED_TRACE(status + ": " + step.name);
            const std::int64_t id = row_in(status, status + step.name);
            const delivery::EmailRecord before = row(id);
            const bool taken = in_job([&](Connection& c) { return step.take(c, side(), id); });
            const auto next = step.allowed.find(status);
            EXPECT_EQ(taken, next != step.allowed.end());
            EXPECT_EQ(row(id).status, next == step.allowed.end() ? status : next->second);
            if (!taken) {
                EXPECT_EQ(row(id).raw, before.raw);
                EXPECT_EQ(row(id).attempts, before.attempts);
                EXPECT_EQ(row(id).server_reply, before.server_reply);
                EXPECT_EQ(row(id).error_message, before.error_message);
            }
            // The next case's recover_intents is to see its own row alone.
            in_job([&](Connection& c) { delivery::mark_refused(c, side(), id, ""); });
        }
    }
}

TEST_P(EmailRecords, ArePreparedWithEverythingThatIsSent) {
    const std::int64_t id = prepare("one");
    const delivery::EmailRecord stored = row(id);
    EXPECT_EQ(stored.status, "prepared");
    EXPECT_EQ(stored.from_, "anna@co.test");
    EXPECT_EQ(stored.to_, "bob@example.com");
    EXPECT_EQ(stored.subject, "Größe");
    EXPECT_EQ(stored.message_id, "one@co.test");
    EXPECT_EQ(stored.raw, "Subject: x\r\n\r\nbody of one\r\n");
    EXPECT_EQ(stored.created_at, kNow);
    EXPECT_EQ(stored.attempts, 0);
    EXPECT_FALSE(stored.sent_at || stored.intent_at || stored.server_reply);
    const std::string table = side() == Side::warmup ? "emails_warmup" : "emails_campaign";
    EXPECT_EQ(
        in_job([&](Connection& c) {
            return c.text(
                "SELECT \"references\" FROM " + table + " WHERE id = :id ORDER BY id",
                store::values(id)
            );
        }),
        "<a@b> <c@d>"
    );
}

TEST_P(EmailRecords, ASendKeyTokenOrMessageIdIsPreparedOnce) {
    prepare("one");
    for (const char* same : {"send_key", "token", "message_id"}) {
        delivery::NewEmail email = new_email("other");
        const delivery::NewEmail first = new_email("one");
        if (same == std::string("send_key")) email.send_key = first.send_key;
        if (same == std::string("token")) email.token = first.token;
        if (same == std::string("message_id")) email.message_id = first.message_id;
        try {
            in_job([&](Connection& c) { delivery::prepare(c, side(), email, kNow); });
            ADD_FAILURE() << same << " was stored twice";
        } catch (const store::StoreError& error) {
            EXPECT_EQ(error.kind, store::StoreError::Kind::unique) << same;
        }
    }
}

TEST_P(EmailRecords, BytesAreKeptUntilTheirEndAndTheHashForEver) {
    const auto after = [&](const std::string& key, auto job) {
        const std::int64_t id = prepare(key);
        in_job([&](Connection& c) { job(c, id); });
        EXPECT_FALSE(row(id).raw_sha256.empty()) << key;
        return row(id).raw.has_value();
    };
    const auto intent = [&](Connection& c, std::int64_t id) {
        EXPECT_TRUE(intend(c, side(), id, kNow));
    };
    EXPECT_TRUE(after("intent", intent));
    EXPECT_TRUE(after("put off", [&](Connection& c, std::int64_t id) {
        intent(c, id);
        EXPECT_TRUE(delivery::mark_not_sent(c, side(), id, true, "451"));
    }));
    EXPECT_TRUE(after("in doubt", [&](Connection& c, std::int64_t id) {
        intent(c, id);
        EXPECT_TRUE(delivery::mark_in_doubt(c, side(), id, "no answer"));
    }));
    EXPECT_FALSE(after("accepted", [&](Connection& c, std::int64_t id) {
        intent(c, id);
        EXPECT_TRUE(delivery::mark_accepted(c, side(), id, kNow, "250"));
    }));
    EXPECT_FALSE(after("found", [&](Connection& c, std::int64_t id) {
        intent(c, id);
        EXPECT_TRUE(delivery::mark_in_doubt(c, side(), id, "no answer"));
        EXPECT_TRUE(delivery::resolve_found(c, side(), id, kNow));
    }));
    EXPECT_FALSE(after("refused", [&](Connection& c, std::int64_t id) {
        EXPECT_TRUE(delivery::mark_refused(c, side(), id, "550"));
    }));
}

TEST_P(EmailRecords, ChangedBytesAreNeverSent) {
    const std::int64_t id = prepare("one");
    const std::string table = side() == Side::warmup ? "emails_warmup" : "emails_campaign";
    in_job([&](Connection& c) {
        c.execute(
            "UPDATE " + table + "_raw SET raw = 'other bytes' WHERE email_id = :id",
            store::values(id)
        );
    });
    const auto marked = in_job([&](Connection& c) { return intend(c, side(), id, kNow); });
    ASSERT_FALSE(marked);
    EXPECT_EQ(marked.error().code, base::ErrorCode::storage);
    EXPECT_EQ(row(id).status, "prepared");
}

TEST_P(EmailRecords, AnAttemptThatCameToNothingIsCountedWithItsReason) {
    const std::int64_t id = prepare("one");
    for (int attempt = 1; attempt <= 3; ++attempt) {
        in_job([&](Connection& c) {
            ASSERT_TRUE(intend(c, side(), id, kNow));
            ASSERT_TRUE(delivery::mark_not_sent(c, side(), id, true, "451 later"));
        });
        EXPECT_EQ(row(id).attempts, attempt);
    }
    EXPECT_EQ(row(id).error_message, "451 later");
    EXPECT_FALSE(row(id).intent_at);
    in_job([&](Connection& c) {
        ASSERT_TRUE(intend(c, side(), id, kNow));
        ASSERT_TRUE(delivery::mark_accepted(c, side(), id, kLater, "250 OK"));
    });
    EXPECT_FALSE(row(id).error_message);
    EXPECT_EQ(row(id).sent_at, kLater);
    EXPECT_EQ(row(id).server_reply, "250 OK");
}

TEST_P(EmailRecords, AFoundOneWasSentWhenItsIntentWasCommitted) {
    const std::int64_t id = prepare("one");
    in_job([&](Connection& c) {
        ASSERT_TRUE(intend(c, side(), id, kNow));
        ASSERT_TRUE(delivery::mark_in_doubt(c, side(), id, "no answer"));
        ASSERT_TRUE(delivery::resolve_found(c, side(), id, kLater));
    });
    EXPECT_EQ(row(id).sent_at, kNow);
}

TEST_P(EmailRecords, RecoveringTouchesIntentsOfThePastOnly) {
    // Of a campaign's answer, which no lease guards, only after a while.
    const base::Timestamp now =
        side() == Side::warmup ? kNow : kNow + base::Duration(delivery::kAnswerPatience);
    const std::int64_t old_one = prepare("old");
    const std::int64_t new_one = prepare("new");
    const std::int64_t waiting = prepare("waiting");
    in_job([&](Connection& c) {
        ASSERT_TRUE(intend(c, side(), old_one, kNow));
        ASSERT_TRUE(intend(c, side(), new_one, kLater));
        EXPECT_EQ(delivery::recover_intents(c, side(), now), 1);
    });
    EXPECT_EQ(row(old_one).status, "in_doubt");
    EXPECT_EQ(row(new_one).status, "intent");
    EXPECT_EQ(row(waiting).status, "prepared");
}

TEST(CampaignIntents, AreNoCrashsWhileALeaseOnTheirDraftRuns) {
    support::ManualLoop loop;
    store::OpenOptions options;
    options.url = "sqlite::memory:";
    options.inline_jobs = true;
    options.create = true;
    const auto db = store::open_database(options, loop);
    const auto recover = [&](base::Timestamp lease_until) {
        return base::run_to_end(loop, db->run(store::Role::campaign, [=](Connection& c) {
            c.execute("DELETE FROM email_drafts");
            c.execute("DELETE FROM emails_campaign");
            c.execute(
                "INSERT INTO email_drafts (id, to_email, subject, body, status, created_at, "
                "lease_until) VALUES (7, 'a@b.test', 's', 'b', 'claimed', 1, :until)",
                store::values(lease_until)
            );
            c.execute(
                "INSERT INTO emails_campaign (email_type, draft_id, \"from\", \"to\", "
                "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
                "created_at, intent_at) VALUES ('initial', 7, 'x@y.test', 'a@b.test', 1, 's', "
                "'m@y.test', 'intent', 'draft:7', 't', 'h', 1, 1)"
            );
            return delivery::recover_intents(c, Side::campaign, kNow);
        }));
    };
    EXPECT_EQ(recover(kLater), 0);
    EXPECT_EQ(recover(kNow), 1);
}

TEST_P(EmailRecords, WithStatusGivesTheOldestFirstAndNoMoreThanAsked) {
    std::vector<std::int64_t> ids;
    for (const char* key : {"a", "b", "c"}) ids.push_back(prepare(key));
    in_job([&](Connection& c) { ASSERT_TRUE(delivery::cancel(c, side(), ids[1], "no")); });
    const auto rows =
        in_job([&](Connection& c) { return delivery::with_status(c, side(), "prepared", 10); });
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].id, ids[0]);
    EXPECT_EQ(rows[1].id, ids[2]);
    EXPECT_EQ(
        in_job([&](Connection& c) { return delivery::with_status(c, side(), "prepared", 1).size(); }
        ),
        1U
    );
}

TEST(EmailRecordRoles, OneSideCannotTouchTheRowsOfTheOther) {
    support::ManualLoop loop;
    store::OpenOptions options;
    options.url = "sqlite::memory:";
    options.inline_jobs = true;
    options.create = true;
    const auto db = store::open_database(options, loop);
    const auto cancel_as = [&](store::Role role, Side side) {
        base::run_to_end(loop, db->run(role, [side](Connection& c) {
            delivery::cancel(c, side, 1, "not mine");
        }));
    };
    EXPECT_THROW(cancel_as(store::Role::warmup, Side::campaign), store::StoreError);
    EXPECT_THROW(cancel_as(store::Role::campaign, Side::warmup), store::StoreError);
    EXPECT_NO_THROW(cancel_as(store::Role::warmup, Side::warmup));
}
