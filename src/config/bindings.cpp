// Which member of Settings each key names.
#include "base/check.h"
#include "config/assign.h"
#include "config/duration.h"

namespace config {

namespace {

struct Binding {
    std::string_view name;
    Field (*field)(Settings&);
};

constexpr auto kBindings = std::to_array<Binding>({
    {"store.url", [](Settings& s) -> Field { return &s.store.url; }},
    {"key.file", [](Settings& s) -> Field { return &s.key.file; }},
    {"tls.ca_file", [](Settings& s) -> Field { return &s.tls.ca_file; }},
    {"warmup.cycle_every", [](Settings& s) -> Field { return &s.warmup.cycle_every; }},
    {"warmup.templates_per_day", [](Settings& s) -> Field { return &s.warmup.templates_per_day; }},
    {"warmup.sends_per_cycle", [](Settings& s) -> Field { return &s.warmup.sends_per_cycle; }},
    {"warmup.reply_rate", [](Settings& s) -> Field { return &s.warmup.reply_rate; }},
    {"warmup.answer_back_rate", [](Settings& s) -> Field { return &s.warmup.answer_back_rate; }},
    {"warmup.sender_mail", [](Settings& s) -> Field { return &s.warmup.sender_mail; }},
    {"warmup.seed_mail", [](Settings& s) -> Field { return &s.warmup.seed_mail; }},
    {"warmup.folder", [](Settings& s) -> Field { return &s.warmup.folder; }},
    {"warmup.rescue", [](Settings& s) -> Field { return &s.warmup.rescue; }},
    {"warmup.mark_automated", [](Settings& s) -> Field { return &s.warmup.mark_automated; }},
    {"llm.warmup.base_url", [](Settings& s) -> Field { return &s.llm_warmup.base_url; }},
    {"llm.warmup.model", [](Settings& s) -> Field { return &s.llm_warmup.model; }},
    {"llm.warmup.fallback_models",
     [](Settings& s) -> Field { return &s.llm_warmup.fallback_models; }},
    {"llm.warmup.api_key_env", [](Settings& s) -> Field { return &s.llm_warmup.api_key_env; }},
    {"llm.warmup.requests_per_day",
     [](Settings& s) -> Field { return &s.llm_warmup.requests_per_day; }},
    {"llm.campaign.provider", [](Settings& s) -> Field { return &s.llm_campaign.provider; }},
    {"llm.campaign.base_url", [](Settings& s) -> Field { return &s.llm_campaign.base_url; }},
    {"llm.campaign.model", [](Settings& s) -> Field { return &s.llm_campaign.model; }},
    {"llm.campaign.api_key_env", [](Settings& s) -> Field { return &s.llm_campaign.api_key_env; }},
    {"llm.campaign.requests_per_day",
     [](Settings& s) -> Field { return &s.llm_campaign.requests_per_day; }},
    {"sending.timezone", [](Settings& s) -> Field { return &s.sending.timezone; }},
    {"sending.start_hour", [](Settings& s) -> Field { return &s.sending.start_hour; }},
    {"sending.end_hour", [](Settings& s) -> Field { return &s.sending.end_hour; }},
    {"sending.per_mailbox_per_day",
     [](Settings& s) -> Field { return &s.sending.per_mailbox_per_day; }},
    {"sending.min_gap", [](Settings& s) -> Field { return &s.sending.min_gap; }},
    {"sending.sent_copy", [](Settings& s) -> Field { return &s.sending.sent_copy; }},
    {"sending.primary_sender_mode",
     [](Settings& s) -> Field { return &s.sending.primary_sender_mode; }},
    {"sessions.logins_per_minute",
     [](Settings& s) -> Field { return &s.sessions.logins_per_minute; }},
    {"smtp.ehlo_name", [](Settings& s) -> Field { return &s.smtp.ehlo_name; }},
    {"provider.zoho.smtp_host", [](Settings& s) -> Field { return &s.provider.zoho.smtp_host; }},
    {"provider.zoho.smtp_port", [](Settings& s) -> Field { return &s.provider.zoho.smtp_port; }},
    {"provider.zoho.imap_host", [](Settings& s) -> Field { return &s.provider.zoho.imap_host; }},
    {"provider.zoho.imap_port", [](Settings& s) -> Field { return &s.provider.zoho.imap_port; }},
    {"provider.gmail.smtp_host", [](Settings& s) -> Field { return &s.provider.gmail.smtp_host; }},
    {"provider.gmail.smtp_port", [](Settings& s) -> Field { return &s.provider.gmail.smtp_port; }},
    {"provider.gmail.imap_host", [](Settings& s) -> Field { return &s.provider.gmail.imap_host; }},
    {"provider.gmail.imap_port", [](Settings& s) -> Field { return &s.provider.gmail.imap_port; }},
    {"provider.outlook.smtp_host",
     [](Settings& s) -> Field { return &s.provider.outlook.smtp_host; }},
    {"provider.outlook.smtp_port",
     [](Settings& s) -> Field { return &s.provider.outlook.smtp_port; }},
    {"provider.outlook.imap_host",
     [](Settings& s) -> Field { return &s.provider.outlook.imap_host; }},
    {"provider.outlook.imap_port",
     [](Settings& s) -> Field { return &s.provider.outlook.imap_port; }},
    {"oauth.google.client_id", [](Settings& s) -> Field { return &s.oauth.google.client_id; }},
    {"oauth.google.client_secret_env",
     [](Settings& s) -> Field { return &s.oauth.google.client_secret_env; }},
    {"oauth.google.authorize_url",
     [](Settings& s) -> Field { return &s.oauth.google.authorize_url; }},
    {"oauth.google.token_url", [](Settings& s) -> Field { return &s.oauth.google.token_url; }},
    {"oauth.microsoft.client_id", [](Settings& s) -> Field { return &s.oauth.microsoft.client_id; }
    },
    {"oauth.microsoft.tenant", [](Settings& s) -> Field { return &s.oauth.microsoft.tenant; }},
    {"oauth.microsoft.authorize_url",
     [](Settings& s) -> Field { return &s.oauth.microsoft.authorize_url; }},
    {"oauth.microsoft.device_url",
     [](Settings& s) -> Field { return &s.oauth.microsoft.device_url; }},
    {"oauth.microsoft.token_url", [](Settings& s) -> Field { return &s.oauth.microsoft.token_url; }
    },
    {"dns.server", [](Settings& s) -> Field { return &s.dns.server; }},
    {"unsubscribe.url", [](Settings& s) -> Field { return &s.unsubscribe.url; }},
    {"unsubscribe.listen", [](Settings& s) -> Field { return &s.unsubscribe.listen; }},
    {"api.listen", [](Settings& s) -> Field { return &s.api.listen; }},
});
static_assert(kBindings.size() == kKeys.size());

struct ToValue {
    Value operator()(const std::string* text) const { return *text; }
    Value operator()(const int* integer) const { return std::int64_t{*integer}; }
    Value operator()(const double* number) const { return *number; }
    Value operator()(const bool* boolean) const { return *boolean; }
    Value operator()(const base::Duration* span) const { return to_text(*span); }
    Value operator()(const std::vector<std::string>* texts) const { return *texts; }
    Value operator()(const base::TimeZone* zone) const { return zone->name(); }
};

}  // namespace

Field field_of(Settings& settings, std::string_view key_name) {
    const auto* found = std::ranges::find(kBindings, key_name, &Binding::name);
    CHECK(found != kBindings.end());
    return found->field(settings);
}

std::string toml_of(const Settings& settings, const Key& key) {
    Settings copy = settings;
    return to_toml(std::visit(ToValue{}, field_of(copy, key.name)));
}

}  // namespace config
