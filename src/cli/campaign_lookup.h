// What the commands about campaigns share: a campaign by its name, and who says so.
#pragma once
#include <string>

#include "campaign/campaign_store.h"
#include "cli/command.h"
#include "engine/runtime.h"

namespace cli {

struct NamedCampaign {
    campaign::Campaign row;
    campaign::Settings settings;
};
// not_found names the campaigns there are.
base::Result<NamedCampaign> pick_campaign(engine::Runtime& runtime, const std::string& name);

// --by, else the name of the login, else "owner": who stands for what is recorded.
std::string who_says(const Invocation& invocation);

// "1,234,567".
std::string with_commas(std::int64_t number);

}  // namespace cli
