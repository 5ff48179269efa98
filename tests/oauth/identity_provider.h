// An OAuth2 provider for tests, strict where real ones may be: refresh tokens rotate, and one that
// is used twice ends its whole grant (RFC 9700 section 4.14.2). Codes are bound to PKCE and
// address.
//
//   support::IdentityProvider provider;
//   std::string refresh = provider.consent();
//   provider.answer("/token", "grant_type=refresh_token&refresh_token=" + refresh);
//
// Thread-safe. ProviderHttp below is the HttpClient that asks it without a network.
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "base/clock.h"
#include "net/http_client.h"

namespace support {

class IdentityProvider {
  public:
    struct Settings {
        bool rotates = true;
        std::chrono::seconds lifetime{3600};
        std::string extra;  // further JSON members of token answers: ", \"scope\": …"
        std::string client_id = "client";
        std::string client_secret;  // empty: not looked at
        int interval_s = 5;         // of the device login
    };
    IdentityProvider() : IdentityProvider(Settings{}) {}
    explicit IdentityProvider(Settings settings) : settings_(std::move(settings)) {}

    // POST to "/token" or "/device"; "/auth" gives the 302 of an owner who says yes at once.
    net::HttpResponse answer(const std::string& path, const std::string& form);

    // A grant that was given elsewhere: its refresh token.
    std::string consent();
    // All grants end: the password was changed.
    void withdraw();
    // The next token requests get this instead.
    void answer_next(int status, std::string body);
    // The owner enters the device code after so many polls.
    void approve_after(int polls);

    // Refreshes that gave tokens; refused with invalid_grant; all token requests.
    int exchanges() const;
    int refused() const;
    int requests() const;
    // All access and refresh tokens, codes and device codes that ever left.
    std::vector<std::string> secrets() const;

  private:
    using Form = std::map<std::string, std::string>;
    net::HttpResponse token(const Form& form);
    net::HttpResponse refresh(const Form& form);
    net::HttpResponse code(const Form& form);
    net::HttpResponse device_poll(const Form& form);
    net::HttpResponse device_start(const Form& form);
    net::HttpResponse authorize(const Form& form);
    net::HttpResponse tokens_of(int grant);
    net::HttpResponse refusal(const std::string& error);
    std::string secret(const std::string& kind);

    struct Code {
        std::string challenge;
        std::string redirect_uri;
    };

    mutable std::mutex mutex_;
    Settings settings_;
    std::map<std::string, int> current_;  // refresh token → grant
    std::map<std::string, int> used_;
    std::map<std::string, Code> codes_;
    std::string device_code_;
    int polls_left_ = 0;
    std::deque<net::HttpResponse> next_;
    std::vector<std::string> secrets_;
    int grants_ = 0;
    int exchanges_ = 0;
    int refused_ = 0;
    int requests_ = 0;
};

// Asks the provider after `latency` on the clock.
class ProviderHttp : public net::HttpClient {
  public:
    ProviderHttp(
        IdentityProvider& provider, base::Clock& clock, base::Duration latency = base::Duration(0)
    )
        : provider_(provider), clock_(clock), latency_(latency) {}
    base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override;

    // The next request does not get out, or its answer does not come back.
    void lose_next_request() { lose_request_ = true; }
    void lose_next_answer() { lose_answer_ = true; }

  private:
    IdentityProvider& provider_;
    base::Clock& clock_;
    base::Duration latency_;
    bool lose_request_ = false;
    bool lose_answer_ = false;
};

}  // namespace support
