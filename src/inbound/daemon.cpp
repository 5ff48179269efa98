#include "inbound/daemon.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace inbound {

namespace {

// As without_marks() leaves them: "Mail Delivery System", "mail.delivery.system" and
// "mail-delivery" are one.
constexpr std::array<std::string_view, 7> kDaemons = {
    "daemon",
    "postmaster",
    "maildeliver",
    "mailsystem",
    "systemadministrator",
    "ndradministrator",
    "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"
};

// The names and local parts of a field, in lower case, without domains, blanks and marks.
std::string without_marks(std::string_view from) {
    std::string names;
    bool in_domain = false;
    for (const char c : base::to_lower(from)) {
        if (c == '@') in_domain = true;
        if (in_domain) in_domain = std::string_view(" \t\r\n>),;\"").find(c) == std::string::npos;
        if (!in_domain && std::string_view(" \t\r\n-_.\"'").find(c) == std::string::npos)
            names += c;
    }
    return names;
}

}  // namespace

bool is_daemon(std::string_view from) {
    const std::string names = without_marks(from);
    return names.empty() || names == "<>" ||
           std::ranges::any_of(kDaemons, [&](std::string_view name) {
               return names.find(name) != std::string::npos;
           });
}

}  // namespace inbound
