#include "delivery/sent_copy.h"

#include "delivery/email_record.h"
#include "store/database.h"
#include "tests/support/manual_loop.h"

namespace {

using delivery::FiledBy;
using delivery::SentCopyFacts;
using delivery::SentCopyStep;
using delivery::SentFolder;
using delivery::Side;
using std::chrono::hours;
using std::chrono::minutes;

constexpr base::Timestamp kNow{1'780'300'800'000'000};
constexpr auto kDay = hours(24);

SentFolder known(FiledBy by, base::Duration ago) { return {by, kNow - ago}; }

std::string in_words(const SentCopyStep& step) {
    const char* const kinds[] = {"leave", "wait", "settle", "append"};
    std::string words = kinds[static_cast<int>(step.kind)];
    if (step.learned != FiledBy::unknown) words += " " + std::string(to_string(step.learned));
    return words;
}

struct Case {
    const char* name;
    SentFolder known;
    base::Duration age;
    bool due;
    bool maybe_ours;
    bool found;
    const char* expected;
};

}  // namespace

TEST(DecideSentCopy, LearnsByLookingAndAppendsWhereNobodyFiles) {
    const SentFolder nothing;
    const SentFolder provider = known(FiledBy::provider, kDay);
    const SentFolder nobody = known(FiledBy::nobody, kDay);
    const SentFolder old_provider = known(FiledBy::provider, 30 * kDay);
    const SentFolder old_nobody = known(FiledBy::nobody, 30 * kDay);
    const Case cases[] = {
        {"the first mail, there at once", nothing, minutes(0), false, false, true, "leave provider"
        },
        {"the first mail, not yet", nothing, minutes(9), false, false, false, "wait"},
        {"the first mail, never", nothing, minutes(10), false, false, false, "leave nobody"},
        {"a later mail, filed as ever", provider, minutes(1), false, false, true, "leave provider"},
        {"a later mail of a filer, absent", provider, minutes(60), false, false, false, "leave"},
        {"a later mail, nobody files", nobody, minutes(0), true, false, false, "append"},
        {"somebody files it after all", nobody, minutes(0), true, false, true, "leave provider"},
        {"cut off while appending, absent", nobody, minutes(5), false, true, false, "append"},
        {"cut off while appending, there", nobody, minutes(5), false, true, true, "settle"},
        {"a month later, not yet", old_nobody, minutes(9), true, false, false, "wait"},
        {"a month later, never", old_nobody, minutes(10), true, false, false, "append nobody"},
        {"a month later, there", old_nobody, minutes(2), true, false, true, "leave provider"},
        {"a month later, ours", old_nobody, minutes(2), false, true, true, "settle"},
        {"a filer stops filing", old_provider, minutes(10), false, false, false, "leave nobody"},
    };
    for (const Case& one : cases) {
        const SentCopyFacts facts{
            one.known, kNow - one.age, one.due, one.maybe_ours, one.found, kNow
        };
        EXPECT_EQ(in_words(decide_sent_copy(facts)), one.expected) << one.name;
    }
}

TEST(DecideSentCopy, NeverLearnsFromWhatMayBeOurOwnCopy) {
    for (const FiledBy by : {FiledBy::unknown, FiledBy::provider, FiledBy::nobody})
        for (const int days : {0, 1, 29, 30, 400})
            for (const int age : {0, 9, 10, 1000})
                for (const bool found : {false, true}) {
                    SentFolder folder{by, kNow - days * kDay};
                    if (by == FiledBy::unknown) folder.learned_at = std::nullopt;
                    const SentCopyFacts facts{
                        folder, kNow - minutes(age), false, true, found, kNow
                    };
                    EXPECT_EQ(decide_sent_copy(facts).learned, FiledBy::unknown);
                }
}

TEST(IsEvidence, OnlyWhereNoCopyOfOursCanLieThere) {
    for (const char* state : {"none", "due", "provider", "given_up"})
        EXPECT_TRUE(delivery::is_evidence(state)) << state;
    for (const char* state : {"appending", "appended"})
        EXPECT_FALSE(delivery::is_evidence(state)) << state;
}

namespace {

class SentCopies : public testing::TestWithParam<Side> {
  protected:
    SentCopies() {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
    }
    template <class Job>
    auto in_job(Job job) {
        const auto role = GetParam() == Side::warmup ? store::Role::warmup : store::Role::campaign;
        return base::run_to_end(loop_, db_->run(role, std::move(job)));
    }
    // A mail from mailbox 3, accepted at `sent_at`.
    std::int64_t accepted(const std::string& key, base::Timestamp sent_at) {
        delivery::NewEmail email;
        email.email_type = GetParam() == Side::warmup ? "warmup_reply" : "initial";
        email.from = base::Email::parse("anna@co.test").value();
        email.to = base::Email::parse("bob@example.com").value();
        email.from_mailbox_id = 3;
        email.message_id = base::MessageId::parse(key + "@co.test").value();
        email.send_key = email.token = key;
        email.raw = "Subject: x\r\n\r\nbody\r\n";
        if (GetParam() == Side::warmup) email.own_columns = {{"to_mailbox_id", store::to_value(4)}};
        return in_job([&](store::Connection& connection) {
            const auto id = delivery::prepare(connection, GetParam(), email, sent_at);
            EXPECT_TRUE(delivery::mark_intent(
                connection, GetParam(), id, delivery::hash_of(email.raw), sent_at
            ));
            EXPECT_TRUE(delivery::mark_accepted(connection, GetParam(), id, sent_at, "250 ok"));
            return id;
        });
    }
    void learn(FiledBy by, base::Timestamp at) {
        in_job([&](store::Connection& connection) {
            delivery::learn_sent_folder(connection, 3, by, at);
        });
    }
    std::vector<delivery::SentMail> to_look_for(base::Timestamp now) {
        return in_job([&](store::Connection& connection) {
            return delivery::copies_to_look_for(connection, GetParam(), 3, now);
        });
    }
    std::optional<std::string> raw_of(std::int64_t id) {
        return in_job([&](store::Connection& connection) {
            return delivery::find(connection, GetParam(), id)->raw;
        });
    }

    support::ManualLoop loop_;
    std::unique_ptr<store::Database> db_;
};

}  // namespace

TEST_P(SentCopies, TheFirstMailIsLookedForAndNoneKeepsItsBytes) {
    const auto first = accepted("first", kNow);
    accepted("second", kNow + minutes(1));
    const auto mails = to_look_for(kNow + minutes(2));
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].id, first);
    EXPECT_EQ(raw_of(first), std::nullopt);
    // A mail of yesterday may have been deleted since.
    EXPECT_TRUE(to_look_for(kNow + hours(25)).empty());
}

TEST_P(SentCopies, WhereTheProviderFilesNothingIsLookedForUntilAMonthHasPassed) {
    learn(FiledBy::provider, kNow);
    accepted("soon", kNow + 29 * kDay);
    EXPECT_TRUE(to_look_for(kNow + 29 * kDay).empty());
    const auto late = accepted("late", kNow + 30 * kDay + minutes(1));
    const auto mails = to_look_for(kNow + 30 * kDay + minutes(2));
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].id, late);
}

TEST_P(SentCopies, WhereNobodyFilesTheBytesStayUntilTheCopyIsThere) {
    const auto before = accepted("before", kNow);
    learn(FiledBy::nobody, kNow);
    const auto id = accepted("after", kNow + minutes(1));
    EXPECT_EQ(raw_of(before), std::nullopt);
    EXPECT_TRUE(raw_of(id).has_value());
    const auto mails = to_look_for(kNow + minutes(2));
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].id, id);
    EXPECT_EQ(mails[0].sent_copy, "due");
    EXPECT_EQ(mails[0].raw, raw_of(id));
    in_job([&](store::Connection& connection) {
        EXPECT_TRUE(delivery::begin_append(connection, GetParam(), id));
        // Again after a crash in the middle of it.
        EXPECT_TRUE(delivery::begin_append(connection, GetParam(), id));
        EXPECT_FALSE(delivery::begin_append(connection, GetParam(), before));
        delivery::end_copy(connection, GetParam(), id, "appended");
        EXPECT_FALSE(delivery::begin_append(connection, GetParam(), id));
    });
    EXPECT_EQ(raw_of(id), std::nullopt);
    EXPECT_TRUE(to_look_for(kNow + minutes(3)).empty());
}

TEST_P(SentCopies, AreForgottenWhereTheOwnerWantsNone) {
    learn(FiledBy::nobody, kNow);
    const auto id = accepted("after", kNow + minutes(1));
    in_job([&](store::Connection& connection) {
        delivery::forget_sent_copies(connection, GetParam());
        EXPECT_EQ(delivery::sent_folder_of(connection, 3).filed_by, FiledBy::unknown);
    });
    EXPECT_EQ(raw_of(id), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Sides,
    SentCopies,
    testing::Values(Side::warmup, Side::campaign),
    [](const auto& side) { return std::string(to_string(side.param)); }
);
