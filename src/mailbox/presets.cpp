#include "mailbox/presets.h"

#include <algorithm>

#include "base/text.h"
#include "mailbox/preset_reader.h"

namespace mailbox {

std::string PolicyLine::str() const { return text + " (" + source + ", read " + read_on + ")"; }

OAuthPreset OAuthPreset::in_tenant(std::string_view named) const {
    OAuthPreset result = *this;
    const std::string wanted = named.empty() ? tenant : std::string(named);
    for (std::string* url : {&result.authorize_url, &result.device_url, &result.token_url})
        *url = base::replace_all(*url, "{tenant}", wanted);
    return result;
}

const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = read_presets();
    return all;
}

const Preset* find_preset(std::string_view name) {
    for (const Preset& preset : presets())
        if (preset.name == name) return &preset;
    return nullptr;
}

const Preset* preset_for(const base::Email& email) {
    const std::string mine = base::to_lower(email.domain());
    for (const Preset& preset : presets())
        for (const std::string& domain : preset.domains)
            if (mine == domain) return &preset;
    return nullptr;
}

namespace {

bool ends_with_domain(std::string_view host, std::string_view suffix) {
    if (!host.ends_with(suffix)) return false;
    return host.size() == suffix.size() || host[host.size() - suffix.size() - 1] == '.';
}

const Preset* preset_for_host(std::string_view host) {
    const Preset* best = nullptr;
    std::size_t length = 0;
    for (const Preset& preset : presets())
        for (const std::string& suffix : preset.mx_suffixes)
            if (suffix.size() > length && ends_with_domain(host, suffix)) {
                best = &preset;
                length = suffix.size();
            }
    return best;
}

}  // namespace

const Preset* preset_for_mx(const std::vector<std::string>& hosts) {
    for (const std::string& host : hosts) {
        std::string name = base::to_lower(host);
        if (name.ends_with('.')) name.pop_back();
        if (const Preset* preset = preset_for_host(name)) return preset;
    }
    return nullptr;
}

std::string family_of(std::string_view provider) {
    const Preset* preset = find_preset(provider);
    return preset == nullptr ? std::string(provider) : preset->family;
}

std::string imap_login(std::string_view provider, const std::string& login) {
    const Preset* preset = find_preset(provider);
    if (preset == nullptr || preset->imap_login == ImapLogin::address) return login;
    return login.substr(0, login.find('@'));
}

}  // namespace mailbox
