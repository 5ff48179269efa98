#include <fmt/format.h>

#include "base/crypto.h"
#include "base/text.h"
#include "mailbox/oauth_messages.h"

namespace mailbox {

namespace {

bool is_unreserved(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || std::string_view("-._~").contains(letter);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (is_unreserved(letter))
            out += letter;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return out;
}

int hex_value(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                          hex_value(text[i + 2]) >= 0;
        if (pair) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string value_in(const Form& form, std::string_view name) {
    for (const auto& [key, value] : form)
        if (key == name) return value;
    return {};
}

std::unexpected<base::Error> bad_address(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "oauth", std::move(words));
}

net::HttpRequest post(const OAuthClient& client, const std::string& url, const Form& form) {
    net::HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {
        {"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}
    };
    request.body = form_encode(form);
    request.timeout = std::chrono::seconds(30);
    request.response_bytes_max = 256 << 10;
    request.allow_private_addresses = client.allow_private_addresses;
    return request;
}

// Who we are: in the form, since Google and Microsoft both take it there.
Form with_client(const OAuthClient& client, Form form) {
    form.emplace_back("client_id", client.client_id);
    if (!client.client_secret.empty()) form.emplace_back("client_secret", client.client_secret);
    return form;
}

}  // namespace

std::string form_encode(const Form& form) {
    std::string out;
    for (const auto& [name, value] : form)
        out += (out.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
    return out;
}

Form form_decode(std::string_view text) {
    Form form;
    for (const std::string& piece : base::split(text, '&')) {
        const std::size_t equals = piece.find('=');
        if (piece.empty()) continue;
        const std::string_view view = piece;
        if (equals == std::string::npos)
            form.emplace_back(unescaped(view), "");
        else
            form.emplace_back(
                unescaped(view.substr(0, equals)), unescaped(view.substr(equals + 1))
            );
    }
    return form;
}

Pkce make_pkce(base::Random& random) {
    Pkce pkce;
    pkce.verifier = base::base64url_encode(random.bytes(32));
    pkce.challenge = base::base64url_encode(base::sha256(pkce.verifier));
    return pkce;
}

std::string authorize_url(
    const OAuthClient& client,
    const std::string& redirect_uri,
    const std::string& state,
    const Pkce& pkce,
    const std::string& login_hint
) {
    Form form = {
        {"response_type", "code"},
        {"client_id", client.client_id},
        {"redirect_uri", redirect_uri},
        {"scope", base::join(client.scopes, " ")},
        {"state", state},
        {"code_challenge", pkce.challenge},
        {"code_challenge_method", "S256"},
        {"login_hint", login_hint}
    };
    form.insert(form.end(), client.parameters.begin(), client.parameters.end());
    const char* separator = client.authorize_url.contains('?') ? "&" : "?";
    return client.authorize_url + separator + form_encode(form);
}

base::Result<std::string> code_in_redirect(std::string_view address, std::string_view state) {
    address = base::trim(address);
    const std::size_t mark = address.find('?');
    if (mark == std::string_view::npos)
        return bad_address("that is not the address the browser ended at: it has a '?' in it");
    const std::string_view query = address.substr(mark + 1);
    const Form form = form_decode(query.substr(0, query.find('#')));
    if (!base::equal_in_constant_time(value_in(form, "state"), state))
        return bad_address(
            "that address belongs to another login (its state is not ours); start again"
        );
    const std::string error = value_in(form, "error");
    if (!error.empty())
        return base::fail(
            base::ErrorCode::cancelled,
            "oauth",
            "the login was not granted",
            base::printable(error + ": " + value_in(form, "error_description"), 300)
        );
    std::string code = value_in(form, "code");
    if (code.empty()) return bad_address("that address has no code in it; start again");
    return code;
}

net::HttpRequest code_request(
    const OAuthClient& client,
    const std::string& code,
    const std::string& redirect_uri,
    const Pkce& pkce
) {
    return post(
        client,
        client.token_url,
        with_client(
            client,
            {{"grant_type", "authorization_code"},
             {"code", code},
             {"redirect_uri", redirect_uri},
             {"code_verifier", pkce.verifier}}
        )
    );
}

net::HttpRequest refresh_request(const OAuthClient& client, const std::string& refresh_token) {
    return post(
        client,
        client.token_url,
        with_client(client, {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}})
    );
}

net::HttpRequest device_request(const OAuthClient& client) {
    return post(
        client,
        client.device_url,
        {{"client_id", client.client_id}, {"scope", base::join(client.scopes, " ")}}
    );
}

net::HttpRequest device_token_request(const OAuthClient& client, const std::string& device_code) {
    return post(
        client,
        client.token_url,
        with_client(
            client,
            {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
             {"device_code", device_code}}
        )
    );
}

}  // namespace mailbox
