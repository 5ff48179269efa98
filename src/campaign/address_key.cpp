#include "campaign/address_key.h"

#include "base/text.h"
#include "campaign/data_list.h"
#include "campaign/domain_name.h"

namespace campaign {

namespace {

// What is no name for DNS (an address literal) is still compared without case.
std::string compared(std::string_view domain) {
    return ascii_domain(domain).value_or(base::to_lower(domain));
}

std::string owner_of(const std::string& name) {
    return name.starts_with('[') ? name : registrable_domain(name);
}

}  // namespace

std::string address_key(const base::Email& email) {
    return base::to_lower(email.local()) + "@" + compared(email.domain());
}

bool is_free_mail(std::string_view domain) {
    const std::string name = compared(domain);
    return free_mail_domains().contains(name) || free_mail_domains().contains(owner_of(name));
}

std::string organisation_of(std::string_view domain) {
    return is_free_mail(domain) ? std::string() : owner_of(compared(domain));
}

std::string_view domain_of(std::string_view address_key) {
    return address_key.substr(address_key.rfind('@') + 1);
}

std::vector<std::string> domain_and_parents(std::string_view domain) {
    std::vector<std::string> names = {compared(domain)};
    if (names.front().starts_with('[')) return names;
    while (true) {
        const std::string& name = names.back();
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos || name.find('.', dot + 1) == std::string::npos) return names;
        names.push_back(name.substr(dot + 1));
    }
}

}  // namespace campaign
