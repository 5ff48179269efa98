#include "sandbox/world_data.h"

#include <boost/json.hpp>

#include "base/check.h"
#include "base/embedded.h"

namespace sandbox {

namespace {

namespace json = boost::json;

OpinionParameters read_opinion(const json::object& values) {
    const auto number = [&](const char* key) { return values.at(key).to_number<double>(); };
    OpinionParameters out;
    out.spam_start = number("spam_start");
    out.spam_floor = number("spam_floor");
    out.trust_per_day = number("trust_per_day");
    out.trust_per_day_engaged = number("trust_per_day_engaged");
    out.engagement_halfway = number("engagement_halfway");
    out.old_account_days = number("old_account_days");
    out.old_account_bonus = number("old_account_bonus");
    out.volume_free_per_day = number("volume_free_per_day");
    out.volume_jump_factor = number("volume_jump_factor");
    out.volume_penalty = number("volume_penalty");
    out.repeat_free = number("repeat_free");
    out.repeat_penalty = number("repeat_penalty");
    out.repeat_penalty_max = number("repeat_penalty_max");
    out.unauthenticated_penalty = number("unauthenticated_penalty");
    out.answer_factor = number("answer_factor");
    out.promotions = number("promotions");
    out.elsewhere = number("elsewhere");
    out.vanish = number("vanish");
    return out;
}

DelayParameters read_delay(const json::object& values) {
    const auto number = [&](const char* key) { return values.at(key).to_number<double>(); };
    return {number("median_seconds"), number("sigma"), number("seconds_max")};
}

}  // namespace

base::Duration DelayParameters::draw(base::Random& random) const {
    const double seconds = std::clamp(random.lognormal(median_seconds, sigma), 1.0, seconds_max);
    return base::Duration(static_cast<std::int64_t>(seconds * 1e6));
}

std::map<std::string, ProviderData> read_world_data(const std::string& kind) {
    const std::string_view text = embedded::sandbox(kind + ".json");
    CHECK(!text.empty());
    const json::value parsed = json::parse(json::string_view(text.data(), text.size()));
    std::map<std::string, ProviderData> out;
    for (const auto& [provider, values] : parsed.as_object()) {
        const json::object& fields = values.as_object();
        ProviderData data;
        data.opinion = read_opinion(fields.at("opinion").as_object());
        data.delay = read_delay(fields.at("delay").as_object());
        out.emplace(std::string(provider), data);
    }
    return out;
}

}  // namespace sandbox
