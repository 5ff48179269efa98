#include "cli/mailbox_import.h"

#include "cli/mailbox_csv.h"
#include "cli/mailbox_lookup.h"

namespace cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<ImportRow> csv(std::string_view text) {
    auto rows = read_mailbox_csv(text);
    EXPECT_TRUE(rows) << rows.error().message;
    return rows.value_or(std::vector<ImportRow>());
}

std::string csv_problem(std::string_view text) {
    const auto rows = read_mailbox_csv(text);
    return rows ? "" : rows.error().message;
}

ImportRow row(const std::string& email) {
    ImportRow row;
    row.mailbox.email = *base::Email::parse(email);
    return row;
}

std::string problem(std::vector<ImportRow> rows, const std::string& fallback = "") {
    const auto mailboxes = with_servers(std::move(rows), {}, fallback);
    return mailboxes ? "" : mailboxes.error().message;
}

// It was taken as done, and nothing was said.
TEST(MailboxCsv, AFileWithoutMailboxesIsRefused) {
    for (const char* text : {"email,role\n", "email,role", "email,role\n\n\n"}) {
        const auto rows = read_mailbox_csv(text);
        ASSERT_FALSE(rows) << text;
        EXPECT_NE(
            rows.error().message.find("no mailbox stands below the first line"), std::string::npos
        );
    }
}

TEST(MailboxCsv, ReadsColumnsInAnyOrderAndQuotedFields) {
    const auto rows =
        csv("\xEF\xBB\xBFname,role,email,password,provider\r\n"
            "\"Lee, Ann\",sender,ann@co.test,\"a \"\"b\"\", c\",zoho\r\n"
            "\r\n"
            "Ben,SEED,ben@co.test,,gmail");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].mailbox.name, "Lee, Ann");
    EXPECT_EQ(rows[0].mailbox.password, "a \"b\", c");
    EXPECT_EQ(rows[0].provider, "zoho");
    EXPECT_EQ(rows[0].mailbox.role, mailbox::Role::sender);
    EXPECT_EQ(rows[1].mailbox.role, mailbox::Role::seed);
    EXPECT_FALSE(rows[1].mailbox.password.has_value());
    EXPECT_EQ(rows[1].where, "line 4");
}

TEST(MailboxCsv, TellsItselfFromAnEnvFile) {
    EXPECT_TRUE(is_mailbox_csv("email,role\n"));
    EXPECT_TRUE(is_mailbox_csv("\xEF\xBB\xBFrole, \"Email\"\r\n"));
    EXPECT_FALSE(is_mailbox_csv("WARMUP_EMAILS=a@b.test,email\n"));
    EXPECT_FALSE(is_mailbox_csv("# email, role\nX=1\n"));
    EXPECT_FALSE(is_mailbox_csv(""));
}

TEST(MailboxCsv, NamesEveryProblemWithItsLineAndNoPassword) {
    const std::string all = csv_problem(
        "email,role,password\nno address,sender,hunter2secret\nann@co.test,boss,hunter2secret\n"
    );
    EXPECT_THAT(all, AllOf(HasSubstr("line 2: "), HasSubstr("line 3: role 'boss'")));
    EXPECT_THAT(all, Not(HasSubstr("hunter2secret")));
}

TEST(MailboxCsv, RefusesWhatIsNotATable) {
    EXPECT_THAT(csv_problem("email,role,pet\n"), HasSubstr("line 1: 'pet' is not a column"));
    EXPECT_THAT(csv_problem("email,name\n"), HasSubstr("role is missing"));
    EXPECT_THAT(csv_problem("email,role,email\n"), HasSubstr("twice"));
    EXPECT_THAT(csv_problem("email,role\na@b.test\n"), HasSubstr("line 2: there are fewer fields"));
    EXPECT_THAT(csv_problem("email,role\n\"a@b.test,seed\n"), HasSubstr("quote is not closed"));
    EXPECT_THAT(csv_problem("email,role\n\"a@b.test\"x,seed\n"), HasSubstr("something follows"));
}

TEST(MailboxCsv, CountsLinesInsideQuotes) {
    const auto rows = csv("email,role,name\na@b.test,seed,\"two\nlines\"\nc@d.test,seed,x\n");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].where, "line 4");
}

TEST(MailboxCsv, SurvivesEveryCutOfItsInput) {
    const std::string text =
        "email,role,name\r\na@b.test,seed,\"x \"\"y\"\"\r\nz\"\r\nc@d.test,sender,q\r\n";
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto rows = read_mailbox_csv(std::string_view(text).substr(0, length));
        if (rows) EXPECT_LE(rows->size(), 2u) << length;
        if (!rows) EXPECT_NE(rows.error().message, "") << length;
    }
}

TEST(MailboxCsv, HasALimit) {
    std::string text = "email,role\n";
    for (int i = 0; i < 501; ++i) text += fmt::format("a{}@b.test,seed\n", i);
    EXPECT_THAT(csv_problem(text), HasSubstr("more than 500"));
}

TEST(WithServers, TakesThePresetOfTheDomainAndTheOwnersHosts) {
    config::ProviderSettings overrides;
    overrides.gmail.smtp_host = "relay.test";
    overrides.gmail.smtp_port = 587;
    const auto mailboxes = with_servers({row("a@gmail.com")}, overrides, "");
    ASSERT_TRUE(mailboxes);
    EXPECT_EQ(mailboxes->front().provider, "gmail");
    EXPECT_EQ(mailboxes->front().smtp_url, "smtp+starttls://relay.test:587");
    EXPECT_EQ(mailboxes->front().imap_url, "imaps://imap.gmail.com:993");
}

TEST(WithServers, RefusesWhatItCantPlaceAndNamesTheMend) {
    EXPECT_THAT(
        problem({row("a@own.test"), row("b@own.test")}),
        AllOf(
            HasSubstr("a@own.test"), HasSubstr("\nb@own.test"), HasSubstr("--provider zoho|gmail|")
        )
    );
    EXPECT_EQ(problem({row("a@own.test")}, "gmail"), "");
    EXPECT_THAT(problem({row("a@gmail.com"), row("A@gmail.com")}), HasSubstr("listed twice"));

    ImportRow strange = row("a@own.test");
    strange.provider = "nosuch";
    EXPECT_THAT(problem({strange}), HasSubstr("'nosuch' is no provider"));
    ImportRow half = row("a@own.test");
    half.mailbox.smtp_url = "smtps://h.test";
    EXPECT_THAT(problem({half}), HasSubstr("give both"));
    half.mailbox.imap_url = "imap://h.test";
    EXPECT_THAT(problem({half}), HasSubstr("imap://h.test"));
    half.mailbox.imap_url = "smtps://h.test";
    EXPECT_THAT(problem({half}), HasSubstr("imap an imap URL"));
    half.mailbox.imap_url = "imaps://h.test";
    EXPECT_EQ(problem({half}), "");
    half.mailbox.zone = "Mars/Olympus";
    EXPECT_THAT(problem({half}), HasSubstr("Mars/Olympus"));
}

TEST(WithServers, KnowsWhoseTheListsOfAnEnvFileAre) {
    const auto imported = config::import_environment(
        "ZOHO_ACCOUNTS='[{\"email\":\"a@co.test\",\"password\":\"secret-a\"}]'\n"
        "WARMUP_EMAILS=s@gmail.com,t@hotmail.com\nWARMUP_EMAILS_APP_PASSWORDS=secret-s\n"
    );
    ASSERT_TRUE(imported);
    const auto mailboxes = with_servers(rows_of(*imported), {}, "");
    ASSERT_TRUE(mailboxes) << mailboxes.error().message;
    ASSERT_EQ(mailboxes->size(), 3u);
    EXPECT_EQ((*mailboxes)[0].provider, "zoho");
    EXPECT_EQ((*mailboxes)[0].role, mailbox::Role::sender);
    EXPECT_EQ((*mailboxes)[0].password, "secret-a");
    EXPECT_EQ((*mailboxes)[1].provider, "gmail");
    EXPECT_EQ((*mailboxes)[2].provider, "outlook");
    EXPECT_FALSE((*mailboxes)[2].password.has_value());
}

TEST(ServersOf, ChangesTlsWithAWellKnownPort) {
    const mailbox::Preset& zoho = *mailbox::find_preset("zoho");
    EXPECT_EQ(servers_of(zoho, {}).smtp_url, "smtp+starttls://smtppro.zoho.com:587");
    EXPECT_EQ(servers_of(zoho, {"", 465, "", 0}).smtp_url, "smtps://smtppro.zoho.com:465");
    EXPECT_EQ(
        servers_of(zoho, {"", 2525, "", 0}).smtp_url, "smtp+starttls://smtppro.zoho.com:2525"
    );
    EXPECT_EQ(
        servers_of(zoho, {"", 0, "imap.zoho.eu", 143}).imap_url, "imap+starttls://imap.zoho.eu:143"
    );
}

TEST(PickMailboxes, TakesAllOrTheNamedOnesOnce) {
    std::vector<mailbox::Mailbox> all(2);
    all[0].id = 1;
    all[0].email = *base::Email::parse("a@b.test");
    all[1].id = 2;
    all[1].email = *base::Email::parse("c@d.test");
    EXPECT_EQ(pick_mailboxes(all, {})->size(), 2u);
    const auto one = pick_mailboxes(all, {"C@D.test", "c@d.test"});
    ASSERT_TRUE(one);
    ASSERT_EQ(one->size(), 1u);
    EXPECT_EQ(one->front().id, 2);
    const auto unknown = pick_mailboxes(all, {"x@y.test"});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, base::ErrorCode::not_found);
    EXPECT_THAT(unknown.error().message, HasSubstr("x@y.test"));
    EXPECT_EQ(pick_mailboxes(all, {"nonsense"}).error().code, base::ErrorCode::invalid_input);
}

}  // namespace
}  // namespace cli
