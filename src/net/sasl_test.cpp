#include "net/sasl.h"

#include "base/text.h"

namespace {

using net::TokenMechanism;

TEST(Sasl, SaysATokenAsGoogleAndMicrosoftDocumentIt) {
    // The example of Google's page on the XOAUTH2 protocol.
    EXPECT_EQ(
        net::token_response(
            TokenMechanism::xoauth2,
            "someuser@example.com",
            "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
        ),
        "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSF"
        "JoZG1sem"
        "RHRXVZMjl0Q2cBAQ=="
    );
}

TEST(Sasl, SaysATokenAsRfc7628HasIt) {
    const auto bearer = [](std::string_view login) {
        return base::base64_decode(net::token_response(
                                       TokenMechanism::oauthbearer,
                                       login,
                                       "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
                                   ))
            .value_or("no base64");
    };
    EXPECT_EQ(
        bearer("user@example.com"),
        "n,a=user@example.com,\x01"
        "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    );
    EXPECT_TRUE(bearer("a,b=c@example.com").starts_with("n,a=a=2Cb=3Dc@example.com,\x01"));
}

TEST(Sasl, KnowsWhatIsNoToken) {
    EXPECT_TRUE(net::is_token("ya29.a0-_~+/=="));
    for (const std::string_view bad :
         {"",
          "a b",
          "a\x01"
          "b",
          "a\r\nb",
          "caf\xc3\xa9"})
        EXPECT_FALSE(net::is_token(bad)) << bad;
}

TEST(Sasl, ReadsTheStatusOfARefusal) {
    const auto status = [](std::string_view json) {
        return net::token_refusal(base::base64_encode(json));
    };
    EXPECT_EQ(
        status(R"({"status":"401","schemes":"bearer","scope":"https://mail.example.com/"})"), "401"
    );
    EXPECT_EQ(status(R"({"status":"invalid_token","scope":"mail"})"), "invalid_token");
    EXPECT_EQ(status(R"({"status":400})"), "400");
    EXPECT_EQ(status(R"({"status":"\u001b[31mred"})"), "?[31mred");
    EXPECT_EQ(status(R"({"status":{"a":1}})"), "");
    EXPECT_EQ(status(R"(["status"])"), "");
    EXPECT_EQ(status("{"), "");
    EXPECT_EQ(status(std::string(5000, '[')), "");
    EXPECT_LE(status("{\"status\":\"" + std::string(500, 'x') + "\"}").size(), 64U);
    EXPECT_EQ(net::token_refusal(""), "");
    EXPECT_EQ(net::token_refusal("not base64!"), "");
}

}  // namespace
