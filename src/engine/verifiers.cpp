#include "engine/verifiers.h"

#include <fmt/format.h>

#include "engine/command_runner.h"

namespace engine {

namespace {

using campaign::Verification;
using campaign::VerifierAnswer;

class CommandVerifier : public campaign::Verifier {
  public:
    CommandVerifier(base::Clock& clock, std::string path) : clock_(clock), path_(std::move(path)) {}

    base::Task<VerifierAnswer> verify(std::string email) override {
        // A program would take it for an option; import refuses such addresses.
        if (email.starts_with('-'))
            co_return VerifierAnswer{Verification::unknown, "the address starts with '-'"};
        std::vector<std::string> command = {path_, std::move(email)};
        const base::Result<CommandOutcome> outcome =
            co_await run_command(clock_, std::move(command));
        if (!outcome) co_return VerifierAnswer{Verification::unknown, outcome.error().message};
        if (outcome->exit_status != 0)
            co_return VerifierAnswer{
                Verification::unknown, fmt::format("its exit status was {}", outcome->exit_status)
            };
        co_return campaign::read_verifier_answer(outcome->output);
    }

  private:
    base::Clock& clock_;
    std::string path_;
};

class UrlVerifier : public campaign::Verifier {
  public:
    UrlVerifier(net::HttpClient& http, std::string url, std::string key)
        : http_(http), url_(std::move(url)), key_(std::move(key)) {}

    base::Task<VerifierAnswer> verify(std::string email) override {
        net::HttpRequest request;
        request.url = campaign::verifier_url(url_, email, key_);
        request.headers = {{"Accept", "application/json"}};
        request.timeout = std::chrono::seconds(30);
        request.response_bytes_max = 64 * 1024;
        request.allow_private_addresses = true;  // it stands in the owner's own file
        const base::Result<net::HttpResponse> response = co_await http_.send(std::move(request));
        if (!response) co_return VerifierAnswer{Verification::unknown, response.error().message};
        if (response->status != 200)
            co_return VerifierAnswer{
                Verification::unknown, fmt::format("it answered with HTTP {}", response->status)
            };
        co_return campaign::read_verifier_answer(response->body);
    }

  private:
    net::HttpClient& http_;
    std::string url_;
    std::string key_;
};

}  // namespace

std::unique_ptr<campaign::Verifier> make_verifier(
    const campaign::VerifierSpec& spec, base::Clock& clock, net::HttpClient& http, std::string key
) {
    switch (spec.kind) {
        case campaign::VerifierSpec::Kind::command:
            return std::make_unique<CommandVerifier>(clock, spec.target);
        case campaign::VerifierSpec::Kind::url:
            return std::make_unique<UrlVerifier>(http, spec.target, std::move(key));
        case campaign::VerifierSpec::Kind::none:
            break;
    }
    return nullptr;
}

}  // namespace engine
