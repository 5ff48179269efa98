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
