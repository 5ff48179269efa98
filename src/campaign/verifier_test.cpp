#include "campaign/verifier.h"

namespace campaign {
namespace {

TEST(Verifier, ReadsWordsAndJson) {
    const std::vector<std::pair<const char*, Verification>> cases = {
        {"valid\n", Verification::valid},
        {"VALID: mailbox exists", Verification::valid},
        {"invalid no such user", Verification::invalid},
        {"risky", Verification::risky},
        {"unknown", Verification::unknown},
        {"", Verification::unknown},
        {"yes!", Verification::unknown},
        {R"({"status": "deliverable"})", Verification::valid},
        {R"({"result": "undeliverable", "score": 3})", Verification::invalid},
        {R"({"verdict": "catch-all"})", Verification::risky},
        {R"({"data": {"result": "accept_all"}})", Verification::risky},
        {R"({"status": "success", "result": "do_not_mail"})", Verification::invalid},
        {R"({"status": 200})", Verification::unknown},
        {R"({"data": {"data": {"status": "valid"}}})", Verification::unknown},
        {R"({"status": "val)", Verification::unknown},
        {"[1]", Verification::unknown},
    };
    for (const auto& [answer, verdict] : cases)
        EXPECT_EQ(to_string(read_verifier_answer(answer).verdict), to_string(verdict)) << answer;
}

TEST(Verifier, PutsAddressAndKeyIntoItsUrl) {
    EXPECT_EQ(
        verifier_url("https://v.example/?e={email}&k={key}", "a+b@x.example", "s/1"),
        "https://v.example/?e=a%2Bb%40x.example&k=s%2F1"
    );
    EXPECT_EQ(read_verifier("command:/bin/v").kind, VerifierSpec::Kind::command);
    EXPECT_EQ(read_verifier("command:/bin/v").target, "/bin/v");
    EXPECT_EQ(read_verifier("https://v.example/{email}").kind, VerifierSpec::Kind::url);
    EXPECT_EQ(read_verifier("").kind, VerifierSpec::Kind::none);
}

}  // namespace
}  // namespace campaign
