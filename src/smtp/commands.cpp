#include "smtp/commands.h"

#include <algorithm>

#include "base/text.h"
#include "net/sasl.h"

namespace smtp {

namespace {

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
}

bool is_ascii(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return (c & 0x80) != 0; });
}

base::Result<> check_address(
    const base::Email& address, std::string stage, std::string_view whose
) {
    if (!address.empty() && !has_control(address.str())) return {};
    return base::fail(
        base::ErrorCode::invalid_input,
        std::move(stage),
        "the " + std::string(whose) + " address '" + base::printable(address.str(), 120) +
            "' is empty or holds a control character"
    );
}

std::unexpected<base::Error> unsupported(std::string message) {
    return base::fail(base::ErrorCode::unsupported, "smtp.mail", std::move(message));
}

}  // namespace

base::Result<> check_ehlo_name(std::string_view name) {
    const bool good = !name.empty() && !has_control(name) &&
                      name.find(' ') == std::string_view::npos &&
                      !base::equals_ignoring_case(name, "localhost");
    if (good) return {};
    return base::fail(
        base::ErrorCode::invalid_input,
        "smtp.ehlo",
        "'" + base::printable(name, 120) +
            "' is no name to greet a server with; use a host name or an address literal like "
            "[192.0.2.1]"
    );
}

base::Result<std::string> mail_command(
    const Envelope& envelope, const DataBlock& block, const Capabilities& capabilities
) {
    const base::Result<> good = check_address(envelope.from, "smtp.mail", "sender's");
    if (!good) return base::pass_on(good);
    std::string command = "MAIL FROM:<" + envelope.from.str() + ">";
    if (capabilities.size) {
        const std::uint64_t limit = capabilities.size_bytes_max;
        if (limit != 0 && block.size_bytes > limit) {
            return base::fail(
                base::ErrorCode::limit_exceeded,
                "smtp.mail",
                "the message has " + std::to_string(block.size_bytes) +
                    " bytes, the server takes " + std::to_string(limit)
            );
        }
        command += " SIZE=" + std::to_string(block.size_bytes);
    }
    if (block.eight_bit) {
        if (!capabilities.eight_bit_mime)
            return unsupported(
                "the message has 8-bit text and the server offers no 8BITMIME; encode the text as "
                "quoted-printable"
            );
        command += " BODY=8BITMIME";
    }
    if (!is_ascii(envelope.from.str()) || !is_ascii(envelope.to.str())) {
        if (!capabilities.smtputf8)
            return unsupported(
                "an address is not ASCII ('" + envelope.from.str() + "' to '" + envelope.to.str() +
                "') and the server offers no SMTPUTF8"
            );
        command += " SMTPUTF8";
    }
    return command + "\r\n";
}

base::Result<std::string> rcpt_command(const Envelope& envelope) {
    const base::Result<> good = check_address(envelope.to, "smtp.rcpt", "recipient's");
    if (!good) return base::pass_on(good);
    return "RCPT TO:<" + envelope.to.str() + ">\r\n";
}

std::string plain_response(const Credentials& credentials) {
    std::string response;
    response += '\0';
    response += credentials.login;
    response += '\0';
    response += credentials.password;
    return base::base64_encode(response);
}

std::vector<std::string> secrets_of(const Credentials& credentials) {
    const std::string& secret = credentials.password;
    if (credentials.method == Login::password)
        return {plain_response(credentials), base::base64_encode(secret), secret};
    return {
        net::token_response(net::TokenMechanism::xoauth2, credentials.login, secret),
        net::token_response(net::TokenMechanism::oauthbearer, credentials.login, secret),
        secret,
    };
}

base::Result<> check_credentials(const Credentials& credentials) {
    const auto bad = [](const std::string& text) {
        return text.empty() || text.find('\0') != std::string::npos;
    };
    const bool bearer = credentials.method == Login::bearer;
    const bool no_token = bearer && !net::is_token(credentials.password);
    const bool no_login = bearer && has_control(credentials.login);
    if (no_token || no_login) {
        return base::fail(
            base::ErrorCode::invalid_input,
            "smtp.auth",
            no_token ? "the access token is empty or holds what no token can"
                     : "the login holds a control character"
        );
    }
    if (!bad(credentials.login) && !bad(credentials.password)) return {};
    return base::fail(
        base::ErrorCode::invalid_input,
        "smtp.auth",
        "the login or the password is empty or holds a NUL; set both for this mailbox"
    );
}

}  // namespace smtp
