// Every key of pilotlight.toml, once: name, type, default, range, the environment variable that
// wins over it, and its help. The loader, the template that `init` writes and the documentation are
// made from this table or compared with it.
#pragma once
#include <array>
#include <span>
#include <string_view>

namespace config {

enum class KeyType {
    text,
    integer,
    number,
    boolean,
    duration,  // "90s", "15m", "4h", "1h30m"
    text_list,
    zone,      // IANA time zone
    choice,    // one of `choices`
    base_url,  // http or https, no query
    https_url,
    host,
    port,
    ehlo_name,  // a full host name or an address literal
    listen,     // host:port
    server,     // address:port, or empty
    path,       // relative to the file's folder
    store_url,
    env_name,  // the name of an environment variable
};

struct Key {
    std::string_view name;
    KeyType type;
    std::string_view default_text;  // as TOML
    std::string_view help;
    std::string_view environment = {};  // wins over the file where it is set
    double low = 0;                     // for integer, number, duration (in seconds); inclusive
    double high = 0;
    std::string_view choices = {};  // "a|b|c"
    std::string_view written = {};  // what `init` writes instead of the commented default
};

inline constexpr auto kKeys = std::to_array<Key>({
    {.name = "store.url",
     .type = KeyType::store_url,
     .default_text = R"("sqlite:pilotlight.db")",
     .help = "Where everything is kept: sqlite:PATH, or postgresql://user@host/database when many "
             "machines share the work.",
     .environment = "PILOTLIGHT_STORE_URL"},
    {.name = "key.file",
     .type = KeyType::path,
     .default_text = R"("pilotlight.key")",
     .help = "The key that seals mailbox passwords, mode 0600; keep a copy of it elsewhere. The "
             "environment variable PILOTLIGHT_KEY may hold the key itself instead."},
    {.name = "tls.ca_file",
     .type = KeyType::path,
     .default_text = R"("")",
     .help =
         "Certificate authorities (PEM) to trust beside the system's, for servers with a private "
         "one. Certificates are always checked."},
    {.name = "warmup.cycle_every",
     .type = KeyType::duration,
     .default_text = R"("4h")",
     .help = "Time from one warmup cycle to the next.",
     .low = 300,
     .high = 604800},
    {.name = "warmup.templates_per_day",
     .type = KeyType::integer,
     .default_text = "5",
     .help = "Warmup texts written each day; more are made when the day needs more.",
     .low = 1,
     .high = 100},
    {.name = "warmup.sends_per_cycle",
     .type = KeyType::integer,
     .default_text = "1",
     .help = "Openings that each active sender mailbox sends in a cycle.",
     .low = 0,
     .high = 20},
    {.name = "warmup.reply_rate",
     .type = KeyType::number,
     .default_text = "1.0",
     .help = "Share of found warmup mails that are answered; 1.0 where it is not said.",
     .low = 0,
     .high = 1,
     .written = "0.4"},
    {.name = "warmup.answer_back_rate",
     .type = KeyType::number,
     .default_text = "0.3",
     .help = "Share of the replies it gets that a sender mailbox answers back; a thread ends after "
             "4 answers.",
     .low = 0,
     .high = 1},
    {.name = "warmup.sender_mail",
     .type = KeyType::choice,
     .default_text = R"("file")",
     .help =
         "What becomes of handled warmup mail in sender mailboxes, Sent copies too: file (marked "
         "as read and moved into the folder below after 30 to 90 minutes) or leave. What a "
         "person answered, starred or moved is never touched.",
     .choices = "file|leave"},
    {.name = "warmup.seed_mail",
     .type = KeyType::choice,
     .default_text = R"("leave")",
     .help = "The same for seed mailboxes.",
     .choices = "file|leave"},
    {.name = "warmup.folder",
     .type = KeyType::text,
     .default_text = R"("Pilotlight")",
     .help = "The folder (at Gmail the label) it is filed into; made where it is not there."},
    {.name = "warmup.rescue",
     .type = KeyType::boolean,
     .default_text = "false",
     .help = "Move warmup mail from the spam folder to the inbox, at most one mail of a sender a "
             "day, in seed mailboxes whose owner has consented (`pilotlight mailbox rescue`). "
             "Provider policies bear on it."},
    {.name = "warmup.mark_automated",
     .type = KeyType::boolean,
     .default_text = "false",
     .help = "Say in warmup mail that a program wrote it (Auto-Submitted, RFC 3834)."},
    {.name = "llm.warmup.base_url",
     .type = KeyType::base_url,
     .default_text = R"("https://api.groq.com/openai/v1")",
     .help = "Warmup's texts always come from Groq; another address is for a proxy or a test, and "
             "`verify` names it."},
    {.name = "llm.warmup.model",
     .type = KeyType::text,
     .default_text = R"("")",
     .help = "The model to ask first; empty: the fallback models only.",
     .environment = "GROQ_MODEL"},
    {.name = "llm.warmup.fallback_models",
     .type = KeyType::text_list,
     .default_text = R"(["openai/gpt-oss-120b", "openai/gpt-oss-20b"])",
     .help = "Asked in this order when the first model is retired or busy."},
    {.name = "llm.warmup.api_key_env",
     .type = KeyType::env_name,
     .default_text = R"("GROQ_API_KEY")",
     .help = "The NAME of the environment variable that holds the API key. The key itself never "
             "stands in this file."},
    {.name = "llm.warmup.requests_per_day",
     .type = KeyType::integer,
     .default_text = "900",
     .help = "Requests a day (UTC) to the warmup models together.",
     .low = 0,
     .high = 1000000},
    {.name = "llm.campaign.provider",
     .type = KeyType::choice,
     .default_text = R"("ollama")",
     .help = "Who writes campaign drafts: ollama, groq or openai. Warmup never looks at it.",
     .environment = "LLM_PROVIDER",
     .choices = "ollama|groq|openai"},
    {.name = "llm.campaign.base_url",
     .type = KeyType::base_url,
     .default_text = R"("")",
     .help = "Address of its OpenAI-compatible API; empty: the provider's own "
             "(ollama: http://localhost:11434/v1)."},
    {.name = "llm.campaign.model",
     .type = KeyType::text,
     .default_text = R"("")",
     .help = "The campaign model's name. OLLAMA_MODEL or GROQ_MODEL win over it, by provider."},
    {.name = "llm.campaign.api_key_env",
     .type = KeyType::env_name,
     .default_text = R"("")",
     .help = "The NAME of the environment variable with its API key; empty: GROQ_API_KEY, "
             "OPENAI_API_KEY or none, by provider."},
    {.name = "llm.campaign.requests_per_day",
     .type = KeyType::integer,
     .default_text = "5000",
     .help = "Requests a day (UTC) to the campaign model.",
     .low = 0,
     .high = 1000000},
    {.name = "sending.timezone",
     .type = KeyType::zone,
     .default_text = R"("UTC")",
     .help = "IANA zone of the send window and of mailboxes without their own.",
     .environment = "TARGET_TIMEZONE"},
    {.name = "sending.start_hour",
     .type = KeyType::integer,
     .default_text = "9",
     .help = "First hour of the campaigns' send window, local time.",
     .environment = "SENDING_START_HOUR",
     .low = 0,
     .high = 23},
    {.name = "sending.end_hour",
     .type = KeyType::integer,
     .default_text = "17",
     .help = "Hour at which the window closes; 24 is midnight.",
     .environment = "SENDING_END_HOUR",
     .low = 1,
     .high = 24},
    {.name = "sending.per_mailbox_per_day",
     .type = KeyType::integer,
     .default_text = "30",
     .help = "Campaign mails a mailbox sends in a day, at most.",
     .low = 0,
     .high = 2000},
    {.name = "sending.min_gap",
     .type = KeyType::duration,
     .default_text = R"("90s")",
     .help = "Least time between two mails of one mailbox.",
     .low = 0,
     .high = 86400},
    {.name = "sending.sent_copy",
     .type = KeyType::choice,
     .default_text = R"("auto")",
     .help = "auto: where a provider does not keep what is sent, which is learned by looking, a "
             "copy is put into the mailbox's Sent folder; never: no copy is.",
     .choices = "auto|never"},
    {.name = "sending.primary_sender_mode",
     .type = KeyType::choice,
     .default_text = R"("zoho")",
     .help = "zoho: campaigns send from the sender mailboxes; warmup: through the seed mailboxes. "
             "Warmup itself always sends from the senders.",
     .environment = "PRIMARY_SENDER_MODE",
     .choices = "zoho|warmup"},
    {.name = "sessions.logins_per_minute",
     .type = KeyType::integer,
     .default_text = "120",
     .help = "Logins to one mail server in a minute, at most; a quarter of them may come at once. "
             "A start with many mailboxes spreads its logins so.",
     .low = 1,
     .high = 100000},
    {.name = "smtp.ehlo_name",
     .type = KeyType::ehlo_name,
     .default_text = R"("")",
     .help = "Full host name to greet mail servers with; empty: [127.0.0.1], which tells "
             "nothing of this machine."},
    {.name = "provider.zoho.smtp_host",
     .type = KeyType::host,
     .default_text = R"("")",
     .help = "Another server than the preset's, as for a mailbox in another region.",
     .environment = "ZOHO_SMTP_HOST"},
    {.name = "provider.zoho.smtp_port",
     .type = KeyType::port,
     .default_text = "0",
     .help = "0: as the preset says.",
     .environment = "ZOHO_SMTP_PORT"},
    {.name = "provider.zoho.imap_host",
     .type = KeyType::host,
     .default_text = R"("")",
     .help = "Empty: as the preset says.",
     .environment = "ZOHO_IMAP_HOST"},
    {.name = "provider.zoho.imap_port",
     .type = KeyType::port,
     .default_text = "0",
     .help = "0: as the preset says.",
     .environment = "ZOHO_IMAP_PORT"},
    {.name = "provider.gmail.smtp_host",
     .type = KeyType::host,
     .default_text = R"("")",
     .help = "Empty: as the preset says.",
     .environment = "GMAIL_SMTP_HOST"},
    {.name = "provider.gmail.smtp_port",
     .type = KeyType::port,
     .default_text = "0",
     .help = "0: as the preset says.",
     .environment = "GMAIL_SMTP_PORT"},
    {.name = "provider.gmail.imap_host",
     .type = KeyType::host,
     .default_text = R"("")",
     .help = "Empty: as the preset says.",
     .environment = "GMAIL_IMAP_HOST"},
    {.name = "provider.gmail.imap_port",
     .type = KeyType::port,
     .default_text = "0",
     .help = "0: as the preset says.",
     .environment = "GMAIL_IMAP_PORT"},
    {.name = "provider.outlook.smtp_host",
     .type = KeyType::host,
     .default_text = R"("")",
     .help = "Empty: as the preset says.",
     .environment = "OUTLOOK_SMTP_HOST"},
    {.name = "provider.outlook.smtp_port",
     .type = KeyType::port,
     .default_text = "0",
     .help = "0: as the preset says.",
     .environment = "OUTLOOK_SMTP_PORT"},
    {.name = "provider.outlook.imap_host",
     .type = KeyType::host,
     .default_text = R"("")",
     .help = "Empty: as the preset says.",
     .environment = "OUTLOOK_IMAP_HOST"},
    {.name = "provider.outlook.imap_port",
     .type = KeyType::port,
     .default_text = "0",
     .help = "0: as the preset says.",
     .environment = "OUTLOOK_IMAP_PORT"},
    {.name = "oauth.google.client_id",
     .type = KeyType::text,
     .default_text = R"("")",
     .help = "Your own app for logins of Gmail and Workspace by OAuth2; docs/oauth.md walks "
             "through the console."},
    {.name = "oauth.google.client_secret_env",
     .type = KeyType::env_name,
     .default_text = R"("GOOGLE_CLIENT_SECRET")",
     .help = "The NAME of the environment variable that holds the app's client secret."},
    {.name = "oauth.google.authorize_url",
     .type = KeyType::base_url,
     .default_text = R"("")",
     .help = "Another address, for a proxy or a test; empty: Google's."},
    {.name = "oauth.google.token_url",
     .type = KeyType::base_url,
     .default_text = R"("")",
     .help = "Empty: Google's."},
    {.name = "oauth.microsoft.client_id",
     .type = KeyType::text,
     .default_text = R"("")",
     .help = "Your own app for logins of Microsoft 365 and Outlook.com by OAuth2; docs/oauth.md "
             "walks through the console."},
    {.name = "oauth.microsoft.tenant",
     .type = KeyType::text,
     .default_text = R"("")",
     .help = "The directory that logins go to: its id or a domain of it; empty: organizations for "
             "Microsoft 365, consumers for Outlook.com."},
    {.name = "oauth.microsoft.authorize_url",
     .type = KeyType::base_url,
     .default_text = R"("")",
     .help = "Another address, for a proxy or a test; empty: Microsoft's."},
    {.name = "oauth.microsoft.device_url",
     .type = KeyType::base_url,
     .default_text = R"("")",
     .help = "Empty: Microsoft's."},
    {.name = "oauth.microsoft.token_url",
     .type = KeyType::base_url,
     .default_text = R"("")",
     .help = "Empty: Microsoft's."},
    {.name = "dns.server",
     .type = KeyType::server,
     .default_text = R"("")",
     .help = "ADDRESS:PORT of the DNS server to ask for MX, SRV and TXT records; empty: the "
             "system's.",
     .environment = "PILOTLIGHT_DNS_SERVER"},
    {.name = "unsubscribe.url",
     .type = KeyType::https_url,
     .default_text = R"("")",
     .help = "Public https address of the unsubscribe page; it adds one-click unsubscribing "
             "(RFC 8058) to campaign mail."},
    {.name = "unsubscribe.listen",
     .type = KeyType::server,
     .default_text = R"("")",
     .help = "ADDRESS:PORT where `serve` shows the unsubscribe pages in plain HTTP, for a proxy "
             "with that https address to pass /u/ on to, such as \"127.0.0.1:8026\"; empty: "
             "nowhere."},
    {.name = "api.listen",
     .type = KeyType::listen,
     .default_text = R"("127.0.0.1:8025")",
     .help = "Where the API and the dashboard listen."},
});

// Sections that may stand in the file without keys.
inline constexpr auto kEmptySections = std::to_array<std::string_view>({"alerts"});

// Null where there is no such key.
constexpr const Key* find_key(std::string_view name) {
    for (const Key& key : kKeys)
        if (key.name == name) return &key;
    return nullptr;
}

}  // namespace config
