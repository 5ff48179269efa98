// One value of a campaign file, checked against its key. Used by campaign_file.cpp.
#pragma once
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include "config/campaign_keys.h"
#include "config/toml_reader.h"

namespace config {

// Puts it into the settings under its name there. The answer is the problem with its mend, or
// nothing.
std::optional<std::string> assign_campaign_value(
    boost::json::object& settings, const CampaignKey& key, const Value& value
);

}  // namespace config
