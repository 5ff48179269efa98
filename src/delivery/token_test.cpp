#include "delivery/token.h"

TEST(TokenMint, RecognisesItsOwnTokensOnly) {
    const delivery::TokenMint mint("a key");
    const std::string token = mint.mint(delivery::Side::warmup, "abcdefghij012345");
    const auto claim = mint.check(" " + token + "\r\n");
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->side, delivery::Side::warmup);
    EXPECT_EQ(claim->nonce, "abcdefghij012345");
    EXPECT_FALSE(delivery::TokenMint("another key").check(token));
}

TEST(TokenMint, NoChangedByteIsAccepted) {
    const delivery::TokenMint mint("a key");
    const std::string token = mint.mint(delivery::Side::campaign, "abcdefghij012345");
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'w' ? 'c' : 'w';
        EXPECT_FALSE(mint.check(changed)) << i;
    }
    for (const char* bad : {"", "w", "campaign"}) EXPECT_FALSE(mint.check(bad));
}

TEST(TokenMint, FindsItsTokensInSubjectsAndHeaders) {
    using delivery::Side;
    const delivery::TokenMint mint("a key");
    const std::string ours = mint.mint(Side::campaign, "abcdefghij012345");
    const std::string warm = mint.mint(Side::warmup, "abcdefghij012345");
    const std::string other =
        delivery::TokenMint("another").mint(Side::campaign, "abcdefghij012345");
    const std::vector<std::string> one = {ours};
    EXPECT_EQ(mint.find("unsubscribe " + ours, Side::campaign), one);
    EXPECT_EQ(
        mint.find("<mailto:a@b.test?subject=unsubscribe%20" + ours + ">", Side::campaign), one
    );
    EXPECT_EQ(mint.find(ours + " and again " + ours + "\n" + warm + other, Side::campaign), one);
    EXPECT_EQ(mint.find("X-A: " + warm + "\r\n", Side::warmup), std::vector<std::string>{warm});
    for (const std::string& none : {std::string(), ours + "x", ours.substr(1), other, warm})
        EXPECT_TRUE(mint.find(none, Side::campaign).empty()) << none;
}
