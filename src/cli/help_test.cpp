// The table of commands itself: every one teaches by an example that its own parser would take.
#include "base/text.h"
#include "cli/command.h"

namespace cli {
namespace {

TEST(Commands, TeachByAnExampleOfTheirOwn) {
    for (const Command& command : commands()) {
        SCOPED_TRACE(command.path);
        EXPECT_FALSE(command.summary.empty());
        EXPECT_NE(command.help.find("Example"), std::string::npos);
        const bool shown =
            command.help.find("pilotlight " + command.path) != std::string::npos ||
            command.help.find("pilotlight --json " + command.path) != std::string::npos;
        EXPECT_TRUE(shown);
        EXPECT_NE(command.run, nullptr);
    }
}

TEST(Commands, AUsageErrorPointsAtTheHelpOfItsOwnCommand) {
    const std::vector<std::pair<std::vector<const char*>, std::string>> cases = {
        {{"pilotlight"}, "`pilotlight --help`"},
        {{"pilotlight", "nosuch"}, "`pilotlight --help`"},
        {{"pilotlight", "mailbox"}, "`pilotlight mailbox --help`"},
        {{"pilotlight", "mailbox", "nosuch"}, "`pilotlight mailbox --help`"},
        {{"pilotlight", "mailbox", "add"}, "`pilotlight mailbox add --help`"},
        {{"pilotlight", "demo", "--world", "soft"}, "`pilotlight demo --help`"},
    };
    for (const auto& [words, help] : cases) {
        testing::internal::CaptureStderr();
        const int status = run_command_line(static_cast<int>(words.size()), words.data(), {});
        const std::string said = testing::internal::GetCapturedStderr();
        EXPECT_EQ(status, 2);
        EXPECT_NE(said.find("see " + help), std::string::npos) << said;
    }
}

TEST(Commands, HaveOneNameEach) {
    std::set<std::string> names;
    for (const Command& command : commands())
        EXPECT_TRUE(names.insert(command.path).second) << command.path;
    for (const char* promised :
         {"demo",
          "init",
          "mailbox add",
          "mailbox authorize",
          "mailbox list",
          "mailbox check",
          "mailbox import",
          "mailbox pause",
          "mailbox resume",
          "mailbox rescue",
          "mailbox accept",
          "mailbox mode",
          "mailbox password",
          "mailbox remove",
          "warmup run",
          "warmup status",
          "warmup templates list",
          "warmup templates generate",
          "inspect",
          "verify",
          "why",
          "delivery in-doubt"})
        EXPECT_TRUE(names.contains(promised)) << promised;
}

TEST(Commands, FitATerminal) {
    for (const Command& command : commands())
        for (const std::string& line : base::split(command.help, '\n'))
            if (line.find("read 20") == std::string::npos)  // policy lines carry their source
                EXPECT_LE(line.size(), 100u) << command.path << ": " << line;
}

TEST(Commands, DescribeEveryOptionAndPositional) {
    for (const Command& command : commands()) {
        for (const Option& option : command.options) {
            EXPECT_TRUE(option.name.starts_with("--")) << command.path;
            EXPECT_FALSE(option.help.empty()) << command.path << " " << option.name;
        }
        for (const Positional& positional : command.positionals)
            EXPECT_FALSE(positional.help.empty()) << command.path << " " << positional.name;
    }
}

TEST(ExitStatus, IsTwoForWhatTheOwnerWrote) {
    const auto status = [](base::ErrorCode code, std::string stage) {
        return exit_status({code, std::move(stage), "words", {}, 0, {}});
    };
    EXPECT_EQ(status(base::ErrorCode::invalid_input, "usage"), 2);
    EXPECT_EQ(status(base::ErrorCode::not_found, "config"), 2);
    EXPECT_EQ(status(base::ErrorCode::storage, "store"), 2);
    EXPECT_EQ(status(base::ErrorCode::network, "smtp.connect"), 1);
    EXPECT_EQ(status(base::ErrorCode::unauthenticated, "imap.login"), 1);
}

}  // namespace
}  // namespace cli
