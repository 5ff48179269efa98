#include "llm/openai_client.h"

namespace llm {

namespace {

constexpr std::size_t kAnswerBytesMax = 1 << 20;

}  // namespace

OpenAiClient::OpenAiClient(Options options, net::HttpClient& http, base::Clock& clock)
    : options_(std::move(options)), http_(http), clock_(clock) {
    while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
}

net::HttpRequest OpenAiClient::request(
    const Question& question, const std::string& model, base::Duration timeout
) const {
    net::HttpRequest request;
    request.method = "POST";
    request.url = options_.base_url + "/chat/completions";
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    if (!options_.api_key.empty())
        request.headers.emplace_back("Authorization", "Bearer " + options_.api_key.reveal());
    request.body = request_body(question, options_.provider, model);
    request.timeout = timeout;
    request.response_bytes_max = kAnswerBytesMax;
    request.allow_private_addresses = options_.allow_private_addresses;
    return request;
}

base::Task<Attempt> OpenAiClient::ask_once(
    const Question& question, std::string model, base::Duration timeout
) {
    const std::string stage = "llm." + options_.provider;
    net::HttpRequest sent = request(question, model, timeout);
    const base::Result<net::HttpResponse> response = co_await http_.send(std::move(sent));
    if (response) {
        co_return read_response(
            *response, question, model, stage, options_.api_key.reveal(), clock_.now()
        );
    }
    base::Error error = response.error();
    error.stage = stage;
    co_return Attempt{std::unexpected(std::move(error)), {}};
}

}  // namespace llm
