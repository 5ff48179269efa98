#include "mailbox/preset_reader.h"

#include <boost/json.hpp>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"
#include "mailbox/mailboxes.h"

namespace mailbox {

namespace {

using boost::json::object;

std::string text(const object& from, std::string_view key) {
    return std::string(from.at(key).as_string());
}

std::vector<std::string> texts(const object& from, std::string_view key) {
    std::vector<std::string> out;
    for (const boost::json::value& value : from.at(key).as_array())
        out.emplace_back(value.as_string());
    return out;
}

int number(const object& from, std::string_view key) { return from.at(key).to_number<int>(); }

// What stands for the host and the domains of a region; a provider without regions has the empty
// one.
struct Region {
    std::string suffix;
    std::string host;
    std::vector<std::string> mail_domains;

    std::string in(const std::string& value) const {
        return base::replace_all(value, "{host}", host);
    }
    std::vector<std::string> in(const std::vector<std::string>& values) const {
        std::vector<std::string> out;
        for (const std::string& value : values) {
            if (value == "{mail_domains}")
                out.insert(out.end(), mail_domains.begin(), mail_domains.end());
            else
                out.push_back(in(value));
        }
        return out;
    }
};

net::Endpoint endpoint(const object& from, std::string_view key, const Region& region) {
    const auto parsed = parse_url(region.in(text(from, key)));
    CHECK(parsed.has_value());
    return *parsed;
}

SessionLimits read_sessions(const object& from) {
    return {
        number(from, "imap"),
        number(from, "imap_limit"),
        number(from, "smtp"),
        number(from, "mails_per_smtp_session"),
        number(from, "imap_megabytes_down_per_day"),
        number(from, "imap_megabytes_up_per_day")
    };
}

SendLimits read_limits(const object& from) {
    return {
        number(from, "mails_per_day"),
        number(from, "mails_per_hour"),
        number(from, "mails_per_minute"),
        number(from, "recipients_per_day"),
        number(from, "recipients_per_mail"),
        number(from, "new_recipients_per_day"),
        text(from, "source"),
        text(from, "read_on")
    };
}

OAuthPreset read_oauth(const object& from) {
    OAuthPreset oauth{
        text(from, "authorize_url"),
        text(from, "device_url"),
        text(from, "token_url"),
        text(from, "tenant"),
        texts(from, "scopes"),
        {},
        text(from, "console")
    };
    for (const auto& [key, value] : from.at("parameters").as_object())
        oauth.parameters.emplace_back(key, value.as_string());
    return oauth;
}

std::vector<PolicyLine> read_policy(const object& from) {
    std::vector<PolicyLine> lines;
    for (const boost::json::value& value : from.at("policy").as_array()) {
        const object& line = value.as_object();
        lines.push_back({text(line, "text"), text(line, "source"), text(line, "read_on")});
    }
    return lines;
}

// Login, folders, limits: what does not change with the region.
void read_ways(const object& from, Preset& preset) {
    const std::vector<std::string> methods = texts(from, "login_methods");
    preset.takes_password = std::ranges::find(methods, "password") != methods.end();
    preset.passwords_refused = !preset.takes_password;
    preset.password_help = text(from, "password_help");
    if (preset.passwords_refused) preset.passwords_refused_words = text(from, "passwords_refused");
    const bool oauth2 = std::ranges::find(methods, "oauth2") != methods.end();
    if (oauth2) preset.oauth = read_oauth(from.at("oauth").as_object());
    const std::string login = text(from, "imap_login");
    CHECK(login == "address" || login == "local_part");
    preset.imap_login = login == "address" ? ImapLogin::address : ImapLogin::local_part;
    const std::string sent = text(from, "sent_copy");
    CHECK(sent == "files_itself" || sent == "unknown");
    preset.sent_copy = sent == "unknown" ? SentCopy::unknown : SentCopy::files_itself;
    preset.spam_folders = texts(from, "spam_folders");
    preset.sessions = read_sessions(from.at("sessions").as_object());
    preset.limits = read_limits(from.at("limits").as_object());
    preset.policy = read_policy(from);
}

Preset read_preset(const object& from, const Region& region) {
    Preset preset;
    preset.name = text(from, "name");
    preset.title = text(from, "title");
    if (!region.suffix.empty()) preset.name += "-" + region.suffix;
    if (!region.host.empty()) preset.title += " (" + region.host + ")";
    preset.family = text(from, "family");
    preset.domains = region.in(texts(from, "domains"));
    preset.mx_suffixes = region.in(texts(from, "mx"));
    preset.smtp = endpoint(from, "smtp", region);
    preset.imap = endpoint(from, "imap", region);
    read_ways(from, preset);
    return preset;
}

std::vector<Region> regions_of(const object& from, const object& tables) {
    std::vector<Region> regions;
    const boost::json::value* name = from.if_contains("regions");
    if (name == nullptr) return {{}};
    for (const boost::json::value& value : tables.at(name->as_string()).as_array()) {
        const object& region = value.as_object();
        regions.push_back(
            {text(region, "suffix"), text(region, "host"), texts(region, "mail_domains")}
        );
    }
    return regions;
}

}  // namespace

std::vector<Preset> read_presets() {
    const boost::json::value all = boost::json::parse(embedded::data("providers.json"));
    const object& tables = all.at("regions").as_object();
    std::vector<Preset> presets;
    std::vector<Preset> elsewhere;
    for (const boost::json::value& value : all.at("providers").as_array()) {
        const object& from = value.as_object();
        bool first = true;
        for (const Region& region : regions_of(from, tables))
            (std::exchange(first, false) ? presets : elsewhere)
                .push_back(read_preset(from, region));
    }
    presets.insert(presets.end(), elsewhere.begin(), elsewhere.end());
    return presets;
}

}  // namespace mailbox
