// Every command explains itself, and nothing that takes --json prints anything but JSON.
#include <boost/json.hpp>

#include "base/text.h"
#include "cli/command.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;

using Help = Program;
using Json = Program;

TEST_F(Help, EveryCommandHasOneWithAnExample) {
    for (const cli::Command& command : cli::commands()) {
        SCOPED_TRACE(command.path);
        std::vector<std::string> words = base::split(command.path, ' ');
        words.emplace_back("--help");
        const Outcome outcome = run(words);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        EXPECT_THAT(outcome.out, HasSubstr("Example"));
        EXPECT_THAT(outcome.out, HasSubstr(command.summary));
        for (const cli::Option& option : command.options)
            EXPECT_THAT(outcome.out, HasSubstr(option.name));
        for (const cli::Positional& positional : command.positionals)
            EXPECT_THAT(outcome.out, HasSubstr(positional.name));
    }
}

TEST_F(Help, NeedsNoConfigurationAndLeavesNothing) {
    EXPECT_EQ(run({"mailbox", "add", "--help"}).exit_code, 0);
    EXPECT_EQ(run({"--version"}).exit_code, 0);
    EXPECT_THAT(files(), ::testing::IsEmpty());
}

TEST_F(Help, OfTheProgramNamesEveryCommand) {
    const Outcome outcome = run({"--help"});
    EXPECT_EQ(outcome.exit_code, 0);
    for (const cli::Command& command : cli::commands())
        EXPECT_THAT(outcome.out, HasSubstr(base::split(command.path, ' ').front()));
    EXPECT_THAT(run({"mailbox", "--help"}).out, HasSubstr("import"));
}

TEST_F(Json, IsOneDocumentForEveryCommand) {
    const std::vector<std::string> on = {
        "--smtp", "smtps://127.0.0.1:1", "--imap", "imaps://127.0.0.1:1"
    };
    environment["PASSWORD"] = kPassword;
    json({"init"});
    json({"mailbox", "list"});
    json({"verify"});
    json({"warmup", "run", "--wait", "0"});
    json(
        {"mailbox",
         "add",
         "ann@example.com",
         "--role",
         "sender",
         "--password-env",
         "PASSWORD",
         on[0],
         on[1],
         on[2],
         on[3]}
    );
    json(
        {"mailbox",
         "add",
         "zoe@gmail.com",
         "--role",
         "seed",
         "--password-env",
         "PASSWORD",
         "--accept-policy"}
    );
    json({"mailbox", "pause", "zoe@gmail.com", "--reason", "later"});
    json({"mailbox", "check", "ann@example.com"}, 1);
    json({"mailbox", "resume", "ann@example.com"});
    json({"mailbox", "list"});
    json({"warmup", "templates", "generate", "--count", "2"});
    json({"warmup", "templates", "list"});
    json({"warmup", "status"});
    json({"delivery", "in-doubt"});
    json({"stop", "--all", "--reason", "a test"});
    json({"warmup", "run", "--wait", "0"});
    json({"resume", "--all"});
    json({"stop"}, 2);
    json({"status"});
    json({"why", "ann@example.com"});
    put("mail.eml", "Subject: Hi\r\n\r\nHello\r\n");
    json({"inspect", "mail.eml"});
    json({"demo", "--days", "1"});
    put("env", "WARMUP_EMAILS=x@gmail.com\n");
    json({"mailbox", "import", "env"});
    json({"init"}, 2);
    json({"mailbox", "list", "--nonsense"}, 2);
}

}  // namespace
}  // namespace e2e
