// `pilotlight init` makes what is missing and never touches what is there.
#include <sys/stat.h>

#include <boost/json.hpp>
#include <filesystem>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Init : public Program {
  protected:
    mode_t mode(const std::string& name) const {
        struct stat state = {};
        EXPECT_EQ(::stat(path(name).c_str(), &state), 0) << name;
        return state.st_mode & 0777;
    }
};

TEST_F(Init, MakesConfigurationKeyAndStoreAndSaysWhatIsNext) {
    const Outcome outcome = run({"init"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(files(), ElementsAre("pilotlight.db", "pilotlight.key", "pilotlight.toml"));
    EXPECT_EQ(mode("pilotlight.key"), 0600u);
    EXPECT_EQ(mode("pilotlight.db"), 0600u);
    EXPECT_EQ(mode("pilotlight.toml"), 0600u);
    for (const char* words :
         {"pilotlight.toml",
          "pilotlight.key",
          "pilotlight.db",
          "header X-",
          "export GROQ_API_KEY",
          "mailbox add",
          "warmup run"})
        EXPECT_THAT(outcome.out, HasSubstr(words));
    EXPECT_THAT(text("pilotlight.toml"), HasSubstr("reply_rate = 0.4"));
    EXPECT_EQ(run({"mailbox", "list"}).exit_code, 0);
}

TEST_F(Init, ShowsTheHeaderThatTheStoreKeeps) {
    const std::string document = json({"init"});
    const std::string header(boost::json::parse(document).at("token_header").as_string());
    ASSERT_EQ(header.size(), 10u);
    EXPECT_THAT(everything(), HasSubstr("store_meta: token_header|" + header));
}

TEST_F(Init, MakesTheFolderAndCdsThere) {
    const Outcome outcome = run({"init", "a/b"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("cd " + path("a/b")));
    EXPECT_TRUE(std::filesystem::exists(path("a/b/pilotlight.toml")));
    EXPECT_EQ(run({"--config", "a/b/pilotlight.toml", "mailbox", "list"}).exit_code, 0);
}

TEST_F(Init, ASecondTimeChangesNothing) {
    set_up();
    const std::string before = everything();
    const Outcome outcome = run({"init"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("stays as it is"));
    EXPECT_EQ(everything(), before);
}

TEST_F(Init, FinishesAnInitThatWasCutOff) {
    set_up();
    const std::string before = everything();
    const std::string toml = text("pilotlight.toml");
    // The configuration comes last: what a cut-off init leaves are key and store.
    std::filesystem::remove(path("pilotlight.toml"));
    const Outcome outcome = run({"init"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("found  " + path("pilotlight.key")));
    EXPECT_THAT(outcome.out, HasSubstr("found  " + path("pilotlight.db")));
    EXPECT_THAT(outcome.out, HasSubstr("made   " + path("pilotlight.toml")));
    EXPECT_EQ(everything(), before);
}

TEST_F(Init, MakesAStoreForAConfigurationThatIsThere) {
    must({"init"});
    edit("pilotlight.toml", "# url = \"sqlite:pilotlight.db\"", "url = \"sqlite:other.db\"");
    const std::string toml = text("pilotlight.toml");
    const std::string key = text("pilotlight.key");
    const Outcome outcome = run({"init"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(std::filesystem::exists(path("other.db")));
    EXPECT_EQ(text("pilotlight.toml"), toml);
    EXPECT_EQ(text("pilotlight.key"), key);
}

TEST_F(Init, WritesTheStoreThatWasNamed) {
    environment["PILOTLIGHT_STORE_URL"] = "sqlite:from_environment.db";
    must({"init", "--store", "sqlite:named.db"});
    EXPECT_THAT(files(), ElementsAre("named.db", "pilotlight.key", "pilotlight.toml"));
    EXPECT_THAT(text("pilotlight.toml"), HasSubstr("\nurl = \"sqlite:named.db\"\n"));
    environment.erase("PILOTLIGHT_STORE_URL");
    EXPECT_EQ(run({"mailbox", "list"}).exit_code, 0);
    EXPECT_EQ(run({"init", "--store", "sqlite:third.db"}).exit_code, 2);
}

TEST_F(Init, UsesAKeyOfTheEnvironment) {
    environment["PILOTLIGHT_KEY"] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    must({"init"});
    EXPECT_THAT(files(), ElementsAre("pilotlight.db", "pilotlight.toml"));
    EXPECT_EQ(printed().find(environment["PILOTLIGHT_KEY"]), std::string::npos);
}

TEST_F(Init, RefusesWrongOrders) {
    EXPECT_EQ(run({"init", "--store", "mysql://x"}).exit_code, 2);
    EXPECT_EQ(run({"--config", "x.toml", "init", "y"}).exit_code, 2);
    environment["SENDING_START_HOUR"] = "nine";
    EXPECT_EQ(run({"init"}).exit_code, 2);
    EXPECT_THAT(files(), ::testing::IsEmpty());
}

TEST_F(Init, AnUnreachableServerIsOneLineAndCanBeTriedAgain) {
    const Outcome outcome =
        run({"init", "--store", "postgresql://me:hidden-word@127.0.0.1:1/mail"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.err.find("hidden-word"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(path("pilotlight.toml")));
    EXPECT_EQ(run({"init"}).exit_code, 0);
}

}  // namespace
}  // namespace e2e
