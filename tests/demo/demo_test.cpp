#include <sys/wait.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/log.h"
#include "cli/demo_report.h"
#include "cli/demo_world.h"
#include "tests/support/temporary_folder.h"

namespace {

cli::DemoStory story_of(std::uint64_t seed, const std::string& kind, int days) {
    base::log::set_level(base::log::Level::error);
    const auto story = cli::run_demo({days, seed, kind, ""}, [](std::size_t, std::size_t) {});
    EXPECT_TRUE(story.has_value());
    return *story;
}

struct Output {
    int status = -1;
    std::string text;
};

// The program itself, in a folder of its own, with an empty environment.
Output run_program(const std::string& arguments, const std::filesystem::path& folder) {
    const std::string command = "cd '" + folder.string() +
                                "' && env -i PATH=/usr/bin:/bin " PILOTLIGHT_BINARY " " +
                                arguments + " 2>&1";
    Output output;
    std::FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        output.text.append(buffer.data(), got);
    const int status = pclose(pipe);
    output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

}  // namespace

TEST(Demo, TheKindWorldMeetsTheTargetWithEverySeed) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        EXPECT_EQ(story_of(seed, "kind", 7).verdict, warmup::Verdict::met) << "seed " << seed;
}

TEST(Demo, TheHarshWorldMissesTheTargetWithEverySeed) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        EXPECT_EQ(story_of(seed, "harsh", 7).verdict, warmup::Verdict::not_met) << "seed " << seed;
}

TEST(Demo, FewerThanSixDaysDecideNothing) {
    for (int days = 1; days <= 5; ++days)
        EXPECT_EQ(story_of(1, "kind", days).verdict, warmup::Verdict::not_yet_decided)
            << days << " days";
}

TEST(Demo, ItsBooksAgreeWithTheServersBooks) {
    for (const char* kind : {"kind", "harsh"}) {
        const cli::DemoStory story = story_of(3, kind, 7);
        EXPECT_EQ(story.accepted_twice, 0);
        EXPECT_EQ(story.accepted_by_servers, story.recorded_as_accepted);
        EXPECT_TRUE(story.drafts_unchanged);
        EXPECT_TRUE(story.separation.verified());
        EXPECT_EQ(story.separation.campaign_drafts, 40);
        int sent = 0;
        int replies = 0;
        for (const cli::DemoCycle& cycle : story.cycles) {
            sent += cycle.result.sent;
            replies += cycle.result.replies;
        }
        EXPECT_EQ(sent + replies, story.recorded_as_accepted);
        EXPECT_EQ(sent, static_cast<int>(story.mails.size()));
        EXPECT_EQ(sent, 8 * 6 * 7);
    }
}

TEST(Demo, TwoProcessesWithOneSeedPrintTheSameBytesAndSendTheSameBytes) {
    const support::TemporaryFolder folder;
    const Output one = run_program("demo --seed 5", folder.path());
    const Output two = run_program("demo --seed 5", folder.path());
    EXPECT_EQ(one.status, 0);
    EXPECT_EQ(one.text, two.text);
    const Output json = run_program("--json demo --seed 5", folder.path());
    EXPECT_EQ(json.text, run_program("--json demo --seed 5", folder.path()).text);
    const boost::json::value document = boost::json::parse(json.text);
    EXPECT_EQ(document.at("smtp").at("sha256").as_string().size(), 64U);
    EXPECT_EQ(document.at("target").at("verdict").as_string(), "target met");
    const boost::json::value other =
        boost::json::parse(run_program("--json demo --seed 6", folder.path()).text);
    EXPECT_NE(document.at("smtp").at("sha256"), other.at("smtp").at("sha256"));
}

TEST(Demo, LeavesNoFileBehindUnlessAskedTo) {
    const support::TemporaryFolder folder;
    EXPECT_EQ(run_program("demo --days 1", folder.path()).status, 0);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_EQ(run_program("demo --days 1 --keep kept", folder.path()).status, 0);
    EXPECT_TRUE(std::filesystem::exists(folder.file("kept/pilotlight.db")));
    const Output again = run_program("demo --days 1 --keep kept", folder.path());
    EXPECT_EQ(again.status, 2);
    EXPECT_NE(again.text.find("name another folder"), std::string::npos);
}

TEST(Demo, EndsWellWhateverTheVerdictAndDrawsNoBarIntoAPipe) {
    const support::TemporaryFolder folder;
    const Output harsh = run_program("demo --world harsh --seed 2", folder.path());
    EXPECT_EQ(harsh.status, 0);
    EXPECT_NE(harsh.text.find("target not met"), std::string::npos);
    EXPECT_EQ(harsh.text.find('\r'), std::string::npos);
    EXPECT_EQ(harsh.text.find('\033'), std::string::npos);
}
