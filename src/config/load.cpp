#include "config/load.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.h"
#include "base/text.h"
#include "config/assign.h"
#include "config/nearest.h"
#include "config/store_url.h"
#include "config/toml_reader.h"
#include "config/url.h"

namespace config {

namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

// One load: the settings as they grow, and every problem found on the way.
struct Loading {
    const Environment& environment;
    std::string file_name;  // as the owner wrote it, for messages
    std::string folder;
    Settings settings;
    std::vector<std::string> problems;
    std::map<std::string, std::string> said;  // key → where it was said

    // Empty where the variable is not set or empty.
    std::string variable(std::string_view name) const {
        const auto found = environment.find(std::string(name));
        return found == environment.end() ? std::string() : found->second;
    }
    void set(const Key& key, const Value& value, const std::string& where) {
        said[std::string(key.name)] = where;
        if (const auto problem = assign(settings, key, value, folder))
            problems.push_back(
                fmt::format("{}: {} = {} {}", where, key.name, shown(key, value), *problem)
            );
    }
    void set_from_variable(std::string_view key_name, std::string_view variable_name) {
        const std::string text = variable(variable_name);
        const Key* key = find_key(key_name);
        if (!text.empty())
            set(*key, value_from_text(*key, text), fmt::format("environment {}", variable_name));
    }
};

bool is_known_section(std::string_view name) {
    const std::string prefix = std::string(name) + '.';
    return std::ranges::find(kEmptySections, name) != kEmptySections.end() ||
           std::ranges::any_of(kKeys, [&](const Key& key) { return key.name.starts_with(prefix); });
}

// Values of unknown keys are not shown: an API key is what people most often put where it can't be.
void refuse_unknown(Loading& loading, const TomlEntry& entry, const std::string& where) {
    const std::string nearest(nearest_key(entry.name));
    loading.problems.push_back(fmt::format(
        "{}: {} is not a key; did you mean {}?", where, base::printable(entry.name, 120), nearest
    ));
}

void read_file_entries(Loading& loading, const std::vector<TomlEntry>& entries) {
    for (const TomlEntry& entry : entries) {
        const std::string where = fmt::format("{}:{}", loading.file_name, entry.line);
        const Key* key = find_key(entry.name);
        if (key != nullptr)
            loading.set(*key, entry.value, where);
        else if (entry.value == Value(OtherValue{"a table"}) && is_known_section(entry.name))
            continue;
        else
            refuse_unknown(loading, entry, where);
    }
}

void read_environment(Loading& loading) {
    for (const Key& key : kKeys)
        if (!key.environment.empty()) loading.set_from_variable(key.name, key.environment);
}

// OLLAMA_API_BASE is written without the /v1 that the OpenAI-compatible interface has.
void use_ollama_names(Loading& loading) {
    std::string address = loading.variable("OLLAMA_API_BASE");
    while (address.ends_with('/')) address.pop_back();
    if (!address.empty() && !address.ends_with("/v1")) address += "/v1";
    if (!address.empty())
        loading.set(*find_key("llm.campaign.base_url"), address, "environment OLLAMA_API_BASE");
    loading.set_from_variable("llm.campaign.model", "OLLAMA_MODEL");
}

// What depends on the campaign's provider: names of the environment, then its own defaults.
void complete_campaign(Loading& loading) {
    LlmCampaignSettings& campaign = loading.settings.llm_campaign;
    if (campaign.provider == "ollama") use_ollama_names(loading);
    if (campaign.provider == "groq") loading.set_from_variable("llm.campaign.model", "GROQ_MODEL");
    if (campaign.base_url.empty())
        campaign.base_url = campaign.provider == "groq"     ? std::string(kGroqBaseUrl)
                            : campaign.provider == "openai" ? "https://api.openai.com/v1"
                                                            : "http://localhost:11434/v1";
    if (campaign.api_key_env.empty() && campaign.provider != "ollama")
        campaign.api_key_env = campaign.provider == "groq" ? "GROQ_API_KEY" : "OPENAI_API_KEY";
}

// Announced to the log's mask before anything can be logged with it.
Secret take_secret(const Loading& loading, const std::string& name) {
    const std::string text(base::trim(loading.variable(name)));
    base::log::mask(text);
    return Secret(text);
}

void take_secrets(Loading& loading) {
    Settings& settings = loading.settings;
    settings.llm_warmup.api_key = take_secret(loading, settings.llm_warmup.api_key_env);
    settings.llm_campaign.api_key = take_secret(loading, settings.llm_campaign.api_key_env);
    settings.oauth.google.client_secret =
        take_secret(loading, settings.oauth.google.client_secret_env);
    settings.key.value = take_secret(loading, "PILOTLIGHT_KEY");
    settings.verifier_key = take_secret(loading, "PILOTLIGHT_VERIFIER_KEY");
    for (const std::string& password : passwords_in(settings.store.url)) base::log::mask(password);
}

std::string where_said(const Loading& loading, const std::string& key) {
    const auto found = loading.said.find(key);
    return found == loading.said.end() ? loading.file_name : found->second;
}

void check_window(Loading& loading) {
    const SendingSettings& sending = loading.settings.sending;
    if (sending.start_hour < sending.end_hour) return;
    loading.problems.push_back(fmt::format(
        "{}: sending.end_hour = {} is not after sending.start_hour = {}; the window lies within "
        "one day, "
        "use hours such as 9 and 17",
        where_said(loading, "sending.end_hour"),
        sending.end_hour,
        sending.start_hour
    ));
}

// It becomes the name of a folder on other people's servers.
void check_folder(Loading& loading) {
    const std::string& folder = loading.settings.warmup.folder;
    const bool has_control = std::ranges::any_of(folder, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (!has_control && !folder.empty() && folder.size() <= 100 &&
        !base::equals_ignoring_case(folder, "INBOX"))
        return;
    loading.problems.push_back(fmt::format(
        "{}: warmup.folder = \"{}\" can't hold filed mail; use a name such as \"Pilotlight\"",
        where_said(loading, "warmup.folder"),
        base::printable(folder, 60)
    ));
}

void check_files_and_models(Loading& loading) {
    const Settings& settings = loading.settings;
    if (!settings.tls.ca_file.empty() && !std::ifstream(settings.tls.ca_file).good())
        loading.problems.push_back(fmt::format(
            "{}: tls.ca_file = \"{}\" can't be read; name a PEM file or remove the key",
            where_said(loading, "tls.ca_file"),
            settings.tls.ca_file
        ));
    if (settings.llm_warmup.base_url.empty())
        loading.problems.push_back(fmt::format(
            "{}: llm.warmup.base_url = \"\" is empty; remove the key to use {}",
            where_said(loading, "llm.warmup.base_url"),
            kGroqBaseUrl
        ));
    if (settings.llm_warmup.model.empty() && settings.llm_warmup.fallback_models.empty())
        loading.problems.push_back(fmt::format(
            "{}: llm.warmup.fallback_models = [] leaves no model; name one, or set "
            "llm.warmup.model",
            where_said(loading, "llm.warmup.fallback_models")
        ));
}

void note_plain_http(Settings& settings, std::string_view key, const std::string& url) {
    const auto parsed = parse_http_url(url);
    if (!parsed || parsed->scheme != "http" || is_loopback_host(parsed->host)) return;
    settings.notes.push_back(fmt::format(
        "{} = \"{}\" is http: texts and the API key can be read on the way; use https", key, url
    ));
}

void take_notes(Loading& loading) {
    Settings& settings = loading.settings;
    if (!loading.variable("DATABASE_URL").empty())
        settings.notes.emplace_back(
            "environment DATABASE_URL is not used: [store] url says where everything is kept, and "
            "data of "
            "MongoDB moves by `pilotlight import mongo PATH`"
        );
    note_plain_http(settings, "llm.warmup.base_url", settings.llm_warmup.base_url);
    note_plain_http(settings, "llm.campaign.base_url", settings.llm_campaign.base_url);
}

std::string absolute_folder_of(const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal().parent_path().string();
}

// Relative defaults (store, key file) start at the file's folder as well.
void place_defaults(Loading& loading) {
    for (const std::string_view name : {"store.url", "key.file"}) {
        const Key* key = find_key(name);
        Field field = field_of(loading.settings, name);
        const Value value = *std::get<std::string*>(field);
        assign(loading.settings, *key, value, loading.folder);
    }
}

}  // namespace

base::Result<Settings> load_text(
    std::string_view text, const std::string& path, const Environment& environment
) {
    Loading loading{environment, path, absolute_folder_of(path), {}, {}, {}};
    const auto entries = read_toml(text);
    if (!entries)
        return base::fail(
            base::ErrorCode::invalid_input, "config", path + ":" + entries.error().message
        );
    place_defaults(loading);
    read_file_entries(loading, *entries);
    read_environment(loading);
    complete_campaign(loading);
    take_secrets(loading);
    check_window(loading);
    check_folder(loading);
    check_files_and_models(loading);
    if (!loading.problems.empty())
        return base::fail(
            base::ErrorCode::invalid_input, "config", base::join(loading.problems, "\n")
        );
    take_notes(loading);
    loading.settings.file = std::filesystem::absolute(path).lexically_normal().string();
    return std::move(loading.settings);
}

base::Result<Settings> load(const std::string& path, const Environment& environment) {
    std::error_code error;
    if (!std::filesystem::exists(path, error) && error)
        return base::fail(
            base::ErrorCode::permission,
            "config",
            fmt::format(
                "{} can't be looked at: {}; mend the mode or owner of {}, or run as their owner",
                path,
                error.message(),
                absolute_folder_of(path)
            )
        );
    if (!std::filesystem::exists(path, error))
        return base::fail(
            base::ErrorCode::not_found,
            "config",
            "there is no " + path + "; run pilotlight init, or name the file with --config"
        );
    std::ifstream file(path, std::ios::binary);
    if (std::filesystem::is_directory(path, error) || !file)
        return base::fail(
            base::ErrorCode::permission, "config", path + " can't be read; mend its mode or owner"
        );
    std::string text(kFileBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kFileBytesMax)
        return base::fail(
            base::ErrorCode::invalid_input,
            "config",
            path + " is larger than 1 MiB; is it the right file?"
        );
    return load_text(text, path, environment);
}

}  // namespace config
