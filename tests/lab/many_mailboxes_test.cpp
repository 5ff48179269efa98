// 500 seed mailboxes watched at once, each within its provider's sessions.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "base/text.h"
#include "tests/lab/lab_test.h"
#include "tests/lab/world.h"

namespace lab {
namespace {

constexpr std::size_t kSeeds = 500;
// What the rig's Zoho allows an account (lab/dovecot/zoho.conf); one more is refused.
constexpr int kSessionsMax = 3;

Cast many_seeds() {
    Cast cast;
    cast.senders = {{.email = "anna@alpha.test", .password = "anna-word", .provider = "zoho"}};
    for (std::size_t i = 0; i < kSeeds; ++i)
        cast.seeds.push_back(
            {.email = "seed" + std::to_string(i) + "@mail.test",
             .password = "word-" + std::to_string(i),
             .provider = "zoho"}
        );
    return cast;
}

class ManyMailboxesTest : public LabTest {
  protected:
    void SetUp() override {
        LabTest::SetUp();
        if (IsSkipped()) return;
        world_.emplace(Stage{.cast = many_seeds()});
        world_->set_up({});
    }

    void TearDown() override {
        if (!HasFailure() || !world_) return;
        std::puts(world_->last_output().c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    // What Dovecot's log tells of IMAP sessions.
    struct Sessions {
        std::set<std::string> accounts;
        int most_of_one = 0;
        int most_together = 0;
    };
    Sessions sessions() {
        const std::string log = read_file(world_->servers().folder() + "/logs/dovecot-zoho.log");
        Sessions out;
        std::map<std::string, int> open;
        int all = 0;
        for (const std::string& line : base::split(log, '\n')) {
            const std::string begun = between(line, "imap-login: Info: Login: user=<", ">");
            const std::string ended = between(line, " imap(", ")<");
            if (!begun.empty()) {
                out.accounts.insert(begun);
                out.most_of_one = std::max(out.most_of_one, ++open[begun]);
                out.most_together = std::max(out.most_together, ++all);
            } else if (!ended.empty() && line.contains(": Info: Disconnected")) {
                --open[ended];
                --all;
            }
        }
        return out;
    }
    static std::string between(
        const std::string& line, const std::string& before, const std::string& after
    ) {
        const std::size_t begin = line.find(before);
        if (begin == std::string::npos) return {};
        const std::size_t end = line.find(after, begin + before.size());
        return line.substr(begin + before.size(), end - begin - before.size());
    }

    std::optional<World> world_;
};

TEST_F(ManyMailboxesTest, AreWatchedTogetherWithinTheSessionLimits) {
    const Outcome outcome = world_->run({"--json", "warmup", "run", "--wait", "1"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const boost::json::value report = boost::json::parse(outcome.out);
    EXPECT_EQ(report.at("mailboxes").as_int64(), static_cast<std::int64_t>(kSeeds + 1));
    EXPECT_EQ(report.at("mailboxes_failed").as_int64(), 0) << outcome.out;
    const Sessions seen = sessions();
    EXPECT_EQ(seen.accounts.size(), kSeeds + 1)
        << "each seed mailbox and the sender was looked into";
    EXPECT_LE(seen.most_of_one, kSessionsMax);
    fmt::print("at most {} sessions at once\n", seen.most_together);
    const std::string log = read_file(world_->servers().folder() + "/logs/dovecot-zoho.log");
    EXPECT_FALSE(log.contains("Maximum number of connections")) << "a session too many was tried";
}

}  // namespace
}  // namespace lab
