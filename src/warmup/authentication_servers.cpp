#include "warmup/authentication_servers.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/embedded.h"
#include "base/text.h"

namespace warmup {

namespace {

struct KnownServers {
    std::vector<std::string> providers;
    std::vector<std::string> imap;
    std::vector<std::string> domains;
    bool unnamed = false;
};

std::vector<std::string> texts(const boost::json::object& object, std::string_view key) {
    std::vector<std::string> out;
    for (const boost::json::value& value : object.at(key).as_array())
        out.emplace_back(value.as_string());
    return out;
}

std::vector<KnownServers> read_known() {
    std::vector<KnownServers> known;
    const auto all = boost::json::parse(embedded::warmup("authentication_servers.json"));
    for (const boost::json::value& value : all.at("servers").as_array()) {
        const boost::json::object& object = value.as_object();
        const auto* unnamed = object.if_contains("unnamed");
        known.push_back(
            {texts(object, "providers"),
             texts(object, "imap"),
             texts(object, "domains"),
             unnamed != nullptr && unnamed->as_bool()}
        );
    }
    return known;
}

bool is_below(std::string_view host, std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
}

// "imap.mail.example.com" → "mail.example.com"; a name of two parts is left as it is. Empty for an
// address and for a name of one part: they vouch for nobody.
std::string domain_of(const std::string& host) {
    const std::size_t dot = host.find('.');
    const std::string_view digits = "0123456789.";
    if (dot == std::string::npos || host.find_first_not_of(digits) == std::string::npos) return {};
    if (host.find('.', dot + 1) == std::string::npos) return host;
    return host.substr(dot + 1);
}

}  // namespace

mime::AuthenticationServers authentication_servers(const mailbox::Mailbox& mailbox) {
    static const std::vector<KnownServers> known = read_known();
    const std::string host = base::to_lower(mailbox.imap.host);
    mime::AuthenticationServers servers;
    for (const KnownServers& one : known) {
        const bool by_name =
            std::ranges::find(one.providers, mailbox.provider) != one.providers.end();
        const bool by_host = std::ranges::any_of(one.imap, [&](const std::string& domain) {
            return is_below(host, domain);
        });
        if (!by_name && !by_host) continue;
        servers.domains.insert(servers.domains.end(), one.domains.begin(), one.domains.end());
        servers.unnamed = servers.unnamed || one.unnamed;
    }
    if (std::string domain = domain_of(host); !domain.empty())
        servers.domains.push_back(std::move(domain));
    servers.domains.push_back(base::to_lower(mailbox.email.domain()));
    return servers;
}

}  // namespace warmup
