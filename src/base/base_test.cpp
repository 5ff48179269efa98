#include "base/crypto.h"
#include "base/log.h"
#include "base/message_id.h"
#include "base/random.h"
#include "base/text.h"

TEST(Text, Base64MatchesTheVectorsOfRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(base::base64_encode(plain), encoded);
        EXPECT_EQ(base::base64_decode(encoded), plain);
    }
    EXPECT_EQ(base::base64_decode("Zg="), std::nullopt);
    EXPECT_EQ(base::base64_decode("Z!=="), std::nullopt);
    EXPECT_EQ(
        base::base64url_decode(base::base64url_encode("\xff\xfe\xfd\xfc")), "\xff\xfe\xfd\xfc"
    );
}

TEST(Text, PrintableMakesHostileWordsHarmless) {
    EXPECT_EQ(base::printable("550 \x1b[2Jno\r\n", 100), "550 ?[2Jno??");
    EXPECT_EQ(
        base::printable(
            "\xff\xc2\x9b"
            "ok",
            100
        ),
        "??ok"
    );
    EXPECT_EQ(base::printable("abcdef", 3), "abc…");
    EXPECT_EQ(base::printable("größe", 100), "größe");
}

TEST(Text, Utf8FollowsRfc3629) {
    EXPECT_TRUE(base::is_utf8("aé€😀"));
    for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
        EXPECT_FALSE(base::is_utf8(bad));
}

TEST(Random, SameSeedSameNumbersAndKnownFirstValue) {
    base::SeededRandom one(42);
    base::SeededRandom two(42);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(one.next(), two.next());
    // Published first output of xoshiro256** seeded by splitmix64(0).
    EXPECT_EQ(base::SeededRandom(0).next(), 11091344671253066420ULL);
}

TEST(Random, BelowIsEven) {
    base::SeededRandom random(7);
    std::array<int, 6> counts{};
    for (int i = 0; i < 60'000; ++i) ++counts[random.below(6)];
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Random, ShuffleKeepsEveryValue) {
    base::SeededRandom random(7);
    std::vector<int> values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::vector<int> shuffled = values;
    random.shuffle(shuffled);
    EXPECT_NE(shuffled, values);
    EXPECT_THAT(shuffled, testing::UnorderedElementsAreArray(values));
}

TEST(Crypto, HmacMatchesRfc4231) {
    EXPECT_EQ(
        base::hex_encode(base::hmac_sha256("Jefe", "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

TEST(Crypto, HashMatchesFips180) {
    EXPECT_EQ(
        base::hex_encode(base::sha256("abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

TEST(Crypto, SealedSecretsOpenOnlyWithTheirKeyAndRow) {
    base::SeededRandom random(1);
    const std::string key = random.bytes(32);
    const std::string sealed = base::seal(key, "secret", "mailbox:1", random);
    EXPECT_EQ(base::open_sealed(key, sealed, "mailbox:1"), "secret");
    EXPECT_EQ(base::open_sealed(key, sealed, "mailbox:2"), std::nullopt);
    EXPECT_EQ(base::open_sealed(random.bytes(32), sealed, "mailbox:1"), std::nullopt);
    EXPECT_EQ(base::open_sealed(key, "short", "mailbox:1"), std::nullopt);
    EXPECT_EQ(sealed.find("secret"), std::string::npos);
}

TEST(Crypto, SealsRepeatably) {
    const std::string key(32, 'k');
    const std::string sealed = base::seal_repeatably(key, "secret", "purpose");
    EXPECT_EQ(base::open_sealed(key, sealed, "purpose"), "secret");
    EXPECT_EQ(base::open_sealed(key, sealed, "another"), std::nullopt);
    EXPECT_EQ(sealed, base::seal_repeatably(key, "secret", "purpose"));
    // No two of them share a nonce, not even where only the border between the texts differs.
    const std::string other = base::seal_repeatably(key, "esecret", "purpos");
    EXPECT_NE(sealed.substr(0, 24), other.substr(0, 24));
    EXPECT_NE(sealed.substr(0, 24), base::seal_repeatably(key, "secres", "purpose").substr(0, 24));
}

TEST(MessageId, IsParsedWithAndWithoutBrackets) {
    EXPECT_EQ(base::MessageId::parse(" <a@b> ")->str(), "a@b");
    EXPECT_EQ(base::MessageId::parse("a@b")->bracketed(), "<a@b>");
    for (const char* bad : {"", "<>", "<a b@c>", "<a@b", "a\r\nBcc: x"})
        EXPECT_FALSE(base::MessageId::parse(bad));
}

TEST(MessageId, ReferencesAreReadInOrder) {
    const auto ids = base::parse_message_ids("<a@x> junk\r\n\t<b@x><c@x> <bad id>");
    ASSERT_EQ(ids.size(), 3U);
    EXPECT_EQ(ids[2].str(), "c@x");
}

TEST(MessageId, GeneratedOnesAreOfTheDomainAndDiffer) {
    base::SeededRandom random(1);
    const auto one = base::MessageId::generate("co.test", random);
    EXPECT_TRUE(one.str().ends_with("@co.test"));
    EXPECT_NE(one, base::MessageId::generate("co.test", random));
}

TEST(Log, MasksSecretsAtTheSink) {
    std::vector<std::string> lines;
    auto before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    base::log::mask("hunter22");
    base::log::error("test", "login with {} failed", "hunter22");
    base::log::debug("test", "dropped");
    base::log::set_sink(before);
    EXPECT_THAT(lines, testing::ElementsAre("login with *** failed"));
}

TEST(Log, KeepsTheLastTwoOfASecretThatIsReplaced) {
    std::vector<std::string> lines;
    auto before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    for (const char* token : {"token-1st", "token-2nd", "token-2nd", "token-3rd"})
        base::log::mask_latest("test", token);
    base::log::error("test", "{} {} {}", "token-1st", "token-2nd", "token-3rd");
    base::log::set_sink(before);
    EXPECT_THAT(lines, testing::ElementsAre("token-1st *** ***"));
}
