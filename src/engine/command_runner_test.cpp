// Real programs on the real loop; each ends by itself or by its limit.
#include "engine/command_runner.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/verifiers.h"
#include "net/asio_loop.h"

namespace engine {
namespace {

class CommandRunner : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = "/tmp/pilotlight-command-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string script(const std::string& text) {
        const std::string path = folder_ + "/program";
        std::ofstream(path) << "#!/bin/sh\n" << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    base::Result<CommandOutcome> run(std::vector<std::string> command, CommandLimits limits = {}) {
        return base::run_to_end(loop_, run_command(loop_, std::move(command), limits));
    }
    campaign::VerifierAnswer verify(const std::string& program) {
        return base::run_to_end(
            loop_,
            make_verifier({campaign::VerifierSpec::Kind::command, program}, loop_, http_, "")
                ->verify("ann@shop.example")
        );
    }
    // The command form sends nothing.
    class NoHttp : public net::HttpClient {
        base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest) override {
            co_return base::fail(base::ErrorCode::network, "http", "no network here");
        }
    };

    std::string folder_;
    net::AsioLoop loop_;
    NoHttp http_;
};

TEST_F(CommandRunner, GivesOutputAndExitStatus) {
    const auto outcome = run({script("echo \"$1;$2\"; exit 3\n"), "a b", "$HOME"});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->output, "a b;$HOME\n");
    EXPECT_EQ(outcome->exit_status, 3);
}

TEST_F(CommandRunner, HandsNoKeyOn) {
    ::setenv("PILOTLIGHT_KEY", "secret", 1);
    const auto outcome = run({"/usr/bin/env"});
    ::unsetenv("PILOTLIGHT_KEY");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->output.find("secret"), std::string::npos);
    EXPECT_NE(outcome->output.find("PATH="), std::string::npos);
}

TEST_F(CommandRunner, EndsWhatTakesTooLongWithWhatItStarted) {
    const std::string mark = folder_ + "/late";
    const auto outcome =
        run({script("(sleep 1; touch " + mark + ") & sleep 100\n")},
            {.patience = std::chrono::milliseconds(200)});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, base::ErrorCode::timed_out);
    const auto waited = run({"/bin/sleep", "1.2"});
    EXPECT_TRUE(waited);
    EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST_F(CommandRunner, CutsEndlessOutput) {
    const auto outcome = run({script("yes | head -c 300000\n")}, {.output_max = 1000});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->output.size(), 1000u);
    EXPECT_EQ(outcome->exit_status, 0);
}

// One that writes without end ends by its time, and does not hold the loop.
TEST_F(CommandRunner, EndsWhatWritesForEver) {
    const auto outcome =
        run({script("exec yes\n")},
            {.patience = std::chrono::milliseconds(300), .output_max = 1000});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, base::ErrorCode::timed_out);
}

TEST_F(CommandRunner, SaysWhatDoesNotStart) {
    EXPECT_EQ(run({folder_ + "/none"}).error().code, base::ErrorCode::not_found);
    std::ofstream(folder_ + "/plain") << "text";
    EXPECT_EQ(run({folder_ + "/plain"}).error().code, base::ErrorCode::permission);
}

TEST_F(CommandRunner, VerifiesByItsOutputAndStatus) {
    using campaign::Verification;
    const auto verdict = [&](const std::string& text) { return verify(script(text)).verdict; };
    EXPECT_EQ(verdict("test \"$1\" = ann@shop.example && echo valid\n"), Verification::valid);
    EXPECT_EQ(verdict("echo invalid\n"), Verification::invalid);
    EXPECT_EQ(verdict("echo valid; exit 1\n"), Verification::unknown);
    EXPECT_EQ(verify(folder_ + "/none").verdict, Verification::unknown);
}

// Answers with what it was given, and keeps the request.
class OneAnswer : public net::HttpClient {
  public:
    net::HttpResponse answer;
    net::HttpRequest asked;
    base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override {
        asked = std::move(request);
        co_return answer;
    }
};

TEST_F(CommandRunner, VerifiesByAnUrl) {
    OneAnswer http;
    http.answer.status = 200;
    http.answer.body = R"({"status": "deliverable"})";
    const auto verifier = make_verifier(
        {campaign::VerifierSpec::Kind::url, "https://v.example/?e={email}&k={key}"},
        loop_,
        http,
        "my key"
    );
    const auto ask = [&] {
        return base::run_to_end(loop_, verifier->verify("ann+x@shop.example")).verdict;
    };
    EXPECT_EQ(ask(), campaign::Verification::valid);
    EXPECT_EQ(http.asked.url, "https://v.example/?e=ann%2Bx%40shop.example&k=my%20key");
    http.answer.status = 429;
    EXPECT_EQ(ask(), campaign::Verification::unknown);
    EXPECT_EQ(make_verifier({}, loop_, http, ""), nullptr);
}

}  // namespace
}  // namespace engine
