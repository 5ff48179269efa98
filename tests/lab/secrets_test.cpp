// Passwords, access and refresh tokens and keys after real logins and a whole cycle: in no output,
// log or mail, and in no byte of the store. Searched for in the forms in which they travel, too.
#include <filesystem>

#include "tests/lab/cycle_test.h"
#include "tests/lab/probe.h"
#include "tests/lab/secret_forms.h"

namespace lab {
namespace {

class SecretsTest : public CycleTest {
  protected:
    Stage stage() override { return {.verbose = true}; }

    std::map<std::string, std::string> secrets() const {
        std::map<std::string, std::string> out = {
            {"the API key", World::kApiKey},
            {"the key file's text",
             std::string(base::trim(read_file(world_->folder() + "/pilotlight.key")))},
        };
        for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
            for (const Account& account : *accounts)
                if (!account.password.empty())
                    out["the password of " + account.email] = account.password;
        for (const auto& [email, tokens] : tokens_)
            for (std::size_t i = 0; i < tokens.size(); ++i)
                out["token " + std::to_string(i) + " of " + email] = tokens[i];
        return out;
    }
    void expect_none_in(const std::string& text, const std::string& where) {
        for (const auto& [name, secret] : secrets())
            for (const std::string& form : forms_of(secret))
                EXPECT_FALSE(text.contains(form)) << name << " as " << form << " in " << where;
    }

    // All that shows something, and what goes wrong in the usual ways.
    void run_all_commands() {
        const std::string id = bare_id(openings().at(0).field("Message-ID"));
        const std::string sender = world_->senders()[0].email;
        for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
                 {"mailbox", "list"},
                 {"mailbox", "check"},
                 {"warmup", "status"},
                 {"warmup", "templates", "list"},
                 {"warmup", "templates", "generate", "--count", "2"},
                 {"delivery", "in-doubt"},
                 {"verify"},
                 {"why", id},
                 {"why", sender},
                 {"init", world_->folder()},
             }) {
            world_->run(words);
            std::vector<std::string> with_json = words;
            with_json.emplace_back("--json");
            world_->run(with_json);
        }
    }
    std::map<std::string, std::vector<std::string>> tokens_;  // by address

    // Logins that the servers refuse, in words of their own.
    void run_with_a_wrong_password() {
        for (const Account* account : {&world_->senders()[0], &world_->seeds()[0]})
            world_->servers().change_password(account->email, "another-word");
        const Outcome check = world_->run({"mailbox", "check"});
        EXPECT_EQ(check.exit_code, 1) << check.out << check.err;
        world_->run({"warmup", "run", "--wait", "1"});
    }
};

TEST(SecretForms, AreFoundWhereverTheyLieInABase64Text) {
    const std::string secret = "tulip-0815";
    const std::vector<std::string> forms = forms_of(secret);
    for (const char* before : {"", "a", "ab", "abc", "abcd"})
        for (const char* after : {"", "z", "zy", "zyx"})
            EXPECT_TRUE(std::ranges::any_of(
                forms,
                [&](const std::string& form) {
                    return base::base64_encode(before + secret + after).contains(form);
                }
            )) << before
               << after;
    EXPECT_THAT(forms_of("a \"b\" \\c"), testing::Contains(R"(a \"b\" \\c)")) << "as in JSON";
    EXPECT_THAT(forms_of("a b"), testing::Contains("a%20b")) << "as in a URL";
}

TEST_F(SecretsTest, AreNowhereAfterACycle) {
    world_->set_up({{"warmup.sends_per_cycle", "3"}, {"warmup.reply_rate", "1.0"}});
    expect_report_is_true(cycle());
    run_all_commands();
    const std::string bytes = world_->store()->everything();
    run_with_a_wrong_password();

    // What is searched holds what it should: otherwise nothing would be proven.
    const std::string address = world_->senders()[0].email;
    ASSERT_TRUE(bytes.contains(address));
    ASSERT_TRUE(world_->printed().contains(address));
    ASSERT_TRUE(world_->printed().contains("sent")) << "--verbose logs the cycle";
    EXPECT_EQ(secrets().size(), 8U);

    expect_none_in(world_->printed(), "what the commands printed");
    expect_none_in(bytes, "the store");
    expect_none_in(world_->store()->everything(), "the store after refused logins");
    expect_none_in(world_->model_requests(), "what the model was told");
    for (const auto& file : std::filesystem::directory_iterator(world_->folder()))
        if (file.path().filename() != "pilotlight.key")
            expect_none_in(read_file(file.path()), file.path());
    for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
        for (const auto& [account, mails] : world_->read_maildirs(*accounts))
            for (const StoredMail& mail : mails) expect_none_in(read_file(mail.path), mail.path);
}

// Logins by OAuth2: every token that was given out, those that were replaced within the run too.
class TokenSecretsTest : public SecretsTest {
  protected:
    Stage stage() override {
        return {
            .token_seconds = 6,
            .verbose = true,
            .cast =
                Cast{
                    .senders =
                        {{.email = "ivy@outlook.test",
                          .password = "",
                          .provider = "outlook",
                          .refresh_token = "ivy-refresh"}},
                    .seeds =
                        {{.email = "fay@outlook.test",
                          .password = "",
                          .provider = "outlook",
                          .refresh_token = "fay-refresh"},
                         {.email = "dora@mail.test", .password = "dora-word"}},
                    .domains = {},
                }
        };
    }
};

TEST_F(TokenSecretsTest, AreNowhereAfterACycle) {
    world_->set_up({{"warmup.sends_per_cycle", "2"}, {"warmup.reply_rate", "1.0"}});
    expect_report_is_true(cycle());
    run_all_commands();
    for (const char* email : {"ivy@outlook.test", "fay@outlook.test"})
        token_control(world_->servers(), {"action=expire", std::string("account=") + email});
    world_->run({"mailbox", "check"});
    // A token that its server takes no more, in the server's own words.
    token_control(world_->servers(), {"action=revoke", "account=fay@outlook.test"});
    world_->run({"mailbox", "check"});
    world_->run({"mailbox", "check", "--json"});

    for (const char* email : {"ivy@outlook.test", "fay@outlook.test"}) {
        tokens_[email] = world_->tokens_of(email);
        EXPECT_GE(tokens_[email].size(), 4U)
            << email << ": two tokens each, refreshed at least once";
    }
    ASSERT_TRUE(world_->printed().contains("fay@outlook.test"));
    expect_none_in(world_->printed(), "what the commands printed");
    expect_none_in(world_->store()->everything(), "the store");
    expect_none_in(world_->model_requests(), "what the model was told");
    for (const auto& file : std::filesystem::directory_iterator(world_->folder()))
        if (file.path().filename() != "pilotlight.key")
            expect_none_in(read_file(file.path()), file.path());
    for (const std::vector<Account>* accounts : {&world_->senders(), &world_->seeds()})
        for (const auto& [account, mails] : world_->read_maildirs(*accounts))
            for (const StoredMail& mail : mails) expect_none_in(read_file(mail.path), mail.path);
}

class PostgresSecretsTest : public SecretsTest {
  protected:
    Stage stage() override {
        tests::PostgresServer* server = tests::PostgresServer::shared();
        server->make_database("lab_secrets");
        return {
            .verbose = true, .senders = 1, .seeds = 1, .postgres = server, .database = "lab_secrets"
        };
    }
    void SetUp() override {
        if (!tests::PostgresServer::why_missing().empty())
            GTEST_SKIP() << tests::PostgresServer::why_missing();
        SecretsTest::SetUp();
    }
};

TEST_F(PostgresSecretsTest, AreInNoTable) {
    world_->set_up({{"warmup.reply_rate", "1.0"}});
    cycle();
    const std::string rows = world_->store()->everything();
    ASSERT_TRUE(rows.contains(world_->senders()[0].email));
    expect_none_in(rows, "the store");
    expect_none_in(world_->printed(), "what the commands printed");
    for (const std::string& form : forms_of(tests::PostgresServer::admin_password())) {
        EXPECT_FALSE(rows.contains(form));
        EXPECT_FALSE(world_->printed().contains(form));
    }
}

}  // namespace
}  // namespace lab
