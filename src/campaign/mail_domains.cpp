#include "campaign/mail_domains.h"

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"
#include "campaign/data_list.h"

namespace campaign {

std::string mx_provider_of(std::string_view mx_host) {
    static const WordMap providers = read_word_map(embedded::campaign("mx_providers.txt"));
    CHECK(!providers.empty());
    const std::string host = base::to_lower(mx_host);
    for (std::string_view ending = host; !ending.empty();) {
        if (const auto found = providers.find(ending); found != providers.end())
            return found->second;
        const std::size_t dot = ending.find('.');
        ending = dot == std::string_view::npos ? std::string_view() : ending.substr(dot + 1);
    }
    return {};
}

}  // namespace campaign
