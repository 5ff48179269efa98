// The typed settings of one pilotlight.toml after the environment was laid over it (config/load.h).
//
// Life cycle: made by `config::load` once at start, then read-only; tests may make one by hand, the
// member initialisers are the documented defaults (config/keys.h repeats them as text, a test
// compares the two). Paths are absolute: in the file they are relative to the file's folder.
// Secrets are never in the file: they come from the environment and are masked in the log.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"

namespace config {

// A value that must not be shown. It has no operator<< and no formatter, so that a careless log
// line does not compile; `config::load` has announced it to base::log::mask.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    bool empty() const { return value_.empty(); }
    const std::string& reveal() const { return value_; }

  private:
    std::string value_;
};

inline constexpr std::string_view kGroqBaseUrl = "https://api.groq.com/openai/v1";

// "sqlite:/absolute/path", "sqlite::memory:" or "postgresql://…".
struct StoreSettings {
    std::string url = "sqlite:pilotlight.db";
};

// Additional certificate authorities in PEM; empty: the system's only.
struct TlsSettings {
    std::string ca_file;
};

// The key that seals mailbox passwords: `value` (environment PILOTLIGHT_KEY) wins over `file`.
struct KeySettings {
    std::string file = "pilotlight.key";
    Secret value;
};

struct WarmupSettings {
    base::Duration cycle_every = std::chrono::hours(4);
    int templates_per_day = 5;
    int sends_per_cycle = 1;
    double reply_rate = 1.0;
    double answer_back_rate = 0.3;
    std::string sender_mail = "file";  // file or leave
    std::string seed_mail = "leave";
    std::string folder = "Pilotlight";
    bool rescue = false;
    bool mark_automated = false;
};

// Warmup's model. The provider is always Groq; `base_url` serves proxies and tests.
struct LlmWarmupSettings {
    std::string base_url = std::string(kGroqBaseUrl);
    std::string model;  // tried before the fallbacks; empty: the fallbacks only
    std::vector<std::string> fallback_models = {"openai/gpt-oss-120b", "openai/gpt-oss-20b"};
    std::string api_key_env = "GROQ_API_KEY";
    Secret api_key;  // the value of the variable that api_key_env names; empty: not configured
    int requests_per_day = 900;
};

// Campaigns' model, chosen by LLM_PROVIDER. `load` fills base_url and api_key_env by the provider
// where nothing was said.
struct LlmCampaignSettings {
    std::string provider = "ollama";  // ollama, groq or openai
    std::string base_url;
    std::string model;
    std::string api_key_env;
    Secret api_key;
    int requests_per_day = 5000;
};

struct SendingSettings {
    base::TimeZone timezone;  // also the default zone of a mailbox
    int start_hour = 9;
    int end_hour = 17;  // exclusive, 24 is midnight
    int per_mailbox_per_day = 30;
    base::Duration min_gap = std::chrono::seconds(90);
    std::string sent_copy = "auto";  // auto or never
    // "zoho": campaigns send from the senders; "warmup": through the seed mailboxes.
    std::string primary_sender_mode = "zoho";
};

// The name in EHLO; empty: the address literal [127.0.0.1], which tells nothing of the machine.
struct SmtpSettings {
    std::string ehlo_name;
};

// Overrides of a provider preset; empty and 0 mean "as the preset says".
struct ProviderHosts {
    std::string smtp_host;
    int smtp_port = 0;
    std::string imap_host;
    int imap_port = 0;
};
struct SessionSettings {
    int logins_per_minute = 120;
};
struct ProviderSettings {
    ProviderHosts zoho;
    ProviderHosts gmail;
    ProviderHosts outlook;

    // By preset name; a name without overrides gets empty ones.
    ProviderHosts of(std::string_view preset) const {
        if (preset == "zoho") return zoho;
        if (preset == "gmail" || preset == "workspace") return gmail;
        if (preset == "outlook") return outlook;
        return {};
    }
};

// The owner's own application at an OAuth2 provider; empty URLs mean "as the preset says".
struct OAuthIssuerSettings {
    std::string client_id = {};
    std::string client_secret_env = {};
    Secret client_secret = {};  // the value of the variable that client_secret_env names
    std::string tenant = {};    // Microsoft only; empty: as the preset says
    std::string authorize_url = {};
    std::string device_url = {};
    std::string token_url = {};
};
struct OAuthSettings {
    OAuthIssuerSettings google{.client_secret_env = "GOOGLE_CLIENT_SECRET"};
    OAuthIssuerSettings microsoft;
};

struct DnsSettings {
    std::string server;  // "127.0.0.1:5353"; empty: the system's
};

struct UnsubscribeSettings {
    std::string url;     // public, as recipients see it
    std::string listen;  // "127.0.0.1:8026"; empty: the pages are not served
};
struct AlertsSettings {};
struct ApiSettings {
    std::string listen = "127.0.0.1:8025";
};

struct Settings {
    StoreSettings store;
    TlsSettings tls;
    KeySettings key;
    WarmupSettings warmup;
    LlmWarmupSettings llm_warmup;
    LlmCampaignSettings llm_campaign;
    SendingSettings sending;
    SessionSettings sessions;
    SmtpSettings smtp;
    ProviderSettings provider;
    OAuthSettings oauth;
    DnsSettings dns;
    UnsubscribeSettings unsubscribe;
    AlertsSettings alerts;
    ApiSettings api;
    Secret verifier_key;  // PILOTLIGHT_VERIFIER_KEY: {key} in a campaign's verifier URL

    std::string file;                // the absolute path that was read; empty: none
    std::vector<std::string> notes;  // what the owner should know; no error
};

}  // namespace config
