// Passwords and keys: sealed in the store, and in no output and no other file of ours.
#include "base/text.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using Secrets = Program;

// Every command that touches a mailbox or a key, a refused one included.
const std::vector<std::vector<std::string>> kCommands = {
    {"mailbox", "list"},
    {"mailbox", "check"},
    {"mailbox", "pause", "ann@example.com"},
    {"mailbox", "resume", "ann@example.com"},
    {"why", "ann@example.com"},
    {"warmup", "run", "--wait", "0"},
    {"warmup", "status"},
    {"verify"},
    {"delivery", "in-doubt"},
    {"mailbox",
     "add",
     "ann@example.com",
     "--role",
     "seed",
     "--smtp",
     "smtps://127.0.0.1:1",
     "--imap",
     "imaps://127.0.0.1:1",
     "--password-env",
     "ANN_PASSWORD"},
};

TEST_F(Secrets, StandInNoOutputAndNoFile) {
    environment["GROQ_API_KEY"] = "gsk_not_for_any_eyes";
    set_up();
    edit(
        "pilotlight.toml",
        "# base_url = \"https://api.groq.com/openai/v1\"",
        "base_url = \"http://127.0.0.1:1/v1\""
    );
    for (const std::vector<std::string>& command : kCommands) {
        for (const char* way : {"--verbose", "--json"}) {
            std::vector<std::string> words = {way};
            words.insert(words.end(), command.begin(), command.end());
            EXPECT_GE(run(words).exit_code, 0) << command[0] << " did not end";
        }
    }
    EXPECT_NE(printed().find("ann@example.com"), std::string::npos);
    const std::string key(base::trim(text("pilotlight.key")));
    for (const std::string& secret :
         {std::string(kPassword), std::string(kSeedPassword), environment["GROQ_API_KEY"], key}) {
        for (const std::string& form :
             {secret, base::base64_encode(secret), base::hex_encode(secret)}) {
            EXPECT_EQ(printed().find(form), std::string::npos) << form;
            for (const std::string& file : files())
                if (file != "pilotlight.key")
                    EXPECT_EQ(text(file).find(form), std::string::npos) << form << " in " << file;
        }
    }
}

}  // namespace
}  // namespace e2e
