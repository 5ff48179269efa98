#include "net/sasl.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

namespace net {
namespace {

constexpr std::size_t kChallengeBytesMax = 4096;
constexpr std::size_t kStatusBytesMax = 60;

// RFC 5801 section 4: "," and "=" separate in a GS2 header.
std::string saslname(std::string_view login) {
    std::string name = base::replace_all(std::string(login), "=", "=3D");
    return base::replace_all(std::move(name), ",", "=2C");
}

}  // namespace

std::string_view to_string(TokenMechanism mechanism) {
    return mechanism == TokenMechanism::xoauth2 ? "XOAUTH2" : "OAUTHBEARER";
}

bool is_token(std::string_view token) {
    const auto good = [](char c) { return c > 0x20 && c < 0x7f; };
    return !token.empty() && std::ranges::all_of(token, good);
}

std::string token_response(
    TokenMechanism mechanism, std::string_view login, std::string_view token
) {
    std::string message = mechanism == TokenMechanism::xoauth2 ? "user=" + std::string(login)
                                                               : "n,a=" + saslname(login) + ",";
    message
        .append(
            "\x01"
            "auth=Bearer "
        )
        .append(token)
        .append("\x01\x01");
    return base::base64_encode(message);
}

std::string_view answer_to_refusal(TokenMechanism mechanism) {
    return mechanism == TokenMechanism::xoauth2 ? "" : "AQ==";
}

std::string token_refusal(std::string_view challenge) {
    if (challenge.size() > kChallengeBytesMax) return {};
    const std::optional<std::string> text = base::base64_decode(base::trim(challenge));
    if (!text) return {};
    boost::system::error_code error;
    const boost::json::value json = boost::json::parse(*text, error);
    if (error || !json.is_object()) return {};
    const boost::json::value* status = json.get_object().if_contains("status");
    if (status == nullptr) return {};
    if (status->is_int64()) return std::to_string(status->get_int64());
    if (!status->is_string()) return {};
    return base::printable(std::string_view(status->get_string()), kStatusBytesMax);
}

}  // namespace net
