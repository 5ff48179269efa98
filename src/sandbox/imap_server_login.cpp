// From CAPABILITY and STARTTLS to the login: LOGIN, AUTHENTICATE PLAIN, and access tokens by
// XOAUTH2 and OAUTHBEARER.
#include "base/text.h"
#include "sandbox/imap_server.h"
#include "sandbox/token_login.h"

namespace sandbox {

std::string ImapServer::capabilities() const {
    if (!encrypted_) return "IMAP4rev1 STARTTLS LOGINDISABLED";
    return account_ == nullptr ? provider_.imap_manner.capabilities_before
                               : provider_.imap_manner.capabilities_after;
}

bool ImapServer::offers(std::string_view capability) const {
    const std::vector<std::string> all = base::split(capabilities(), ' ');
    return std::ranges::find(all, capability) != all.end();
}

ImapServer::Tagged ImapServer::capability() {
    say("* CAPABILITY " + capabilities());
    return "OK CAPABILITY completed";
}

ImapServer::Tagged ImapServer::starttls() {
    if (encrypted_) return "BAD TLS is already on";
    out_.then = Then::start_tls;
    return "OK Begin TLS negotiation now";
}

ImapServer::Tagged ImapServer::login(ImapReader& reader) {
    const auto user = reader.space() ? reader.astring() : std::nullopt;
    const auto password = user && reader.space() ? reader.astring() : std::nullopt;
    if (!password || !reader.at_end()) return "BAD LOGIN wants a user and a password";
    return log_in(*user, *password);
}

ImapServer::Tagged ImapServer::authenticate(ImapReader& reader) {
    const auto mechanism = reader.space() ? reader.atom() : std::nullopt;
    if (!mechanism) return "BAD AUTHENTICATE wants a mechanism";
    const bool known =
        std::ranges::any_of(provider_.imap_manner.mechanisms, [&](const std::string& name) {
            return base::equals_ignoring_case(name, *mechanism);
        });
    if (!known) return "NO [CANNOT] this mechanism is not for this account";
    mechanism_ = *mechanism;
    token_refused_ = false;
    if (!reader.space()) {
        say("+ ");
        return {};
    }
    const auto response = reader.atom("=");
    return on_response(response.value_or("*"));
}

// What the client says to go on with its AUTHENTICATE.
ImapServer::Tagged ImapServer::on_response(const std::string& line) {
    const std::string mechanism = std::exchange(mechanism_, {});
    if (token_refused_) {
        const bool right = answers_challenge(mechanism, line);
        return right ? "NO " + provider_.imap_manner.login_refused : "BAD invalid SASL argument";
    }
    if (line == "*") return "BAD AUTHENTICATE cancelled";
    if (!is_token_mechanism(mechanism)) return plain(line);
    const std::optional<TokenLogin> read = read_token_login(mechanism, line);
    if (!read) return "BAD invalid SASL argument";
    const PostOffice::Login result =
        office_.log_in_by_token(provider_, read->login, read->access_token);
    if (result.verdict != LoginVerdict::refused || !provider_.challenges_tokens)
        return end_login(result);
    mechanism_ = mechanism;
    token_refused_ = true;
    say("+ " + token_challenge(provider_.host_domain));
    return {};
}

ImapServer::Tagged ImapServer::plain(std::string_view base64) {
    const std::optional<std::string> decoded = base::base64_decode(base64);
    const std::vector<std::string> fields = base::split(decoded.value_or(""), '\0');
    if (fields.size() != 3) return "BAD invalid SASL argument";
    return log_in(fields[1], fields[2]);
}

ImapServer::Tagged ImapServer::log_in(std::string_view user, std::string_view password) {
    return end_login(office_.log_in(provider_, user, password));
}

ImapServer::Tagged ImapServer::end_login(const PostOffice::Login& result) {
    const ImapManner& manner = provider_.imap_manner;
    if (result.verdict == LoginVerdict::hang) {
        out_.then = Then::fall_silent;
        return {};
    }
    if (result.verdict != LoginVerdict::welcome) return "NO " + manner.login_refused;
    if (result.account->imap_sessions >= manner.sessions_max)
        return "NO " + manner.too_many_sessions;
    account_ = result.account;
    ++account_->imap_sessions;
    if (manner.announces == ImapManner::Announces::untagged) say("* CAPABILITY " + capabilities());
    if (manner.announces == ImapManner::Announces::code)
        return "OK [CAPABILITY " + capabilities() + "] " + manner.login_done;
    return "OK " + manner.login_done;
}

}  // namespace sandbox
