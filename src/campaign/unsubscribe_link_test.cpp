#include "campaign/unsubscribe_link.h"

#include <filesystem>

#include "base/text.h"
#include "mime/compose.h"
#include "mime/message.h"
#include "tests/support/manual_loop.h"
#include "tests/support/temporary_folder.h"

namespace campaign {
namespace {

constexpr base::Timestamp kNow{1'795'438'800'000'000};

base::Email email(std::string_view text) { return base::Email::parse(text).value(); }

UnsubscribeKey some_key(std::uint64_t seed = 1) {
    base::SeededRandom random(seed);
    return UnsubscribeKey(random.bytes(32));
}

TEST(UnsubscribeToken, SaysWhoAndWhichCampaignAndSince) {
    const UnsubscribeKey key = some_key();
    const std::string token = key.make_token(email("Lea.Lead@Example.com"), 4711, kNow);
    const auto claim = key.read_token(token);
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->to, email("Lea.Lead@example.com"));
    EXPECT_EQ(claim->campaign_id, 4711);
    EXPECT_EQ(claim->issued, kNow);
}

TEST(UnsubscribeToken, IsOpaqueAndFitForAUrl) {
    const UnsubscribeKey key = some_key();
    const std::string token = key.make_token(email("lea@example.com"), 7, kNow);
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos
    );
    const std::string bytes = base::base64url_decode(token).value();
    EXPECT_EQ(bytes.find("lea"), std::string::npos);
    EXPECT_EQ(bytes.find("example"), std::string::npos);
    EXPECT_EQ(token.find(base::base64url_encode("lea@example.com")), std::string::npos);
}

TEST(UnsubscribeToken, DiffersByRecipientCampaignAndTime) {
    const UnsubscribeKey key = some_key();
    const std::string token = key.make_token(email("lea@example.com"), 7, kNow);
    EXPECT_EQ(token, key.make_token(email("lea@example.com"), 7, kNow));
    EXPECT_NE(token, key.make_token(email("leo@example.com"), 7, kNow));
    EXPECT_NE(token, key.make_token(email("lea@example.com"), 8, kNow));
    EXPECT_NE(token, key.make_token(email("lea@example.com"), 7, kNow + std::chrono::seconds(1)));
}

TEST(UnsubscribeToken, AnyChangeMakesItWorthless) {
    const UnsubscribeKey key = some_key();
    const std::string token = key.make_token(email("lea@example.com"), 7, kNow);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(key.read_token(changed)) << i;
        EXPECT_FALSE(key.read_token(token.substr(0, i))) << i;
    }
    for (const std::string_view other : {"", "A", "=", "..", "%00", "w0123456789abcdef"})
        EXPECT_FALSE(key.read_token(other)) << other;
    EXPECT_FALSE(key.read_token(token + "A"));
    EXPECT_FALSE(key.read_token(std::string(100'000, 'A')));
    EXPECT_FALSE(some_key(2).read_token(token));
}

TEST(UnsubscribeToken, TheLongestAddressStaysBelowTheLimit) {
    const std::string longest = std::string(64, 'l') + "@" + std::string(63, 'a') + "." +
                                std::string(63, 'b') + "." + std::string(55, 'c') + ".test";
    const UnsubscribeKey key = some_key();
    const std::string token = key.make_token(email(longest), INT64_MAX, kNow);
    EXPECT_LE(token.size(), kUnsubscribeTokenMax);
    ASSERT_TRUE(key.read_token(token));
    EXPECT_EQ(key.read_token(token)->campaign_id, INT64_MAX);
}

TEST(UnsubscribeLink, StandsBelowTheBase) {
    const UnsubscribeKey key = some_key();
    const std::string token = key.make_token(email("lea@example.com"), 7, kNow);
    const std::pair<std::string, std::string> cases[] = {
        {"https://u.example.com", "https://u.example.com/u/" + token},
        {"https://u.example.com/", "https://u.example.com/u/" + token},
        {"https://example.com/u", "https://example.com/u/" + token},
        {"https://example.com/mail/", "https://example.com/mail/u/" + token},
    };
    for (const auto& [base, link] : cases)
        EXPECT_EQ(key.make_link(base, email("lea@example.com"), 7, kNow), link);
}

using Headers = std::vector<std::pair<std::string, std::string>>;

TEST(UnsubscribeHeaders, WithoutALinkAreTheMailtoFormAlone) {
    EXPECT_EQ(
        unsubscribe_headers(email("anna@co.test"), "c123-_", std::nullopt),
        (Headers{{"List-Unsubscribe", "<mailto:anna@co.test?subject=unsubscribe%20c123-_>"}})
    );
}

TEST(UnsubscribeHeaders, WithALinkHaveBothFormsAndThePost) {
    EXPECT_EQ(
        unsubscribe_headers(email("anna@co.test"), "c123", "https://u.test/u/abc"),
        (Headers{
            {"List-Unsubscribe",
             "<mailto:anna@co.test?subject=unsubscribe%20c123>, <https://u.test/u/abc>"},
            {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}
        })
    );
}

TEST(UnsubscribeHeaders, EncodeWhatWouldEndTheAddress) {
    const Headers headers = unsubscribe_headers(email("a?b&c%d+e'#x@co.test"), "c1", std::nullopt);
    EXPECT_EQ(
        headers[0].second, "<mailto:a%3Fb%26c%25d%2Be%27%23x@co.test?subject=unsubscribe%20c1>"
    );
}

// Composed as a mail, the longest ones are folded and come back word for word.
TEST(UnsubscribeHeaders, AreFoldedWithoutALineThatIsTooLong) {
    std::string from = std::string(64, '=') + "@" + std::string(63, 'a') + ".test";
    const std::string base = "https://" + std::string(kUnsubscribeUrlMax - 8, 'u');
    const std::string link = some_key().make_link(
        base,
        email(
            std::string(64, 'l') + "@" + std::string(63, 'a') + "." + std::string(63, 'b') + "." +
            std::string(55, 'c') + ".test"
        ),
        INT64_MAX,
        kNow
    );
    mime::Outgoing mail;
    mail.from = {"", email(from)};
    mail.to = {"", email("lea@example.com")};
    mail.subject = "x";
    mail.text = "x";
    mail.message_id = base::MessageId::parse("1@co.test").value();
    mail.extra_headers = unsubscribe_headers(email(from), std::string(39, 'c'), link);
    base::SeededRandom random(1);
    const auto composed = mime::compose(mail, random);
    ASSERT_TRUE(composed) << composed.error().describe();
    for (const std::string& line : base::split(*composed, '\n')) EXPECT_LE(line.size(), 999U);
    const mime::Message message = mime::read_message(*composed);
    EXPECT_EQ(message.header("List-Unsubscribe"), mail.extra_headers[0].second);
    EXPECT_EQ(message.header("List-Unsubscribe-Post"), kOneClick);
}

class UnsubscribeKeyStore : public testing::Test {
  protected:
    std::unique_ptr<store::Database> open(const std::string& name) {
        return store::open_database(
            {.url = "sqlite:" + folder_.file(name), .inline_jobs = true, .create = true}, loop_
        );
    }
    base::Result<UnsubscribeKey> load(store::Database& db, const mailbox::Vault& vault) {
        return base::run_to_end(loop_, UnsubscribeKey::load(db, vault, random_));
    }

    support::ManualLoop loop_;
    base::SeededRandom random_{1};
    mailbox::Vault vault_{random_.bytes(32)};
    support::TemporaryFolder folder_;
};

TEST_F(UnsubscribeKeyStore, IsDrawnOnceAndWorksInARestoredStore) {
    std::string token;
    {
        const auto db = open("a.db");
        const auto key = load(*db, vault_);
        ASSERT_TRUE(key);
        token = key->make_token(email("lea@example.com"), 7, kNow);
        const auto again = load(*db, vault_);
        ASSERT_TRUE(again);
        EXPECT_TRUE(again->read_token(token));
    }
    std::filesystem::copy(folder_.file("a.db"), folder_.file("b.db"));
    const auto restored = open("b.db");
    const auto key = load(*restored, vault_);
    ASSERT_TRUE(key);
    ASSERT_TRUE(key->read_token(token));
    EXPECT_EQ(key->read_token(token)->to, email("lea@example.com"));

    const auto other_store = open("c.db");
    EXPECT_FALSE(load(*other_store, vault_)->read_token(token));
}

TEST_F(UnsubscribeKeyStore, LiesThereSealedAndAnotherKeyFileIsToldSo) {
    const auto db = open("a.db");
    ASSERT_TRUE(load(*db, vault_));
    const auto kept =
        base::run_to_end(loop_, db->read(store::Role::operator_, [](store::Connection& connection) {
            return connection.text(
                "SELECT value FROM store_meta WHERE name = 'unsubscribe_key' ORDER BY name"
            );
        }));
    ASSERT_TRUE(kept);
    EXPECT_TRUE(vault_.open(*kept, "unsubscribe_key"));
    const auto wrong = load(*db, mailbox::Vault(random_.bytes(32)));
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message.find("key file"), std::string::npos);
}

}  // namespace
}  // namespace campaign
