// `pilotlight mailbox import`: what existing users bring, all of it or nothing.
#include <boost/json.hpp>
#include <filesystem>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEnv =
    "# the old system's\n"
    "ZOHO_ACCOUNTS='[{\"email\":\"ann@co.example\",\"password\":\"first-secret\",\"sender_name\":"
    "\"Ann\"},\n"
    "  {\"email\":\"ben@co.example\",\"password\":\"second-secret\"}]'\n"
    "WARMUP_EMAILS=s1@gmail.com,s2@outlook.com,s3@gmail.com\n"
    "WARMUP_EMAILS_APP_PASSWORDS=abcd efgh ijkl,outlook-secret\n"
    "TARGET_TIMEZONE=America/New_York\n"
    "SENDING_START_HOUR=8\n"
    "GMAIL_IMAP_HOST=imap.relay.example\n"
    "GROQ_API_KEY=gsk_very_secret_key\n"
    "DATABASE_URL=mongodb://localhost/app\n"
    "DASHBOARD_COLOR=blue\n";

class Import : public Program {
  protected:
    void SetUp() override { must({"init"}); }
    void expect_no_secret() const {
        for (const char* secret :
             {"first-secret",
              "second-secret",
              "abcd efgh ijkl",
              "outlook-secret",
              "gsk_very_secret_key"}) {
            EXPECT_EQ(printed().find(secret), std::string::npos) << secret;
            for (const std::string& file : files())
                if (file != "old.env" && file != "boxes.csv")
                    EXPECT_EQ(text(file).find(secret), std::string::npos)
                        << secret << " in " << file;
        }
    }
};

TEST_F(Import, TakesMailboxesSettingsAndNamesTheKeys) {
    put("old.env", kEnv);
    const std::string before = text("pilotlight.toml");
    const boost::json::value document = boost::json::parse(json({"mailbox", "import", "old.env"}));
    ASSERT_EQ(document.at("added").as_array().size(), 5u);
    EXPECT_EQ(document.at("added").at(0).at("email").as_string(), "ann@co.example");
    EXPECT_EQ(document.at("added").at(0).at("provider").as_string(), "zoho");
    EXPECT_EQ(document.at("added").at(2).at("role").as_string(), "seed");
    EXPECT_EQ(document.at("added").at(3).at("provider").as_string(), "outlook");
    EXPECT_FALSE(document.at("added").at(4).at("password_known").as_bool());
    EXPECT_EQ(document.at("keys_to_export").at(0).as_string(), "GROQ_API_KEY");
    EXPECT_THAT(text("pilotlight.toml"), HasSubstr("timezone = \"America/New_York\""));
    EXPECT_THAT(text("pilotlight.toml"), HasSubstr("start_hour = 8"));
    EXPECT_EQ(text("pilotlight.toml.bak"), before);
    const std::string notes = boost::json::serialize(document.at("notes"));
    for (const char* note : {"s3@gmail.com", "import mongo", "DASHBOARD_COLOR", "OAuth2"})
        EXPECT_THAT(notes, HasSubstr(note));
    const std::string list = json({"mailbox", "list"});
    EXPECT_THAT(list, HasSubstr("imaps://imap.relay.example:993"));
    EXPECT_THAT(list, HasSubstr("America/New_York"));
    expect_no_secret();
}

TEST_F(Import, ASecondTimeLeavesWhatIsThere) {
    put("old.env", kEnv);
    must({"mailbox", "import", "old.env"});
    const std::string before = everything();
    const Outcome again = run({"mailbox", "import", "old.env"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("left  ann@co.example"));
    EXPECT_EQ(everything(), before);
    EXPECT_FALSE(std::filesystem::exists(path("pilotlight.toml.bak2")));
    expect_no_secret();
}

TEST_F(Import, OneProblemAndNothingIsChanged) {
    const std::string before = everything();
    const std::vector<std::pair<std::string, std::string>> additions = {
        {"SENDING_END_HOUR=99\n", "SENDING_END_HOUR"},
        {"WARMUP_EMAILS=s1@gmail.com,broken\n", "entry 2"},
        {"WARMUP_EMAILS=s1@own-domain.example\nWARMUP_EMAILS_APP_PASSWORDS=\n",
         "s1@own-domain.example"},
        {"ZOHO_ACCOUNTS=[{\n", "ZOHO_ACCOUNTS"},
        {"LLM_PROVIDER='unclosed\n", "LLM_PROVIDER"},
    };
    for (const auto& [addition, named] : additions) {
        put("old.env", kEnv + addition);
        const Outcome outcome = run({"mailbox", "import", "old.env"});
        EXPECT_EQ(outcome.exit_code, 2) << addition;
        EXPECT_EQ(outcome.out, "") << addition;
        EXPECT_THAT(outcome.err, HasSubstr(named));
        EXPECT_THAT(outcome.err, HasSubstr("old.env"));
        EXPECT_EQ(everything(), before) << addition;
        EXPECT_FALSE(std::filesystem::exists(path("pilotlight.toml.bak")));
    }
    expect_no_secret();
}

TEST_F(Import, AnOwnDomainsProviderCanBeSaid) {
    put("old.env",
        "WARMUP_EMAILS=s1@own-domain.example\nWARMUP_EMAILS_APP_PASSWORDS=outlook-secret\n");
    must({"mailbox", "import", "old.env", "--provider", "gmail"});
    EXPECT_THAT(json({"mailbox", "list"}), HasSubstr("imap.gmail.com"));
    expect_no_secret();
}

TEST_F(Import, TakesACsvFile) {
    put("boxes.csv",
        "email,role,password,name,smtp,imap\n"
        "ann@co.example,sender,\"first-secret\",\"Lee, Ann\",smtps://h.example,imaps://h.example\n"
        "s1@gmail.com,seed,second-secret,,,\n");
    must({"mailbox", "import", "boxes.csv"});
    const std::string list = json({"mailbox", "list"});
    EXPECT_THAT(list, HasSubstr("Lee, Ann"));
    EXPECT_THAT(list, HasSubstr("smtps://h.example:465"));
    EXPECT_THAT(list, HasSubstr("imap.gmail.com"));
    EXPECT_FALSE(std::filesystem::exists(path("pilotlight.toml.bak")));
    expect_no_secret();
}

TEST_F(Import, NamesAFileThatIsNotThere) {
    const Outcome outcome = run({"mailbox", "import", "none.env"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("none.env"));
}

}  // namespace
}  // namespace e2e
