#include "mailbox/presets.h"

#include <boost/json.hpp>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"
#include "mailbox/mailboxes.h"

namespace mailbox {

namespace {

std::vector<std::string> texts(const boost::json::object& object, std::string_view key) {
    std::vector<std::string> out;
    for (const boost::json::value& value : object.at(key).as_array())
        out.emplace_back(value.as_string());
    return out;
}

net::Endpoint endpoint(const boost::json::object& object, std::string_view key) {
    const auto parsed = parse_url(object.at(key).as_string());
    CHECK(parsed.has_value());
    return *parsed;
}

std::vector<Preset> read_presets() {
    std::vector<Preset> presets;
    const boost::json::value all = boost::json::parse(embedded::data("providers.json"));
    for (const boost::json::value& value : all.at("providers").as_array()) {
        const boost::json::object& object = value.as_object();
        Preset preset;
        preset.name = object.at("name").as_string();
        preset.title = object.at("title").as_string();
        preset.domains = texts(object, "domains");
        preset.smtp = endpoint(object, "smtp");
        preset.imap = endpoint(object, "imap");
        preset.spam_folders = texts(object, "spam_folders");
        preset.policy = texts(object, "policy");
        if (const auto* refused = object.if_contains("passwords_refused")) {
            preset.passwords_refused = true;
            preset.passwords_refused_words = refused->as_string();
        }
        presets.push_back(std::move(preset));
    }
    return presets;
}

}  // namespace

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
    for (const Preset& preset : presets())
        for (const std::string& domain : preset.domains)
            if (email.domain() == domain) return &preset;
    return nullptr;
}

}  // namespace mailbox
