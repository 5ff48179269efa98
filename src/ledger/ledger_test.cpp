#include "ledger/ledger.h"

#include "store/database.h"

namespace {

using ledger::Decision;
using ledger::Entry;
using store::Role;

class DirectLoop : public base::Loop {
  public:
    void post(std::function<void()> work) override { work(); }
    bool run_until(const bool& done) override { return done; }
};

class LedgerTest : public testing::Test {
  protected:
    template <class Work>
    auto run(Role role, Work work) {
        return base::run_to_end(loop_, database_->run(role, std::move(work)));
    }
    void append(Role role, const Decision& decision) {
        run(role,
            [decision](store::Connection& connection) { ledger::append(connection, decision); });
    }
    std::vector<Entry> read(std::string kind, std::int64_t id) {
        return run(Role::operator_, [kind, id](store::Connection& connection) {
            return ledger::read(connection, kind, id);
        });
    }

    DirectLoop loop_;
    std::unique_ptr<store::Database> database_ =
        store::open_database({.url = "sqlite::memory:", .inline_jobs = true}, loop_);
};

const Decision kPause{
    {1'763'899'620'000'000},
    "warmup",
    "mailbox",
    3,
    "paused",
    "spam rate over 10 %",
    R"({"inbox":8,"spam":4})",
};

}  // namespace

TEST_F(LedgerTest, KeepsDecisionsInOrderBySubject) {
    append(Role::warmup, kPause);
    Decision resumed = kPause;
    resumed.decision = "resumed";
    append(Role::operator_, resumed);
    Decision other = kPause;
    other.subject_id = 4;
    append(Role::campaign, other);

    const std::vector<Entry> entries = read("mailbox", 3);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].decision, "paused");
    EXPECT_EQ(entries[1].decision, "resumed");
    EXPECT_LT(entries[0].id, entries[1].id);
    EXPECT_EQ(entries[0].at, kPause.at);
    EXPECT_TRUE(read("draft", 3).empty());
}

TEST_F(LedgerTest, NeverHoldsAddresses) {
    Decision decision = kPause;
    decision.reason = "refused: <ann@example.com>, then bob@example.com; over";
    decision.numbers = R"({"count":1,"who":["ann@example.com"],"x@example.com":2})";
    append(Role::warmup, decision);
    const Entry entry = read("mailbox", 3).front();
    EXPECT_EQ(entry.reason, "refused: [address], then [address]; over");
    EXPECT_EQ(entry.numbers, R"({"count":1,"who":["[address]"],"[address]":2})");
}

TEST_F(LedgerTest, RefusesNumbersThatAreNoObject) {
    for (const char* numbers : {"", "3", "[1]", "{", "{}x"}) {
        Decision decision = kPause;
        decision.numbers = numbers;
        EXPECT_THROW(append(Role::warmup, decision), store::StoreError) << numbers;
    }
    EXPECT_TRUE(read("mailbox", 3).empty());
}

TEST_F(LedgerTest, OnlyTheOperatorReads) {
    for (const Role role : {Role::warmup, Role::campaign})
        EXPECT_THROW(
            run(role,
                [](store::Connection& connection) { return ledger::read(connection, "mailbox", 3); }
            ),
            store::StoreError
        );
}

TEST(Ledger, TellsADecisionInOneLine) {
    const Entry entry{
        1, kPause.at, kPause.side, kPause.subject_kind, 3, "paused", kPause.reason, kPause.numbers
    };
    EXPECT_EQ(
        ledger::tell(entry),
        "2025-11-23T12:07:00Z  warmup: mailbox 3 paused because spam rate over 10 % (inbox 8, spam "
        "4)"
    );
    const Entry bare{2, kPause.at, "campaign", "draft", 9, "ready_to_send", "", "{}"};
    EXPECT_EQ(ledger::tell(bare), "2025-11-23T12:07:00Z  campaign: draft 9 ready to send");
}

TEST(Ledger, TextsWithoutAddressesStayAsTheyAre) {
    for (const char* text : {"", " ", "plain words, and; marks", "größe"})
        EXPECT_EQ(ledger::without_addresses(text), text);
    EXPECT_EQ(ledger::without_addresses("a@b"), "[address]");
    EXPECT_EQ(ledger::without_addresses("x a@b\n y"), "x [address]\n y");
}
