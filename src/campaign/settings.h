// What a campaign is set to do, as its owner writes it (campaign file, config/campaign_file.h) and
// as it lies in campaigns.settings. Numbers that all campaigns share are in context.h.
#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace campaign {

// One mail of the sequence; step 0 is the first mail.
struct Step {
    int after_days = 0;       // after the mail before it; 0 for step 0
    bool same_thread = true;  // of a follow-up: `Re:` in the first mail's thread
};
BOOST_DESCRIBE_STRUCT(Step, (), (after_days, same_thread))

struct Settings {
    // Who writes: name and company in the signature, and the postal address the law asks for.
    std::string sender_name;
    std::string sender_company;
    std::string postal_address;
    std::string language = "en";  // ISO 639-1; of the opt-out sentence
    // What the model is told, and what a draft may claim: numbers and links that stand in neither
    // here nor in the lead are refused by review.
    std::string offer;
    std::string call_to_action;
    std::vector<std::string> facts;
    std::vector<std::string> links;  // the only ones a mail may have
    std::vector<std::string> banned_phrases;
    // "template": the texts of campaign_texts; "model": written by the campaigns' model.
    std::string writer = "template";
    std::vector<std::string> model_fields = {"first_name", "company", "title"};  // may leave to it
    bool model_review = false;   // a second opinion of the model
    bool model_classes = false;  // replies are sorted by the model (campaign/reply_class.h)
    std::vector<Step> steps = {{0, true}, {3, true}, {3, false}};
    // When: hours and weekdays in the lead's zone, else in `zone`; empty: [sending] timezone.
    std::string zone;
    int start_hour = -1;  // -1: [sending] start_hour
    int end_hour = -1;
    std::vector<std::string> weekdays = {"mon", "tue", "wed", "thu", "fri"};
    std::vector<std::string> holidays;  // "2026-12-25"
    bool stop_company_on_reply = false;
    bool allow_known_addresses = false;  // addresses that another campaign has contacted
    bool canary = true;
    std::string
        unsubscribe;  // "": [unsubscribe] url is needed; "mailto-only": said so by its owner
    // The verifier hook before the first send: "command:/path" or an https URL with {email}.
    std::string verifier;
};
BOOST_DESCRIBE_STRUCT(
    Settings,
    (),
    (sender_name,
     sender_company,
     postal_address,
     language,
     offer,
     call_to_action,
     facts,
     links,
     banned_phrases,
     writer,
     model_fields,
     model_review,
     model_classes,
     steps,
     zone,
     start_hour,
     end_hour,
     weekdays,
     holidays,
     stop_company_on_reply,
     allow_known_addresses,
     canary,
     unsubscribe,
     verifier)
)

// As JSON for campaigns.settings, and back; invalid_input names the key. An unknown key of a newer
// version is refused.
std::string to_json(const Settings& settings);
base::Result<Settings> settings_from_json(std::string_view json);

}  // namespace campaign
