#include "sandbox/opinion.h"

#include "sandbox/sender_record.h"
#include "sandbox/world_data.h"

namespace sandbox {
namespace {

using namespace std::chrono_literals;

constexpr base::Timestamp kStart{1'780'000'000'000'000};
constexpr base::Duration kDay = 24h;

OpinionParameters kind_gmail() { return read_world_data("kind").at("gmail").opinion; }

SenderHistory trusted() {
    SenderHistory sender;
    sender.account_created = kStart - 400 * kDay;
    sender.first_mail = kStart - 60 * kDay;
    sender.mails_today = 4;
    sender.average_before = 4;
    sender.delivered = 200;
    sender.engaged = 180;
    return sender;
}

TEST(Opinion, DoubtsASenderNobodyKnows) {
    const OpinionParameters parameters = kind_gmail();
    const SenderHistory fresh{.account_created = kStart, .mails_today = 1};
    EXPECT_NEAR(judge(parameters, fresh, {}, kStart).spam, parameters.spam_start, 1e-9);
    EXPECT_NEAR(judge(parameters, trusted(), {}, kStart).spam, parameters.spam_floor, 1e-3);
}

TEST(Opinion, TrustsAnOlderAccountALittleMore) {
    const OpinionParameters parameters = kind_gmail();
    const SenderHistory fresh{.account_created = kStart, .mails_today = 1};
    SenderHistory old = fresh;
    old.account_created = kStart - 365 * kDay;
    EXPECT_LT(judge(parameters, old, {}, kStart).spam, judge(parameters, fresh, {}, kStart).spam);
}

TEST(Opinion, FallsWithAgeAndFasterWithAnswers) {
    const OpinionParameters parameters = kind_gmail();
    double silent_before = 1;
    double answered_before = 1;
    for (int day = 0; day < 20; ++day) {
        SenderHistory sender{.account_created = kStart, .first_mail = kStart};
        sender.mails_today = 4;
        sender.average_before = 4;
        sender.delivered = 4.0 * (day + 1);
        const double silent = judge(parameters, sender, {}, kStart + day * kDay).spam;
        sender.engaged = sender.delivered;
        const double answered = judge(parameters, sender, {}, kStart + day * kDay).spam;
        EXPECT_LE(silent, silent_before);
        EXPECT_LE(answered, answered_before);
        EXPECT_LE(answered, silent);
        if (day == 5) {
            EXPECT_GT(silent, 0.10) << "age alone is not enough within the week";
            EXPECT_LT(answered, 0.03);
        }
        silent_before = silent;
        answered_before = answered;
    }
}

TEST(Opinion, PunishesAJumpInVolumeButNotSmallNumbers) {
    const OpinionParameters parameters = kind_gmail();
    SenderHistory sender = trusted();
    const double usual = judge(parameters, sender, {}, kStart).spam;
    sender.mails_today = 10;
    EXPECT_DOUBLE_EQ(judge(parameters, sender, {}, kStart).spam, usual);
    sender.mails_today = 60;
    const double jump = judge(parameters, sender, {}, kStart).spam;
    EXPECT_GT(jump, usual + 0.2);
    sender.average_before = 50;
    EXPECT_LT(judge(parameters, sender, {}, kStart).spam, jump);
}

TEST(Opinion, PunishesTheSameTextAgainAndAgain) {
    const OpinionParameters parameters = kind_gmail();
    const auto spam = [&](double same) {
        return judge(parameters, trusted(), {.same_text_before = same}, kStart).spam;
    };
    EXPECT_DOUBLE_EQ(spam(0), spam(parameters.repeat_free));
    EXPECT_GT(spam(20), spam(10));
    EXPECT_NEAR(spam(1000), spam(0) + parameters.repeat_penalty_max, 1e-9);
}

TEST(Opinion, WelcomesAnAnswerToTheReceiversOwnMail) {
    const OpinionParameters parameters = kind_gmail();
    const SenderHistory fresh{.account_created = kStart, .mails_today = 1};
    EXPECT_LT(judge(parameters, fresh, {.answers_receiver = true}, kStart).spam, 0.02);
}

TEST(Opinion, DoubtsWhatIsNotAuthenticated) {
    const OpinionParameters parameters = kind_gmail();
    EXPECT_GT(judge(parameters, trusted(), {.authenticated = false}, kStart).spam, 0.25);
}

TEST(Opinion, StaysAChanceForAnyInput) {
    base::SeededRandom random(5);
    for (const std::string& kind : {std::string("kind"), std::string("harsh")}) {
        for (const auto& [name, data] : read_world_data(kind)) {
            for (int i = 0; i < 2000; ++i) {
                SenderHistory sender{.account_created = kStart - random.between(0s, 9000h)};
                if (random.chance(0.9)) sender.first_mail = kStart - random.between(0s, 9000h);
                sender.mails_today = static_cast<double>(random.below(5000));
                sender.average_before = static_cast<double>(random.below(500));
                sender.delivered = static_cast<double>(random.below(5000));
                sender.engaged = static_cast<double>(random.below(6000));
                const MessageFeatures message{
                    static_cast<double>(random.below(100)), random.chance(0.5), random.chance(0.5)
                };
                const Opinion opinion = judge(data.opinion, sender, message, kStart);
                for (const double chance : {opinion.spam, opinion.promotions}) {
                    EXPECT_GE(chance, 0.0) << kind << " " << name;
                    EXPECT_LE(chance, 1.0) << kind << " " << name;
                }
                EXPECT_LT(opinion.elsewhere + opinion.vanish, 0.03) << "very rare";
            }
        }
    }
}

TEST(Opinion, DrawsInTheProportionsItStates) {
    base::SeededRandom random(11);
    const Opinion opinion{.spam = 0.3, .elsewhere = 0.05, .vanish = 0.02, .promotions = 0.25};
    std::map<Filing, double> count;
    constexpr int kDraws = 100'000;
    for (int i = 0; i < kDraws; ++i) count[draw(opinion, random)] += 1.0 / kDraws;
    EXPECT_NEAR(count[Filing::vanished], 0.02, 0.004);
    EXPECT_NEAR(count[Filing::elsewhere], 0.05, 0.004);
    EXPECT_NEAR(count[Filing::spam], 0.93 * 0.3, 0.006);
    EXPECT_NEAR(count[Filing::promotions], 0.93 * 0.7 * 0.25, 0.006);
    EXPECT_NEAR(count[Filing::inbox], 0.93 * 0.7 * 0.75, 0.006);
}

TEST(SenderRecord, AveragesTheDaysBeforeTheLastOne) {
    SenderRecord record(kStart);
    EXPECT_EQ(record.history(kStart).mails_today, 1);
    EXPECT_FALSE(record.history(kStart).first_mail);
    for (int day = 0; day < 3; ++day)
        for (int mail = 0; mail < 6; ++mail) record.note_mail("a", kStart + day * kDay + mail * 4h);
    const SenderHistory history = record.history(kStart + 3 * kDay - 1s);
    EXPECT_EQ(history.mails_today, 7);      // six in the last 24 hours and the one that comes
    EXPECT_EQ(history.average_before, 12);  // one whole day is known for sure
    EXPECT_EQ(record.history(kStart + 3 * kDay).average_before, 6.5);
    EXPECT_EQ(history.delivered, 18);
    EXPECT_EQ(record.same_text_before("a", kStart + 3 * kDay), 18);
    EXPECT_EQ(record.same_text_before("b", kStart + 3 * kDay), 0);
    EXPECT_EQ(record.same_text_before("a", kStart + 30 * kDay), 0);
}

// ---- The pattern of a week: 8 senders, 6 openings a day each, 5 seeds, every found mail answered.

struct Day {
    double spam = 0, inbox = 0, missing = 0, sent = 0;
    double rate() const { return spam / (spam + inbox); }
};

class Week {
  public:
    Week(const std::string& kind, std::uint64_t seed, base::Duration account_age)
        : data_(read_world_data(kind)), random_(seed), account_age_(account_age) {}

    std::array<Day, 7> run() {
        std::array<Day, 7> days;
        for (int cycle = 0; cycle < 42; ++cycle)
            for (int sender = 0; sender < 8; ++sender)
                send(sender, cycle, days[static_cast<std::size_t>(cycle / 6)]);
        return days;
    }

  private:
    void send(int sender, int cycle, Day& day) {
        const base::Timestamp now = kStart + cycle * 4h + random_.between(0s, 300s);
        const std::string provider = random_.below(5) < 3 ? "gmail" : "outlook";
        const std::string text = std::to_string(cycle / 6) + "/" + std::to_string(random_.below(5));
        const auto key = std::pair(sender, provider);
        SenderRecord& record = records_.try_emplace(key, kStart - account_age_).first->second;
        const MessageFeatures message{.same_text_before = record.same_text_before(text, now)};
        const OpinionParameters& parameters = data_.at(provider).opinion;
        const Filing filing = draw(judge(parameters, record.history(now), message, now), random_);
        record.note_mail(text, now);
        day.sent += 1;
        if (filing == Filing::vanished) {
            day.missing += 1;
            return;
        }
        record.note_engagement();
        if (filing == Filing::spam) day.spam += 1;
        if (filing == Filing::inbox || filing == Filing::promotions) day.inbox += 1;
    }

    std::map<std::string, ProviderData> data_;
    base::SeededRandom random_;
    base::Duration account_age_;
    std::map<std::pair<int, std::string>, SenderRecord> records_;
};

struct Fleet {
    double first_day = 0, last_days = 0;       // averages over the seeds
    double lowest_last = 1, highest_last = 0;  // the seeds at both ends
    double highest_missing = 0;
};

Fleet run_weeks(const std::string& kind, base::Duration account_age) {
    constexpr int kSeeds = 200;
    Fleet fleet;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const std::array<Day, 7> days = Week(kind, seed, account_age).run();
        Day last;
        last.spam = days[5].spam + days[6].spam;
        last.inbox = days[5].inbox + days[6].inbox;
        const double sent = days[5].sent + days[6].sent;
        fleet.first_day += days[0].rate() / kSeeds;
        fleet.last_days += last.rate() / kSeeds;
        fleet.lowest_last = std::min(fleet.lowest_last, last.rate());
        fleet.highest_last = std::max(fleet.highest_last, last.rate());
        const double missing = (days[5].missing + days[6].missing) / sent;
        fleet.highest_missing = std::max(fleet.highest_missing, missing);
    }
    return fleet;
}

TEST(OpinionWeek, KindWorldMeetsTheTargetWithEverySeed) {
    for (const base::Duration age : {0 * kDay, 30 * kDay, 400 * kDay}) {
        const Fleet fleet = run_weeks("kind", age);
        EXPECT_GT(fleet.first_day, 0.25) << age / kDay;
        EXPECT_LT(fleet.first_day, 0.40) << age / kDay;
        EXPECT_GT(fleet.last_days, 0.010) << age / kDay;
        EXPECT_LT(fleet.last_days, 0.040) << age / kDay;
        EXPECT_LT(fleet.highest_last, 0.09) << age / kDay;
        EXPECT_LT(fleet.highest_missing, 0.04) << age / kDay;
    }
}

TEST(OpinionWeek, HarshWorldMissesTheTargetWithEverySeed) {
    for (const base::Duration age : {0 * kDay, 30 * kDay, 400 * kDay}) {
        const Fleet fleet = run_weeks("harsh", age);
        EXPECT_GT(fleet.first_day, 0.30) << age / kDay;
        EXPECT_GT(fleet.last_days, 0.25) << age / kDay;
        EXPECT_LT(fleet.last_days, 0.35) << age / kDay;
        EXPECT_GT(fleet.lowest_last, 0.13) << age / kDay;
    }
}

}  // namespace
}  // namespace sandbox
