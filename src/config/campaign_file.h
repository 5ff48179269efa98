// The campaign file: what a campaign is set to do and the texts of its mails, as TOML that its
// owner writes. Its keys are a table (campaign_keys.h); the example is made from it.
//
// Errors: all problems at once, one line each with file, line, key and mend.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace config {

struct CampaignText {
    int step = 0;
    std::string variant = "a";
    int share = 1;
    std::string subject;  // empty in the thread of the mail before
    std::string body;
    std::optional<std::string> html_body;
};

struct CampaignFile {
    std::string settings_json;  // for campaign::settings_from_json
    std::vector<CampaignText> texts;
};

// `file_name` as the owner wrote it, for messages.
base::Result<CampaignFile> read_campaign_file(std::string_view text, const std::string& file_name);

// A complete file with comments, that can be read.
std::string campaign_file_example();

}  // namespace config
