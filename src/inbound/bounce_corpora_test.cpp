// Measures reading of delivery reports against mail of other projects, outside of this repository:
// $PILOTLIGHT_CORPORA/{bounces,human}.
//
// Beside the plain score stands what is left for a server family that was never seen: its files
// read without the rules that carry its name, and, stricter, without every rule that no file of
// another family speaks for. Rules that fit exactly one file are counted: many of them would mean
// that the corpus was learned by heart.
#include <chrono>
#include <cstdlib>

#include "base/text.h"
#include "inbound/classify.h"
#include "inbound/text_fold.h"
#include "tests/support/corpora.h"

namespace inbound {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using support::read_file;
using support::read_labels;
using support::Share;

// The promises; what is reached stands above them.
constexpr double kKindFloor = 0.99;
constexpr double kHardFloor = 0.97;
constexpr double kReasonFloor = 0.96;
constexpr double kAddressFloor = 0.90;
constexpr double kUnseenKindFloor = 0.98;
constexpr double kUnseenHardFloor = 0.95;
constexpr double kUnseenReasonFloor = 0.85;
// 200 ms is the promise; five times that leaves room for slow machines and debug builds.
constexpr std::chrono::milliseconds kTimeMax{1000};

// Which rules' families are those of a file's server.
const std::map<std::string, std::vector<std::string>>& rule_families() {
    static const std::map<std::string, std::vector<std::string>> families = {
        {"gmail", {"google"}},
        {"googlegroups", {"google"}},
        {"googleworkspace", {"google"}},
        {"google", {"google"}},
        {"gsuite", {"google"}},
        {"office365", {"microsoft", "exchange"}},
        {"outlook", {"microsoft"}},
        {"microsoft", {"microsoft", "exchange"}},
        {"exchange2003", {"microsoft", "exchange"}},
        {"exchange2007", {"microsoft", "exchange"}},
        {"yahooinc", {"yahoo"}},
        {"aol", {"yahoo"}},
        {"x2", {"yahoo"}},
        {"ezweb", {"kddi"}},
        {"franceptt", {"orange"}},
        {"einsundeins", {"orange"}},
        {"receivingses", {"amazonses"}},
        {"amazonworkmail", {"amazonses"}},
    };
    return families;
}

void print(const char* name, const Share& share) {
    std::printf("  %-28s %zu of %zu, %.1f %%\n", name, share.right, share.all, 100 * share.value());
}

struct Event {
    std::string reason;
    bool hard = false;
};

struct Labelled {
    std::string file;
    std::string family;  // "exim"
    std::string kind;
    std::vector<Event> events;
    mime::Message message;
};

struct Score {
    Share kind;
    Share reason;
    Share hard_or_soft;    // each event
    Share hard_precision;  // of what is called hard
    void operator+=(const Score& other) {
        kind += other.kind;
        reason += other.reason;
        hard_or_soft += other.hard_or_soft;
        hard_precision += other.hard_precision;
    }
};

void print(const char* title, const Score& score) {
    std::printf("%s\n", title);
    print("kind", score.kind);
    print("reason", score.reason);
    print("hard or soft", score.hard_or_soft);
    print("hard, of those called hard", score.hard_precision);
}

// How many of `got` stand in `wanted`, each at most as often as there.
template <class Value>
std::size_t common(std::vector<Value> got, std::vector<Value> wanted) {
    std::ranges::sort(got);
    std::ranges::sort(wanted);
    std::vector<Value> both;
    std::ranges::set_intersection(got, wanted, std::back_inserter(both));
    return both.size();
}

Score score_of(const Labelled& mail, const BounceRules& rules) {
    const Classified read = classify(mail.message, {}, rules);
    Score score;
    score.kind.count(to_string(read.kind) == mail.kind);
    if (mail.kind != "bounce") return score;
    std::vector<std::string> reasons;
    std::vector<std::string> wanted_reasons;
    std::vector<int> hards;
    std::vector<int> wanted_hards;
    for (const Bounce& bounce : read.bounces) {
        reasons.push_back(bounce.reason);
        hards.push_back(bounce.hard ? 1 : 0);
    }
    for (const Event& event : mail.events) {
        wanted_reasons.push_back(event.reason);
        wanted_hards.push_back(event.hard ? 1 : 0);
    }
    score.reason = {common(reasons, wanted_reasons), mail.events.size()};
    score.hard_or_soft = {common(hards, wanted_hards), mail.events.size()};
    const auto hard = static_cast<std::size_t>(std::ranges::count(hards, 1));
    const auto wanted = static_cast<std::size_t>(std::ranges::count(wanted_hards, 1));
    score.hard_precision = {std::min(hard, wanted), hard};
    return score;
}

class BounceCorpora : public support::CorporaTest {
  protected:
    BounceCorpora() : CorporaTest("bounces/sisimai/labels.jsonl") {}

    std::vector<Labelled> labelled_bounces() const {
        std::vector<Labelled> mails;
        for (const json::object& label : read_labels(root_ / "bounces/sisimai/labels.jsonl")) {
            const json::value* events = label.if_contains("events");
            if (events == nullptr || events->as_array().empty()) continue;
            Labelled mail;
            mail.file = std::string(label.at("file").as_string());
            mail.family = family_of(mail.file);
            for (const json::value& event : events->as_array()) {
                mail.kind = std::string(event.at("cls").as_string());
                mail.events.push_back(
                    {std::string(event.at("reason").as_string()), event.at("hard_bounce").as_bool()}
                );
            }
            if (mail.kind == "delivered_dsn") mail.kind = "other";
            mail.message = mime::read_message(read_file(root_ / "bounces/sisimai" / mail.file));
            mails.push_back(std::move(mail));
        }
        return mails;
    }

    // "maildir/bsd/lhost-exim-01.eml" → "exim"
    static std::string family_of(const std::string& file) {
        std::string name = fs::path(file).stem().string();
        name.resize(name.rfind('-'));
        for (const char* prefix : {"lhost-", "rhost-"})
            if (name.starts_with(prefix)) name.erase(0, 6);
        return name;
    }
};

TEST_F(BounceCorpora, SayWhatAndWhy) {
    Score score;
    for (const Labelled& mail : labelled_bounces()) {
        const Score one = score_of(mail, BounceRules::standard());
        if (one.kind.right < one.kind.all || one.reason.right < one.reason.all)
            std::printf("  other than labelled: %s\n", mail.file.c_str());
        score += one;
    }
    print("delivery reports", score);
    EXPECT_GT(score.kind.all, 400U);
    EXPECT_GE(score.kind.value(), kKindFloor);
    EXPECT_GE(score.reason.value(), kReasonFloor);
    EXPECT_GE(score.hard_or_soft.value(), kHardFloor);
    EXPECT_GE(score.hard_precision.value(), kHardFloor);
}

// The rules of a kind that give reasons, and the mails that each fits.
using FittingMails = std::map<std::size_t, std::set<std::string>>;

FittingMails fitting_mails(const std::vector<Labelled>& mails, const BounceRules& rules) {
    FittingMails fitting;
    const auto note = [&](std::string_view text, const std::string& file) {
        for (const RuleMatch& match : rules.scan(fold_text(text).lower))
            if (match.rule->kind == RuleKind::reason || match.rule->kind == RuleKind::last)
                fitting[match.order].insert(file);
    };
    for (const Labelled& mail : mails) {
        note(fold_notice(mail.message.text).text.kept, mail.file);
        for (const mime::ReportPart& part : mail.message.report_parts)
            if (part.type.find("rfc822") == std::string::npos) note(part.text, mail.file);
    }
    return fitting;
}

bool is_named_for(const BounceRule& rule, const std::string& family) {
    std::vector<std::string> names = {family};
    if (const auto more = rule_families().find(family); more != rule_families().end())
        names.insert(names.end(), more->second.begin(), more->second.end());
    return std::ranges::any_of(names, [&](const std::string& name) {
        return rule.family == name || std::ranges::find(rule.origins, name) != rule.origins.end();
    });
}

TEST_F(BounceCorpora, ReadServersNeverSeen) {
    const std::vector<Labelled> mails = labelled_bounces();
    const BounceRules& standard = BounceRules::standard();
    const FittingMails fitting = fitting_mails(mails, standard);
    std::set<std::string> families;
    for (const Labelled& mail : mails) families.insert(mail.family);
    Score without_named;
    Score without_own;
    for (const std::string& family : families) {
        std::map<std::string, std::string> family_of_file;
        for (const Labelled& mail : mails) family_of_file[mail.file] = mail.family;
        const auto is_own = [&](std::size_t rule) {
            const auto fits = fitting.find(rule);
            return fits != fitting.end() &&
                   std::ranges::all_of(fits->second, [&](const std::string& file) {
                       return family_of_file[file] == family;
                   });
        };
        std::vector<BounceRule> unnamed;
        std::vector<BounceRule> foreign;
        for (std::size_t i = 0; i < standard.rules().size(); ++i) {
            if (is_named_for(standard.rules()[i], family)) continue;
            unnamed.push_back(standard.rules()[i]);
            if (!is_own(i)) foreign.push_back(standard.rules()[i]);
        }
        const BounceRules first(std::move(unnamed));
        const BounceRules second(std::move(foreign));
        for (const Labelled& mail : mails) {
            if (mail.family != family) continue;
            without_named += score_of(mail, first);
            without_own += score_of(mail, second);
        }
    }
    print("each family without the rules named for it", without_named);
    print("each family without the rules that it alone speaks for", without_own);
    std::size_t single = 0;
    for (const auto& [rule, files] : fitting) single += files.size() == 1 ? 1 : 0;
    std::printf(
        "rules: %zu in all; %zu give reasons and fit a file here, %zu of them exactly one\n",
        standard.rules().size(),
        fitting.size(),
        single
    );
    EXPECT_GE(without_named.kind.value(), kUnseenKindFloor);
    EXPECT_GE(without_named.reason.value(), kUnseenReasonFloor);
    EXPECT_GE(without_named.hard_or_soft.value(), kUnseenHardFloor);
}

TEST_F(BounceCorpora, NameTheFailingAddress) {
    std::map<std::string, std::set<std::string>> wanted;
    for (const json::object& label : read_labels(root_ / "bounces/flufl/labels.jsonl")) {
        const json::value& addresses = label.at("addresses");
        if (!addresses.is_array()) continue;
        auto& set = wanted[std::string(label.at("file").as_string())];
        for (const json::value& address : addresses.as_array())
            set.insert(base::to_lower(std::string_view(address.as_string())));
    }
    Share kinds;
    Share addresses;
    for (const auto& [file, set] : wanted) {
        if (set.empty()) continue;  // mail that those detectors must not name an address of
        const Classified read =
            classify(mime::read_message(read_file(root_ / "bounces/flufl" / file)));
        std::set<std::string> got;
        for (const Bounce& bounce : read.bounces)
            if (!bounce.address.empty()) got.insert(base::to_lower(bounce.address));
        kinds.count(read.kind == Kind::bounce);
        addresses.count(got == set);
        if (got != set) std::printf("  other addresses: %s\n", file.c_str());
    }
    std::printf("failing addresses\n");
    print("kind", kinds);
    print("address", addresses);
    EXPECT_GE(kinds.value(), kKindFloor);
    EXPECT_GE(addresses.value(), kAddressFloor);
}

TEST_F(BounceCorpora, CallNoHumanMailABounce) {
    std::size_t count = 0;
    std::size_t wrong = 0;
    for (const json::object& label : read_labels(root_ / "human/labels.jsonl")) {
        const std::string file(label.at("file").as_string());
        const Classified read = classify(mime::read_message(read_file(root_ / "human" / file)));
        const bool may_be_automatic = !label.at("not_auto_reply").is_bool();
        const bool is_wrong = read.kind == Kind::bounce || read.kind == Kind::complaint ||
                              (read.kind == Kind::auto_reply && !may_be_automatic);
        if (is_wrong) std::printf("  called %s: %s\n", to_string(read.kind).data(), file.c_str());
        wrong += is_wrong ? 1 : 0;
        ++count;
    }
    std::printf("human mail: %zu of %zu called bounce or automatic reply\n", wrong, count);
    EXPECT_GT(count, 200U);
    EXPECT_EQ(wrong, 0U);
}

TEST_F(BounceCorpora, EveryMailIsClassifiedInTime) {
    std::size_t count = 0;
    std::chrono::nanoseconds worst{0};
    for (const char* folder : {"mime/mails", "bounces", "human", "replies"}) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root_ / folder)) {
            if (!entry.is_regular_file() || entry.file_size() > 64U << 20) continue;
            const std::string bytes = read_file(entry.path());
            const auto start = std::chrono::steady_clock::now();
            classify(mime::read_message(bytes));
            const auto spent = std::chrono::steady_clock::now() - start;
            worst = std::max<std::chrono::nanoseconds>(worst, spent);
            EXPECT_LT(spent, kTimeMax) << entry.path();
            ++count;
        }
    }
    std::printf(
        "%zu mails classified, the slowest took %.1f ms\n",
        count,
        static_cast<double>(worst.count()) / 1e6
    );
    EXPECT_GT(count, 1000U);
}

}  // namespace
}  // namespace inbound
