// What a client says to log in with an OAuth2 access token, in IMAP and SMTP alike: XOAUTH2 (Google
// and Microsoft, https://developers.google.com/gmail/imap/xoauth2-protocol) and OAUTHBEARER (RFC
// 7628). No state, no I/O.
//
// A server that refuses a token says why in a challenge, base64 of JSON; it has to be answered
// before the refusal proper comes. Its words are untrusted: at most 4 KiB are read, and what
// token_refusal() gives is printable and short.
#pragma once
#include <string>
#include <string_view>

namespace net {

enum class TokenMechanism { xoauth2, oauthbearer };

// "XOAUTH2", "OAUTHBEARER"
std::string_view to_string(TokenMechanism mechanism);
// True for a token that can be sent: not empty, printable ASCII without blanks (RFC 6750 section
// 2.1). What the messages use as separators can't be in it.
bool is_token(std::string_view token);
// The initial response in base64. `login` holds no control characters.
std::string token_response(
    TokenMechanism mechanism, std::string_view login, std::string_view token
);
// What answers the challenge of a refusal, in base64: nothing, or a lone ^A (RFC 7628 section
// 3.2.3).
std::string_view answer_to_refusal(TokenMechanism mechanism);
// The status in a refusal's challenge, such as "401" or "invalid_token"; empty where there is none.
std::string token_refusal(std::string_view challenge);

}  // namespace net
