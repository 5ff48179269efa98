#include "mailbox/oauth_messages.h"

#include "base/crypto.h"
#include "base/text.h"
#include "mailbox/oauth_flow.h"

namespace {

using Kind = mailbox::TokenRefusal::Kind;
using std::chrono::seconds;

mailbox::OAuthClient client() {
    mailbox::OAuthClient made;
    made.issuer = "google";
    made.client_id = "id & co";
    made.client_secret = "s3cret/+";
    made.authorize_url = "https://login.test/auth";
    made.token_url = "https://login.test/token";
    made.scopes = {"https://mail.test/read", "https://mail.test/send", "offline_access"};
    made.parameters = {{"access_type", "offline"}};
    return made;
}

net::HttpResponse answer(int status, std::string body) { return {status, {}, std::move(body)}; }

// The pair of a query or form, which must be there once.
std::string value(const std::string& query, const std::string& name) {
    std::vector<std::string> found;
    for (const auto& [key, text] : mailbox::form_decode(query))
        if (key == name) found.push_back(text);
    EXPECT_EQ(found.size(), 1U) << name;
    return found.empty() ? "" : found.front();
}

}  // namespace

TEST(OAuthForm, WhatIsEncodedComesBack) {
    std::string every;
    for (int byte = 1; byte < 256; ++byte) every += static_cast<char>(byte);
    const mailbox::Form form = {{"a b&=", every}, {"empty", ""}, {"ü", "%41+"}};
    EXPECT_EQ(mailbox::form_decode(mailbox::form_encode(form)), form);
}

TEST(OAuthForm, BadEscapesStayAsTheyStand) {
    const mailbox::Form form = mailbox::form_decode("a=%&b=%4&c=%zz&&d&e=1=2");
    const mailbox::Form expected = {{"a", "%"}, {"b", "%4"}, {"c", "%zz"}, {"d", ""}, {"e", "1=2"}};
    EXPECT_EQ(form, expected);
}

// RFC 7636, appendix B has the pair; here: the challenge is S256 of a verifier of full length.
TEST(Pkce, ChallengesByS256OfAFreshVerifier) {
    base::SeededRandom random(7);
    const mailbox::Pkce one = mailbox::make_pkce(random);
    const mailbox::Pkce two = mailbox::make_pkce(random);
    EXPECT_NE(one.verifier, two.verifier);
    EXPECT_EQ(one.verifier.size(), 43U);
    EXPECT_EQ(one.challenge, base::base64url_encode(base::sha256(one.verifier)));
    EXPECT_EQ(
        base::base64url_encode(base::sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

TEST(OAuthRequests, TheBrowserIsSentWithChallengeStateAndHint) {
    const mailbox::Pkce pkce{"verifier-secret", "challenge"};
    const std::string url = mailbox::authorize_url(
        client(), "http://127.0.0.1:4711/", "state!", pkce, "ann@example.com"
    );
    EXPECT_TRUE(url.starts_with("https://login.test/auth?")) << url;
    const std::string query = url.substr(url.find('?') + 1);
    EXPECT_EQ(value(query, "redirect_uri"), "http://127.0.0.1:4711/");
    EXPECT_EQ(value(query, "state"), "state!");
    EXPECT_EQ(value(query, "code_challenge"), "challenge");
    EXPECT_EQ(value(query, "code_challenge_method"), "S256");
    EXPECT_EQ(value(query, "client_id"), "id & co");
    EXPECT_EQ(value(query, "login_hint"), "ann@example.com");
    EXPECT_EQ(value(query, "access_type"), "offline");
    EXPECT_EQ(
        value(query, "scope"), "https://mail.test/read https://mail.test/send offline_access"
    );
    EXPECT_EQ(url.find("verifier-secret"), std::string::npos);
    EXPECT_EQ(url.find("s3cret"), std::string::npos);
}

TEST(OAuthRequests, TokensAreAskedForByPostWithTheSecretInTheBody) {
    const mailbox::Pkce pkce{"verifier", "challenge"};
    const net::HttpRequest code = mailbox::code_request(client(), "4/c", "http://h/", pkce);
    EXPECT_EQ(code.method, "POST");
    EXPECT_EQ(code.url, "https://login.test/token");
    EXPECT_EQ(value(code.body, "grant_type"), "authorization_code");
    EXPECT_EQ(value(code.body, "code_verifier"), "verifier");
    EXPECT_EQ(value(code.body, "client_secret"), "s3cret/+");
    const net::HttpRequest refresh = mailbox::refresh_request(client(), "1//r");
    EXPECT_EQ(value(refresh.body, "grant_type"), "refresh_token");
    EXPECT_EQ(value(refresh.body, "refresh_token"), "1//r");
    mailbox::OAuthClient open = client();
    open.client_secret.clear();
    EXPECT_EQ(mailbox::refresh_request(open, "r").body.find("client_secret"), std::string::npos);
    EXPECT_FALSE(refresh.allow_private_addresses);
}

TEST(OAuthRedirect, GivesTheCodeOfOurOwnLoginOnly) {
    const auto code = [](std::string_view address) {
        return mailbox::code_in_redirect(address, "st/ate");
    };
    EXPECT_EQ(code("/?code=4%2Fabc&state=st%2Fate").value(), "4/abc");
    EXPECT_EQ(code(" http://127.0.0.1:9/?state=st%2Fate&code=c&scope=x#frag\n").value(), "c");
    for (const char* wrong :
         {"", "4/abc", "/?code=c", "/?code=c&state=other", "/?state=st%2Fate", "/?code=c&state="})
        EXPECT_EQ(code(wrong).error().code, base::ErrorCode::invalid_input) << wrong;
    const auto refused = code("/?error=access_denied&error_description=no%0Away&state=st%2Fate");
    EXPECT_EQ(refused.error().code, base::ErrorCode::cancelled);
    EXPECT_EQ(refused.error().server_words, "access_denied: no?way");
    // Somebody else's refusal does not end our login.
    EXPECT_EQ(code("/?error=access_denied&state=x").error().code, base::ErrorCode::invalid_input);
}

TEST(TokenAnswers, ReadWhatASuccessBrings) {
    const auto tokens = mailbox::read_token_answer(
        answer(
            200,
            R"({"access_token": "at-1", "token_type": "Bearer", "expires_in": 3599, "scope": "a b",
                "refresh_token": "rt-1", "refresh_token_expires_in": "604799"})"
        ),
        {}
    );
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->access_token, "at-1");
    EXPECT_EQ(tokens->lifetime, seconds(3599));
    EXPECT_EQ(tokens->refresh_token, "rt-1");
    EXPECT_EQ(tokens->refresh_lifetime, seconds(604'799));
    EXPECT_EQ(tokens->scope, "a b");
}

TEST(TokenAnswers, WithoutRefreshTokenTheOldOneGoesOn) {
    const auto tokens = mailbox::read_token_answer(
        answer(200, R"({"access_token": "at", "token_type": "bearer"})"), {}
    );
    ASSERT_TRUE(tokens);
    EXPECT_FALSE(tokens->refresh_token);
    EXPECT_EQ(tokens->lifetime, seconds(600));
}

TEST(TokenAnswers, EachRefusalHasItsMeaning) {
    const std::pair<const char*, Kind> kCases[] = {
        {"invalid_grant", Kind::grant},
        {"interaction_required", Kind::grant},
        {"invalid_client", Kind::client},
        {"invalid_scope", Kind::client},
        {"authorization_pending", Kind::pending},
        {"slow_down", Kind::slow_down},
        {"access_denied", Kind::declined},
        {"authorization_declined", Kind::declined},
        {"expired_token", Kind::expired},
        {"server_error", Kind::later},
        {"temporarily_unavailable", Kind::later},
        {"something_new", Kind::later},
    };
    for (const auto& [code, kind] : kCases) {
        const auto refused =
            mailbox::read_token_answer(answer(400, fmt::format(R"({{"error": "{}"}})", code)), {});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, kind) << code;
        // A server in trouble is not believed when it says that a token is bad.
        EXPECT_EQ(
            mailbox::read_token_answer(answer(503, fmt::format(R"({{"error": "{}"}})", code)), {})
                .error()
                .kind,
            Kind::later
        );
    }
}

TEST(TokenAnswers, WhatIsNoOAuthAnswerSaysNothingOfTheToken) {
    const std::string long_token(20'000, 'x');
    for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
             {200, ""},
             {200, "<html>Log in to the hotel's network</html>"},
             {200, "[]"},
             {200, R"({"token_type": "bearer"})"},
             {200, R"({"access_token": "", "token_type": "bearer"})"},
             {200, R"({"access_token": "a b", "token_type": "bearer"})"},
             {200, R"({"access_token": "a\u0000b", "token_type": "bearer"})"},
             {200, R"({"access_token": "a", "token_type": "mac"})"},
             {200, R"({"access_token": ")" + long_token + R"(", "token_type": "bearer"})"},
             {302, ""},
             {400, "bad request"},
             {400, R"({"error": {"code": 400}})"},
             {407, ""},
             {500, R"({"error": "invalid_grant"})"}
         }) {
        const auto refused = mailbox::read_token_answer(answer(status, body), {});
        ASSERT_FALSE(refused) << body;
        EXPECT_EQ(refused.error().kind, Kind::later) << body;
    }
}

TEST(TokenAnswers, WordsAreMadeSafe) {
    const auto refused = mailbox::read_token_answer(
        answer(
            400,
            R"({"error": "invalid_grant", "error_description": "token 1//rt-secret\u001b[2J is bad"})"
        ),
        {"1//rt-secret", ""}
    );
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().words, "invalid_grant: token ***?[2J is bad");
}

TEST(TokenAnswers, UntickedScopesAreNamed) {
    mailbox::Tokens tokens;
    EXPECT_TRUE(mailbox::missing_scopes(client(), tokens).empty());
    tokens.scope = "https://mail.test/READ openid";
    EXPECT_EQ(
        mailbox::missing_scopes(client(), tokens),
        std::vector<std::string>{"https://mail.test/send"}
    );
    tokens.refresh_token = "rt";
    EXPECT_EQ(mailbox::check_grant(client(), tokens).error().code, base::ErrorCode::invalid_input);
    tokens.scope = "https://mail.test/read https://mail.test/send";
    EXPECT_TRUE(mailbox::check_grant(client(), tokens));
    tokens.refresh_token.reset();
    EXPECT_EQ(mailbox::check_grant(client(), tokens).error().code, base::ErrorCode::unsupported);
}

TEST(DeviceAnswers, AreCompleteOrRefused) {
    const auto code = mailbox::read_device_answer(answer(
        200,
        R"({"device_code": "dc", "user_code": "ABCD-1234", "expires_in": 900,
            "verification_uri": "https://login.test/device", "interval": 7})"
    ));
    ASSERT_TRUE(code);
    EXPECT_EQ(code->user_code, "ABCD-1234");
    EXPECT_EQ(code->interval, seconds(7));
    EXPECT_EQ(code->lifetime, seconds(900));
    EXPECT_EQ(
        mailbox::read_device_answer(answer(200, R"({"device_code": "dc"})")).error().code,
        base::ErrorCode::protocol
    );
    EXPECT_EQ(
        mailbox::read_device_answer(answer(400, R"({"error": "unauthorized_client"})"))
            .error()
            .code,
        base::ErrorCode::invalid_input
    );
    EXPECT_EQ(
        mailbox::read_device_answer(answer(502, "")).error().code, base::ErrorCode::unavailable
    );
}

// RFC 8628 section 3.5.
TEST(DeviceSteps, KeepToTheIntervalAndItsGrowth) {
    using Step = mailbox::DeviceStep::Kind;
    const auto step = [](Kind kind, int interval) {
        return mailbox::device_step(
            mailbox::TokenAnswer(std::unexpected(mailbox::TokenRefusal{kind, "", "", 400})),
            seconds(interval)
        );
    };
    EXPECT_EQ(step(Kind::pending, 5).kind, Step::poll_again);
    EXPECT_EQ(step(Kind::pending, 5).interval, seconds(5));
    EXPECT_EQ(step(Kind::slow_down, 5).kind, Step::poll_again);
    EXPECT_EQ(step(Kind::slow_down, 5).interval, seconds(10));
    EXPECT_EQ(step(Kind::later, 5).interval, seconds(10));
    EXPECT_EQ(mailbox::device_step(std::nullopt, seconds(5)).interval, seconds(10));
    EXPECT_EQ(mailbox::device_step(std::nullopt, seconds(50)).interval, seconds(60));
    for (const Kind kind : {Kind::declined, Kind::expired, Kind::grant, Kind::client})
        EXPECT_EQ(step(kind, 5).kind, Step::failed);
    EXPECT_EQ(mailbox::device_step(mailbox::Tokens{}, seconds(5)).kind, Step::done);
}
