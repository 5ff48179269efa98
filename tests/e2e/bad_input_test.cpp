// What a wrong value gets: one clear line with the value and the mend, exit 2, and nothing lost.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BadInput : public Program {
  protected:
    void SetUp() override { set_up(); }

    // `words` must all stand in the one line.
    void expect_refused(
        const std::vector<std::string>& arguments, const std::vector<std::string>& words
    ) {
        const std::string before = everything();
        const Outcome outcome = run(arguments);
        SCOPED_TRACE(outcome.out + outcome.err);
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_EQ(outcome.out, "");
        ASSERT_FALSE(outcome.err.empty());
        EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << "more than one line";
        EXPECT_TRUE(outcome.err.starts_with("pilotlight: "));
        for (const std::string& word : words) EXPECT_THAT(outcome.err, HasSubstr(word));
        EXPECT_EQ(everything(), before) << "something was changed or lost";
    }
    std::vector<std::string> adding(const std::vector<std::string>& more) {
        std::vector<std::string> words = {"mailbox", "add"};
        words.insert(words.end(), more.begin(), more.end());
        words.insert(words.end(), {"--password-env", "ANN_PASSWORD"});
        return words;
    }
};

TEST_F(BadInput, UnknownConfigurationKey) {
    edit("pilotlight.toml", "[warmup]\n", "[warmup]\nreply_rat = 0.5\n");
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"mailbox", "list"}, {"warmup", "run"}, {"verify"}, {"delivery", "in-doubt"}
         })
        expect_refused(
            command, {"pilotlight.toml:", "warmup.reply_rat", "did you mean warmup.reply_rate?"}
        );
}

TEST_F(BadInput, WrongType) {
    edit("pilotlight.toml", "reply_rate = 0.4", "reply_rate = \"often\"");
    expect_refused(
        {"mailbox", "list"}, {"pilotlight.toml:", "warmup.reply_rate", "often", "0 to 1"}
    );
}

TEST_F(BadInput, WrongValueInTheEnvironment) {
    environment["SENDING_START_HOUR"] = "nine";
    expect_refused(
        {"warmup", "status"}, {"SENDING_START_HOUR", "nine", "whole number from 0 to 23"}
    );
}

TEST_F(BadInput, BrokenToml) {
    edit("pilotlight.toml", "[warmup]\n", "[warmup\n");
    expect_refused({"mailbox", "list"}, {"pilotlight.toml:"});
}

TEST_F(BadInput, BadAddress) {
    expect_refused(adding({"not an address", "--role", "sender"}), {"not an address"});
    expect_refused({"mailbox", "pause", "ann@"}, {"ann@"});
    expect_refused(
        {"mailbox", "check", "nobody@example.net"}, {"nobody@example.net", "mailbox list"}
    );
    expect_refused({"why", "no such thing"}, {"no such thing", "Message-ID"});
    expect_refused({"why", "nobody@example.net"}, {"nobody@example.net"});
}

TEST_F(BadInput, DuplicateMailbox) {
    expect_refused(
        adding(
            {"Ann@Example.com",
             "--role",
             "seed",
             "--smtp",
             "smtps://127.0.0.1:1",
             "--imap",
             "imaps://127.0.0.1:1"}
        ),
        {"Ann@example.com", "is there already", "mailbox list"}
    );
}

TEST_F(BadInput, WhatMailboxAddCantPlace) {
    const std::vector<std::string> role = {"--role", "sender"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"eve@example.net", "--role", "sender"});
        return adding(more);
    };
    expect_refused(with({}), {"eve@example.net", "--provider NAME", "--smtp"});
    expect_refused(with({"--provider", "nosuch"}), {"nosuch", "zoho, gmail, workspace"});
    expect_refused(with({"--smtp", "smtps://h.test"}), {"both --smtp URL and --imap URL"});
    expect_refused(
        with({"--smtp", "smtp://h.test", "--imap", "imaps://h.test"}),
        {"smtp://h.test", "smtps://host:465"}
    );
    expect_refused(
        with({"--smtp", "smtps://h.test:99999", "--imap", "imaps://h.test"}), {"99999", "port"}
    );
    expect_refused(
        with({"--zone", "Mars/Olympus", "--smtp", "smtps://h.test", "--imap", "imaps://h.test"}),
        {"Mars/Olympus"}
    );
    expect_refused(adding({"eve@example.net", "--role", "boss"}), {"--role", "boss"});
    expect_refused(adding({"eve@example.net"}), {"--role", "required"});
}

TEST_F(BadInput, PolicyIsShownAndWantsAcceptance) {
    const std::string before = everything();
    const Outcome outcome = run(adding({"eve@gmail.com", "--role", "seed"}));
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("--accept-policy"));
    EXPECT_THAT(outcome.err, HasSubstr("developers.google.com/gmail/api/policy"));
    EXPECT_EQ(everything(), before);
}

TEST_F(BadInput, MissingEnvironmentVariable) {
    environment.erase("ANN_PASSWORD");
    const std::vector<std::string> add = adding(
        {"eve@example.net", "--role", "seed", "--smtp", "smtps://h.test", "--imap", "imaps://h.test"
        }
    );
    expect_refused(add, {"ANN_PASSWORD", "is not set", "export ANN_PASSWORD"});
    environment["ANN_PASSWORD"] = "";
    expect_refused(add, {"ANN_PASSWORD", "is not set"});
}

TEST_F(BadInput, APasswordInPlaceOfItsVariableIsNotRepeated) {
    const Outcome outcome = run(
        {"mailbox",
         "add",
         "eve@example.net",
         "--role",
         "seed",
         "--smtp",
         "smtps://h.test",
         "--imap",
         "imaps://h.test",
         "--password-env",
         "pa$$ word!"}
    );
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("NAME of an environment variable"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("pa$$ word!")));
}

TEST_F(BadInput, KeyThatOthersMayRead) {
    ::chmod(path("pilotlight.key").c_str(), 0644);
    expect_refused({"mailbox", "list"}, {path("pilotlight.key"), "chmod 600"});
}

TEST_F(BadInput, KeyThatIsNoKey) {
    put("pilotlight.key", "hello\n");
    expect_refused({"mailbox", "list"}, {path("pilotlight.key"), "restore"});
}

TEST_F(BadInput, KeyThatIsGone) {
    std::filesystem::rename(path("pilotlight.key"), path("elsewhere.key"));
    expect_refused({"mailbox", "list"}, {path("pilotlight.key"), "restore it from your backup"});
    // init makes no new key over a store that another one sealed.
    expect_refused({"init"}, {path("pilotlight.key"), path("pilotlight.db"), "restore the key"});
    EXPECT_FALSE(std::filesystem::exists(path("pilotlight.key")));
}

TEST_F(BadInput, KeyOfAnotherStore) {
    environment["PILOTLIGHT_KEY"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const Outcome outcome = run({"mailbox", "list"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.err, HasSubstr("sealed with another key"));
    EXPECT_THAT(outcome.out, HasSubstr("not known"));
}

TEST_F(BadInput, StoreFromANewerVersion) {
    edit_store("UPDATE store_meta SET value = '999' WHERE name = 'schema_version'");
    for (const auto& command :
         std::vector<std::vector<std::string>>{{"mailbox", "list"}, {"warmup", "run"}, {"verify"}})
        expect_refused(
            command, {path("pilotlight.db"), "999", "versions up to", "restore a backup"}
        );
}

TEST_F(BadInput, StoreThatIsGone) {
    std::filesystem::rename(path("pilotlight.db"), path("elsewhere.db"));
    expect_refused({"mailbox", "list"}, {path("pilotlight.db"), "run pilotlight init"});
    EXPECT_FALSE(std::filesystem::exists(path("pilotlight.db")));
}

TEST_F(BadInput, StoreThatIsSomethingElse) {
    const std::string before = text("pilotlight.db");
    put("pilotlight.db", "this is my diary, not a database; it is long enough to be looked at");
    const Outcome outcome = run({"mailbox", "list"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(path("pilotlight.db")));
    EXPECT_THAT(text("pilotlight.db"), HasSubstr("my diary"));
}

TEST_F(BadInput, ReadOnlyFolder) {
    // Below a file nothing can be made, whoever asks (root may write anywhere else).
    expect_refused({"init", "pilotlight.toml/below"}, {path("pilotlight.toml/below"), "may write"});
    if (::geteuid() == 0) return;
    std::filesystem::create_directory(path("shut"));
    ::chmod(path("shut").c_str(), 0500);
    expect_refused({"init", "shut"}, {path("shut"), "writable"});
    ::chmod(path("shut").c_str(), 0700);
}

TEST_F(BadInput, NoConfiguration) {
    std::filesystem::rename(path("pilotlight.toml"), path("elsewhere.toml"));
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"mailbox", "list"},
             {"mailbox", "check"},
             {"warmup", "run"},
             {"warmup", "status"},
             {"verify"},
             {"why", "ann@example.com"},
             {"delivery", "in-doubt"}
         })
        expect_refused(command, {"pilotlight.toml", "run pilotlight init"});
    expect_refused({"--config", "none.toml", "mailbox", "list"}, {"none.toml"});
}

TEST_F(BadInput, WrongUsage) {
    expect_refused({"mailbox"}, {"--help"});
    expect_refused({}, {"--help"});
    expect_refused({"nonsense"}, {"'nonsense' is not a command"});
    expect_refused({"mailbox", "nonsense"}, {"'nonsense' is not a command"});
    expect_refused({"warmup", "run", "--wait", "soon"}, {"--wait", "soon", "whole number"});
    expect_refused({"mailbox", "list", "--nonsense"}, {"--nonsense"});
}

TEST_F(BadInput, WithJsonTheErrorIsADocument) {
    const std::string document = json({"mailbox", "pause", "nobody@example.net"}, 2);
    EXPECT_THAT(document, HasSubstr("\"code\":\"not_found\""));
    EXPECT_THAT(document, HasSubstr("nobody@example.net"));
}

}  // namespace
}  // namespace e2e
