#include "cli/campaign_lookup.h"

#include "base/text.h"

namespace cli {

base::Result<NamedCampaign> pick_campaign(engine::Runtime& runtime, const std::string& name) {
    return runtime.job(
        store::Role::operator_,
        [name](store::Connection& connection) -> base::Result<NamedCampaign> {
            auto row = campaign::campaign_named(connection, name);
            if (!row) return base::pass_on(row);
            auto settings = campaign::load_settings(connection, row->id);
            if (!settings) return base::pass_on(settings);
            return NamedCampaign{std::move(*row), std::move(*settings)};
        }
    );
}

std::string who_says(const Invocation& invocation) {
    const std::string said = invocation.text("--by");
    if (!said.empty()) return base::printable(said, 100);
    for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
        const auto found = invocation.environment.find(name);
        if (found != invocation.environment.end() && !found->second.empty())
            return base::printable(found->second, 100);
    }
    return "owner";
}

std::string with_commas(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t start = digits.starts_with('-') ? 1 : 0;
    for (std::size_t at = digits.size(); at > start + 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

}  // namespace cli
