// The base of tests that kill the program: rounds of kill -9 at random moments of a cycle, each
// followed by a normal run, and what must hold after each of the two.
//
// PILOTLIGHT_KILLS says how often, PILOTLIGHT_SEED repeats the moments of an earlier run.
#pragma once
#include <cstdlib>
#include <set>

#include "base/random.h"
#include "base/text.h"
#include "tests/lab/lab_test.h"
#include "tests/lab/world.h"

namespace lab {

inline std::int64_t number_from_environment(const char* name, std::int64_t otherwise) {
    const char* text = std::getenv(name);
    if (text == nullptr) return otherwise;
    const std::optional<std::int64_t> value = base::parse_int(text);
    if (!value) throw std::runtime_error(std::string(name) + " must be a number, not " + text);
    return *value;
}

// Parts of a cycle, evenly spread: one in each of `count` equal stretches, in random order.
inline std::vector<double> draw_moments(std::int64_t count, base::Random& random) {
    std::vector<double> out;
    for (std::int64_t i = 0; i < count; ++i)
        out.push_back((static_cast<double>(i) + random.uniform()) / static_cast<double>(count));
    random.shuffle(out);
    return out;
}

// The Maildirs' mail by Message-ID, with the address in whose Maildir it lies.
struct Delivered {
    std::string account;
    StoredMail mail;
};
using Deliveries = std::multimap<std::string, Delivered>;
using Rows = std::map<std::string, EmailRow>;

struct Tally {
    int rounds = 0;
    int kills = 0;
    int prepared_left = 0;  // kills that left rows prepared, and with an intent
    int intent_left = 0;
    int duplicates = 0;
    int lost = 0;
};

class KillTest : public LabTest {
  protected:
    virtual Stage stage() { return {.slow = true}; }
    void SetUp() override {
        LabTest::SetUp();
        if (!IsSkipped()) world_.emplace(stage());
    }
    void TearDown() override {
        if (!HasFailure() || !world_) return;
        std::puts(world_->last_output().c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    const std::vector<std::string> run_command_ = {"--json", "warmup", "run", "--wait", "5"};

    void run_normally() {
        const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
        const Outcome outcome = world_->run(run_command_);
        cycle_ = std::chrono::duration_cast<Limit>(std::chrono::steady_clock::now() - begin);
        ASSERT_EQ(outcome.exit_code, 0);
        ASSERT_TRUE(world_->servers().await_delivery(std::chrono::seconds(30)));
    }

    void run_and_kill(Limit moment) {
        Process process = world_->start(run_command_);
        if (!process.await_exit(moment)) {
            process.signal(SIGKILL);
            ++tally_.kills;
        }
        ASSERT_TRUE(process.await_exit(std::chrono::seconds(10)));
        ASSERT_TRUE(world_->servers().await_delivery(std::chrono::seconds(30)));
    }

    Deliveries read_deliveries() const {
        Deliveries out;
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (auto& [account, mails] : world_->read_maildirs(*accounts))
                for (const StoredMail& mail : mails)
                    if (!is_own_copy(mail))
                        out.emplace(bare_id(mail.field("Message-ID")), Delivered{account, mail});
        return out;
    }
    // What the program files in Sent where the provider does not ([sending] sent_copy).
    static bool is_own_copy(const StoredMail& mail) {
        return mail.path.find("/.Sent/") != std::string::npos;
    }
    void expect_one_copy_in_sent() {
        std::set<std::string> copied;
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (const auto& [account, mails] : world_->read_maildirs(*accounts))
                for (const StoredMail& mail : mails)
                    if (is_own_copy(mail))
                        EXPECT_TRUE(copied.insert(account + mail.field("Message-ID")).second)
                            << "filed twice: " << mail.path;
    }
    Rows read_rows() const {
        Rows out;
        for (EmailRow& row : world_->store()->emails_warmup()) {
            const std::string id = row.message_id;
            out.emplace(id, std::move(row));
        }
        return out;
    }

    void expect_nothing_twice(const Deliveries& deliveries) {
        std::set<std::string> tokens;
        int doubled = 0;
        const std::string header = world_->store()->token_header();
        for (const auto& [id, delivered] : deliveries) {
            const std::vector<std::string> values = delivered.mail.fields(header);
            ASSERT_EQ(values.size(), 1U) << delivered.mail.headers;
            EXPECT_FALSE(id.empty()) << delivered.mail.headers;
            const bool once = tokens.insert(values.front()).second && deliveries.count(id) == 1;
            EXPECT_TRUE(once) << id << " lies twice: " << delivered.mail.path;
            doubled += once ? 0 : 1;
        }
        tally_.duplicates += doubled;
    }

    // What lies there was known before it left, and went where its row says.
    void expect_delivered_has_its_row(const Deliveries& deliveries, const Rows& rows) {
        const std::set<std::string> may_have_left = {"intent", "in_doubt", "accepted"};
        const std::string header = world_->store()->token_header();
        for (const auto& [id, delivered] : deliveries) {
            const auto row = rows.find(id);
            ASSERT_NE(row, rows.end()) << id << " was delivered and has no row";
            EXPECT_TRUE(may_have_left.contains(row->second.status))
                << id << " " << row->second.status;
            EXPECT_EQ(row->second.to, delivered.account) << id;
            EXPECT_EQ(row->second.token, delivered.mail.field(header)) << id;
        }
    }

    void expect_accepted_lies_there(const Deliveries& deliveries, const Rows& rows) {
        for (const auto& [id, row] : rows) {
            if (row.status != "accepted") continue;
            const auto count = deliveries.count(id);
            EXPECT_EQ(count, 1U) << id << " was accepted and lies there " << count << " times";
            tally_.lost += count == 0 ? 1 : 0;
        }
    }

    // What a normal run leaves: nothing half done, and what it found is no longer in doubt.
    void expect_settled(const Deliveries& deliveries, const Rows& rows) {
        for (const auto& [id, row] : rows) {
            EXPECT_NE(row.status, "intent") << id << " keeps its intent after a normal run";
            EXPECT_NE(row.status, "prepared") << id << " was not sent by a normal run";
            const bool opening = row.email_type == "warmup_bidirectional";
            if (opening && row.status == "in_doubt")
                EXPECT_FALSE(deliveries.contains(id))
                    << id << " lies in a seed mailbox, yet in doubt";
        }
    }

    // What the kill left is settled as the design says; `before` are the rows right after it.
    void expect_mended(const Rows& before, const Rows& after) {
        bool prepared = false;
        bool intent = false;
        for (const auto& [id, row] : before) {
            const auto now = after.find(id);
            ASSERT_NE(now, after.end()) << id << " was forgotten";
            EXPECT_EQ(now->second.token, row.token) << id;
            if (row.status == "prepared") {
                prepared = true;
                EXPECT_EQ(now->second.status, "accepted") << id << " was prepared when killed";
            }
            if (row.status == "intent") {
                intent = true;
                EXPECT_TRUE(now->second.status == "in_doubt" || now->second.status == "accepted")
                    << id << " had an intent when killed and is " << now->second.status;
            }
        }
        tally_.prepared_left += prepared ? 1 : 0;
        tally_.intent_left += intent ? 1 : 0;
    }

    void expect_in_doubt_is_listed(const Rows& rows) {
        const Outcome outcome = world_->run({"--json", "delivery", "in-doubt"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        for (const auto& [id, row] : rows) {
            if (row.status == "in_doubt")
                EXPECT_TRUE(outcome.out.contains(id)) << id << " is in doubt and not listed";
            if (row.status == "accepted")
                EXPECT_FALSE(outcome.out.contains(id)) << id << " is accepted, yet listed";
        }
    }

    // Kills at `moment`, runs normally, and checks what must hold after each of the two.
    // `part` of the last run's time, since runs take longer on a busy machine.
    void one_round(double part) {
        const Limit moment(static_cast<std::int64_t>(part * static_cast<double>(cycle_.count())));
        SCOPED_TRACE(fmt::format("killed after {} us of {}", moment.count(), cycle_.count()));
        ++tally_.rounds;
        ASSERT_NO_FATAL_FAILURE(run_and_kill(moment));
        const Deliveries killed = read_deliveries();
        const Rows before = read_rows();
        ASSERT_NO_FATAL_FAILURE(expect_nothing_twice(killed));
        ASSERT_NO_FATAL_FAILURE(expect_delivered_has_its_row(killed, before));

        ASSERT_NO_FATAL_FAILURE(run_normally());
        const Deliveries deliveries = read_deliveries();
        const Rows rows = read_rows();
        ASSERT_NO_FATAL_FAILURE(expect_mended(before, rows));
        ASSERT_NO_FATAL_FAILURE(expect_nothing_twice(deliveries));
        ASSERT_NO_FATAL_FAILURE(expect_delivered_has_its_row(deliveries, rows));
        expect_accepted_lies_there(deliveries, rows);
        expect_settled(deliveries, rows);
        expect_one_copy_in_sent();
    }

    // A normal run, then rounds (`kills` unless the environment says another number); stops where a
    // check failed.
    void play_rounds(std::int64_t kills) {
        kills = number_from_environment("PILOTLIGHT_KILLS", kills);
        base::SystemRandom system;
        const std::int64_t seed = number_from_environment(
            "PILOTLIGHT_SEED", static_cast<std::int64_t>(system.below(1'000'000))
        );
        base::SeededRandom random(static_cast<std::uint64_t>(seed));
        SCOPED_TRACE(fmt::format(
            "to repeat its moments: PILOTLIGHT_SEED={} PILOTLIGHT_KILLS={}", seed, kills
        ));
        ASSERT_NO_FATAL_FAILURE(run_normally());
        // A run that ended before its moment is no kill: others are drawn in its place.
        while (tally_.kills < kills && tally_.rounds < 3 * kills && !HasFailure())
            for (const double part : draw_moments(kills - tally_.kills, random)) {
                ASSERT_NO_FATAL_FAILURE(one_round(part));
                if (HasFailure()) break;
            }
        const Rows rows = read_rows();
        expect_in_doubt_is_listed(rows);
        print_summary(read_deliveries(), rows);
        // A loop that hit nothing would prove nothing.
        EXPECT_EQ(tally_.kills, kills) << "most runs ended before their moment";
        if (kills >= 10) EXPECT_GT(tally_.intent_left, 0) << "no kill met an unanswered intent";
    }

    void print_summary(const Deliveries& deliveries, const Rows& rows) {
        const auto in_doubt = std::ranges::count_if(rows, [](const auto& entry) {
            return entry.second.status == "in_doubt";
        });
        fmt::print(
            "kills {}, mails {}, in doubt {}, duplicates {}, lost {} "
            "({} kills left mail prepared, {} left an intent)\n",
            tally_.kills,
            deliveries.size(),
            in_doubt,
            tally_.duplicates,
            tally_.lost,
            tally_.prepared_left,
            tally_.intent_left
        );
    }

    std::optional<World> world_;
    Limit cycle_{};  // how long the last normal run took
    Tally tally_;
};

}  // namespace lab
