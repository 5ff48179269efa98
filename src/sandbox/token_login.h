// What a client says to log in by an access token, as the servers read it: XOAUTH2 and OAUTHBEARER
// (RFC 7628). No code is shared with the client, so each checks the other.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

struct TokenLogin {
    std::string login;
    std::string access_token;
};

bool is_token_mechanism(std::string_view mechanism);
// Nothing where the initial response (base64) is malformed.
std::optional<TokenLogin> read_token_login(std::string_view mechanism, std::string_view base64);
// The challenge that tells of a refused token, in base64.
std::string token_challenge(std::string_view host);
// True for the one right answer to it.
bool answers_challenge(std::string_view mechanism, std::string_view line);

}  // namespace sandbox
