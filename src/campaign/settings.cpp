#include "campaign/settings.h"

#include <boost/json.hpp>

namespace campaign {

namespace {

auto wrong(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign.settings", std::move(words));
}

}  // namespace

std::string to_json(const Settings& settings) {
    return boost::json::serialize(boost::json::value_from(settings));
}

base::Result<Settings> settings_from_json(std::string_view json) {
    boost::system::error_code problem;
    const boost::json::value given = boost::json::parse(json, problem);
    if (problem || !given.is_object()) return wrong("the settings are no JSON object");
    // What an older version did not write keeps its default.
    boost::json::value whole = boost::json::value_from(Settings());
    for (const auto& [key, value] : given.get_object()) {
        if (!whole.get_object().contains(key))
            return wrong("unknown key \"" + std::string(key) + "\"");
        whole.get_object()[key] = value;
        if (!boost::json::try_value_to<Settings>(whole))
            return wrong("key \"" + std::string(key) + "\" has a value of another kind");
    }
    return boost::json::value_to<Settings>(whole);
}

}  // namespace campaign
