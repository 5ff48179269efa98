// Words of SMTP (RFC 5321) that the session and its users share.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/email.h"
#include "base/error.h"
#include "net/dialer.h"

namespace smtp {

// The command a reply answers.
enum class Command { greeting, ehlo, helo, starttls, auth, mail, rcpt, data, dot, rset, quit };
std::string_view to_string(Command command);

struct Reply {
    int code = 0;
    std::string enhanced;            // RFC 3463 "5.7.1", empty where the server gave none
    std::vector<std::string> lines;  // text of each line without code and enhanced code; untrusted
    Command command = Command::greeting;

    bool positive() const { return code >= 200 && code < 400; }
    bool transient() const { return code >= 400 && code < 500; }
    bool permanent() const { return code >= 500; }
    // "550 5.1.1 no such user": one line, as stored in emails.server_reply (at most 500 bytes,
    // printable).
    std::string str() const;
};

// A refusal as an error: code, enhanced code and the server's words; unavailable for 4xx, refused
// for 5xx, unauthenticated for 5xx to AUTH.
base::Error to_error(const Reply& reply);

enum class Login {
    password,
    bearer,  // an OAuth2 access token, by XOAUTH2 or OAUTHBEARER, whichever the server offers
};

struct Credentials {
    std::string login;
    std::string password;  // or the access token
    Login method = Login::password;
};

struct SessionSettings {
    // What follows EHLO: an address literal such as "[127.0.0.1]" or a configured name, never
    // "localhost".
    std::string ehlo_name = "[127.0.0.1]";
    std::optional<Credentials> credentials;  // none: AUTH is skipped
};

struct Envelope {
    base::Email from;
    base::Email to;
};

}  // namespace smtp
