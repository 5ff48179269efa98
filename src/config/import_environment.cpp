// The plain settings, keys and notes of an existing user's `.env` (the accounts are in
// accounts.cpp).
#include "base/log.h"
#include "base/text.h"
#include "config/accounts.h"
#include "config/assign.h"

namespace config {

namespace {

constexpr auto kAccountNames = std::to_array<std::string_view>(
    {"ZOHO_ACCOUNTS", "WARMUP_EMAILS", "WARMUP_EMAILS_APP_PASSWORDS"}
);
constexpr auto kKeyNames = std::to_array<std::string_view>({"GROQ_API_KEY", "OPENAI_API_KEY"});

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

struct Import {
    const std::vector<EnvVariable>& variables;
    ImportedEnvironment result{};
    std::vector<std::string> problems{};
    Settings scratch{};

    std::string value_of(std::string_view name) const {
        const auto found = std::ranges::find(variables, name, &EnvVariable::name);
        return found == variables.end() ? std::string() : found->value;
    }

    void set(const EnvVariable& variable, std::string_view key_name, const std::string& text) {
        const Key& key = *find_key(key_name);
        const Value value = value_from_text(key, text);
        if (const auto problem = assign(scratch, key, value, "/"))
            problems.push_back(fmt::format(
                "{} (line {}) = {} {}", variable.name, variable.line, shown(key, value), *problem
            ));
        else
            result.settings.push_back({std::string(key.name), text});
    }
    void take(const EnvVariable& variable);
    bool take_ollama(const EnvVariable& variable);
    void note_unused();
    void check_window();
    std::vector<std::string> unused{};
};

bool Import::take_ollama(const EnvVariable& variable) {
    if (variable.name != "OLLAMA_API_BASE" && variable.name != "OLLAMA_MODEL") return false;
    const std::string provider = base::to_lower(base::trim(value_of("LLM_PROVIDER")));
    if (!provider.empty() && provider != "ollama") {
        result.notes.push_back(variable.name + " is not used while LLM_PROVIDER is not ollama");
        return true;
    }
    std::string text = variable.value;
    if (variable.name == "OLLAMA_MODEL") {
        set(variable, "llm.campaign.model", text);
        return true;
    }
    while (text.ends_with('/')) text.pop_back();
    if (!text.ends_with("/v1")) text += "/v1";
    set(variable, "llm.campaign.base_url", text);
    return true;
}

void Import::take(const EnvVariable& variable) {
    if (variable.value.empty() || contains(kAccountNames, variable.name) || take_ollama(variable))
        return;
    if (contains(kKeyNames, variable.name)) {
        base::log::mask(variable.value);
        result.keys_to_export.push_back(variable.name);
        return;
    }
    if (variable.name == "DATABASE_URL") {
        result.notes.emplace_back(
            "DATABASE_URL is not used: its data moves by `pilotlight import mongo PATH`"
        );
        return;
    }
    bool known = false;
    for (const Key& key : kKeys) {
        if (key.environment != variable.name || key.name == "store.url") continue;
        set(variable, key.name, variable.value);
        known = true;
    }
    const std::string provider = base::to_lower(base::trim(value_of("LLM_PROVIDER")));
    if (variable.name == "GROQ_MODEL" && provider == "groq")
        set(variable, "llm.campaign.model", variable.value);
    if (!known) unused.push_back(variable.name);
}

void Import::note_unused() {
    if (!unused.empty())
        result.notes.push_back("not used by Pilotlight: " + base::join(unused, ", "));
}

void Import::check_window() {
    if (!problems.empty() || scratch.sending.start_hour < scratch.sending.end_hour) return;
    problems.push_back(fmt::format(
        "SENDING_END_HOUR = {} is not after SENDING_START_HOUR = {}; the window lies within one "
        "day",
        scratch.sending.end_hour,
        scratch.sending.start_hour
    ));
}

}  // namespace

base::Result<ImportedEnvironment> import_environment(std::string_view env_text) {
    const auto variables = parse_env_file(env_text);
    if (!variables) return base::pass_on(variables);
    Import import{*variables};
    import.result.accounts = read_accounts(*variables, import.problems, import.result.notes);
    for (const EnvVariable& variable : *variables) import.take(variable);
    import.note_unused();
    import.check_window();
    if (!import.problems.empty())
        return base::fail(
            base::ErrorCode::invalid_input, "env file", base::join(import.problems, "\n")
        );
    return std::move(import.result);
}

}  // namespace config
