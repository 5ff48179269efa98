// The keys of a campaign file, once: name, what it sets (campaign/settings.h), kind, range, help,
// and what the example says. [[step]] tables are read by campaign_steps.cpp.
#pragma once
#include <array>
#include <string_view>

namespace config {

enum class CampaignKeyType {
    text,
    lines,  // a text that may have several lines
    integer,
    boolean,
    text_list,
    url_list,
    weekdays,
    dates,
    zone,      // IANA name, or empty
    language,  // two letters
    choice,
    verifier,
};

struct CampaignKey {
    std::string_view name;
    std::string_view setting;
    CampaignKeyType type;
    std::string_view help;
    std::string_view example;  // as TOML
    int low = 0;
    int high = 0;
    std::string_view choices = {};  // "a|b"; an empty one is a choice too
    bool default_shown = true;      // the example is the default: it stands there as a comment
};

inline constexpr auto kCampaignKeys = std::to_array<CampaignKey>({
    {.name = "sender.name",
     .setting = "sender_name",
     .type = CampaignKeyType::text,
     .help = "Who writes; it stands in the signature and the From line.",
     .example = R"("Ann Lee")",
     .default_shown = false},
    {.name = "sender.company",
     .setting = "sender_company",
     .type = CampaignKeyType::text,
     .help = "For which company.",
     .example = R"("Example Ltd")",
     .default_shown = false},
    {.name = "sender.postal_address",
     .setting = "postal_address",
     .type = CampaignKeyType::lines,
     .help =
         "A postal address, as the law asks for in every such mail; no campaign starts without.",
     .example = R"("Example Ltd, 1 Main Street, Springfield")",
     .default_shown = false},
    {.name = "mail.language",
     .setting = "language",
     .type = CampaignKeyType::language,
     .help = "Language of the opt-out sentence (ISO 639-1).",
     .example = R"("en")"},
    {.name = "mail.writer",
     .setting = "writer",
     .type = CampaignKeyType::choice,
     .help =
         "template: the texts below, with merge fields; model: the campaigns' model writes each "
         "mail from what stands here ([llm.campaign] in pilotlight.toml).",
     .example = R"("template")",
     .choices = "template|model"},
    {.name = "mail.offer",
     .setting = "offer",
     .type = CampaignKeyType::lines,
     .help = "What you offer, in your words; the model writes from it.",
     .example = R"("Bookkeeping for small shops, done in a day.")",
     .default_shown = false},
    {.name = "mail.call_to_action",
     .setting = "call_to_action",
     .type = CampaignKeyType::lines,
     .help = "What you ask for.",
     .example = R"("A call of 15 minutes next week.")",
     .default_shown = false},
    {.name = "mail.facts",
     .setting = "facts",
     .type = CampaignKeyType::text_list,
     .help = "Numbers and claims that a mail may hold; review refuses all others.",
     .example = R"(["40 shops use it"])",
     .default_shown = false},
    {.name = "mail.links",
     .setting = "links",
     .type = CampaignKeyType::url_list,
     .help = "The only links that a mail may hold; a first mail holds one at most.",
     .example = R"(["https://example.com/shops"])",
     .default_shown = false},
    {.name = "mail.banned_phrases",
     .setting = "banned_phrases",
     .type = CampaignKeyType::text_list,
     .help = "Phrases that no mail may hold, beside the ones that review knows.",
     .example = "[]"},
    {.name = "mail.model_fields",
     .setting = "model_fields",
     .type = CampaignKeyType::text_list,
     .help = "Fields of a lead that may leave to a remote model; no others do.",
     .example = R"(["first_name", "company", "title"])"},
    {.name = "mail.model_review",
     .setting = "model_review",
     .type = CampaignKeyType::boolean,
     .help = "A second opinion of the model on each draft, beside the rules.",
     .example = "false"},
    {.name = "mail.model_classes",
     .setting = "model_classes",
     .type = CampaignKeyType::boolean,
     .help = "Replies are sorted by the model (interested, question, not_now, ...); their text "
             "leaves to it, addresses taken out.",
     .example = "false"},
    {.name = "when.zone",
     .setting = "zone",
     .type = CampaignKeyType::zone,
     .help = "IANA zone for leads without their own; empty: [sending] timezone.",
     .example = R"("Europe/London")",
     .default_shown = false},
    {.name = "when.start_hour",
     .setting = "start_hour",
     .type = CampaignKeyType::integer,
     .help = "First hour of the window in the lead's zone; -1: [sending] start_hour.",
     .example = "-1",
     .low = -1,
     .high = 23},
    {.name = "when.end_hour",
     .setting = "end_hour",
     .type = CampaignKeyType::integer,
     .help = "Hour at which it closes; -1: [sending] end_hour.",
     .example = "-1",
     .low = -1,
     .high = 24},
    {.name = "when.weekdays",
     .setting = "weekdays",
     .type = CampaignKeyType::weekdays,
     .help = "Days on which mails leave.",
     .example = R"(["mon", "tue", "wed", "thu", "fri"])"},
    {.name = "when.holidays",
     .setting = "holidays",
     .type = CampaignKeyType::dates,
     .help = "Days on which none does.",
     .example = R"(["2026-12-25", "2027-01-01"])",
     .default_shown = false},
    {.name = "rules.stop_company_on_reply",
     .setting = "stop_company_on_reply",
     .type = CampaignKeyType::boolean,
     .help = "A reply ends the sequence of everybody at that company.",
     .example = "false"},
    {.name = "rules.allow_known_addresses",
     .setting = "allow_known_addresses",
     .type = CampaignKeyType::boolean,
     .help = "Take leads that another campaign has already.",
     .example = "false"},
    {.name = "rules.canary",
     .setting = "canary",
     .type = CampaignKeyType::boolean,
     .help = "Send a new text to your seed mailboxes first, and hold it when it lands in spam.",
     .example = "true"},
    {.name = "rules.unsubscribe",
     .setting = "unsubscribe",
     .type = CampaignKeyType::choice,
     .help = "Empty: [unsubscribe] url is needed; mailto-only: you do without the one-click link "
             "that large providers ask of bulk mail.",
     .example = R"("")",
     .choices = "|mailto-only"},
    {.name = "rules.verifier",
     .setting = "verifier",
     .type = CampaignKeyType::verifier,
     .help =
         "Asked about each address before its first mail: \"command:/path/to/program\" gets the "
         "address as its argument and prints valid, invalid, risky or unknown; or an https URL "
         "with {email} in it (and {key} for the environment's PILOTLIGHT_VERIFIER_KEY).",
     .example = R"("")"},
});

}  // namespace config
