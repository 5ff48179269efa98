// `pilotlight init`: configuration, key and store. The configuration is written last, so that where
// it stands the rest stands too, and an init that was cut off is finished by the next one.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "config/edit.h"
#include "config/load.h"
#include "config/store_url.h"
#include "config/template.h"
#include "engine/runtime.h"

namespace cli {

namespace {

constexpr std::string_view kSqlite = "sqlite:";

bool exists(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

std::unexpected<base::Error> refuse(base::ErrorCode code, std::string message) {
    return base::fail(code, "init", std::move(message));
}

// What is there and what this run makes.
struct Plan {
    std::string toml_path;
    std::string toml;  // the text to write; empty: the file is there and stays
    config::Settings settings;
    bool left_password_out = false;  // that of --store: only this run needs it
    bool make_key = false;
    bool key_from_environment = false;
    std::optional<bool> make_store;  // unknown for a store on a server
};

base::Result<std::string> toml_path_of(const Invocation& invocation) {
    const std::string folder = invocation.positional("DIR");
    if (!folder.empty() && !invocation.config_path.empty())
        return refuse(
            base::ErrorCode::invalid_input,
            "--config names the file and DIR the folder to make it in; give one of the two"
        );
    const std::filesystem::path path = invocation.config_path.empty()
                                           ? std::filesystem::path(folder) / "pilotlight.toml"
                                           : std::filesystem::path(invocation.config_path);
    return std::filesystem::absolute(path).lexically_normal().string();
}

base::Result<config::Settings> read_settings(Plan& plan, const Invocation& invocation) {
    const auto store = invocation.option("--store");
    if (exists(plan.toml_path)) {
        if (store)
            return refuse(
                base::ErrorCode::already_exists,
                fmt::format(
                    "{} is there and stays as it is; set [store] url in it instead of --store",
                    plan.toml_path
                )
            );
        return config::load(plan.toml_path, invocation.environment);
    }
    plan.toml = config::toml_template();
    config::Environment environment = invocation.environment;
    if (store) {
        auto text = config::with_settings(plan.toml, {{"store.url", *store}});
        if (!text) return base::pass_on(text);
        plan.toml = std::move(*text);
        environment.erase("PILOTLIGHT_STORE_URL");  // flags win over the environment
    }
    auto settings = config::load_text(plan.toml, plan.toml_path, environment);
    if (!settings || !store) return settings;
    const std::string kept = config::without_password(*store);
    plan.left_password_out = kept != *store;
    auto text = config::with_settings(plan.toml, {{"store.url", kept}});
    if (!text) return base::pass_on(text);
    plan.toml = std::move(*text);
    return settings;
}

base::Result<Plan> make_plan(const Invocation& invocation) {
    Plan plan;
    auto path = toml_path_of(invocation);
    if (!path) return base::pass_on(path);
    plan.toml_path = std::move(*path);
    auto settings = read_settings(plan, invocation);
    if (!settings) return base::pass_on(settings);
    plan.settings = std::move(*settings);
    plan.key_from_environment = !plan.settings.key.value.empty();
    plan.make_key = !plan.key_from_environment && !exists(plan.settings.key.file);
    const std::string& url = plan.settings.store.url;
    if (url.starts_with(kSqlite)) plan.make_store = !exists(url.substr(kSqlite.size()));
    if (plan.toml.empty() && !plan.make_key && plan.make_store == false)
        return refuse(
            base::ErrorCode::already_exists,
            fmt::format(
                "{} is there, with its key and its store, and stays as it is; for a second one "
                "name "
                "another folder: pilotlight init DIR",
                plan.toml_path
            )
        );
    if (plan.make_key && plan.make_store == false)
        return refuse(
            base::ErrorCode::not_found,
            fmt::format(
                "the store {} is there, but not its key file {}: restore the key from your backup, "
                "or "
                "move the store away to start anew (a new key can't open its passwords)",
                url.substr(kSqlite.size()),
                plan.settings.key.file
            )
        );
    return plan;
}

base::Result<> make_folder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error && std::filesystem::is_directory(folder, error)) return {};
    return refuse(
        base::ErrorCode::permission,
        fmt::format(
            "can't make the folder {}: {}; name one that you may write to: pilotlight init DIR",
            folder,
            error ? error.message() : "something else is there"
        )
    );
}

std::string shown_store(const std::string& url) {
    if (url.starts_with(kSqlite)) return url.substr(kSqlite.size());
    return config::with_password_hidden(url);
}

std::vector<std::string> next_steps(const Plan& plan, const Invocation& invocation) {
    std::vector<std::string> steps;
    const std::string folder = std::filesystem::path(plan.toml_path).parent_path().string();
    if (folder != std::filesystem::current_path().string() && invocation.config_path.empty())
        steps.push_back("cd " + folder);
    if (plan.settings.llm_warmup.api_key.empty())
        steps.push_back("export " + plan.settings.llm_warmup.api_key_env + "=…");
    steps.emplace_back(
        "pilotlight mailbox add you@example.com --role sender --provider zoho --password-env VAR"
    );
    steps.emplace_back("pilotlight mailbox add test@gmail.com --role seed --password-env VAR");
    steps.emplace_back("pilotlight mailbox check");
    steps.emplace_back("pilotlight warmup run");
    return steps;
}

void print_json(
    const Plan& plan, const std::string& header, const std::vector<std::string>& steps
) {
    boost::json::array next(steps.begin(), steps.end());
    boost::json::object document = {
        {"config", plan.toml_path},
        {"config_made", !plan.toml.empty()},
        {"key", nullptr},
        {"key_made", plan.make_key},
        {"store", shown_store(plan.settings.store.url)},
        {"store_made", nullptr},
        {"token_header", header},
        {"next", next}
    };
    if (!plan.key_from_environment) document["key"] = plan.settings.key.file;
    if (plan.make_store) document["store_made"] = *plan.make_store;
    print(boost::json::serialize(document) + "\n");
}

std::string made_table(const Plan& plan) {
    const auto state = [](bool made) { return std::string(made ? "made" : "found"); };
    std::vector<std::vector<std::string>> rows;
    rows.push_back({state(!plan.toml.empty()), plan.toml_path, "every setting with its help"});
    if (plan.key_from_environment)
        rows.push_back({"found", "PILOTLIGHT_KEY", "the key; no key file was written"});
    else
        rows.push_back(
            {state(plan.make_key),
             plan.settings.key.file,
             "seals mailbox passwords; keep a copy elsewhere"}
        );
    rows.push_back(
        {plan.make_store ? state(*plan.make_store) : "ready",
         shown_store(plan.settings.store.url),
         "the store"}
    );
    return table(rows);
}

void print_text(
    const Plan& plan, const std::string& header, const std::vector<std::string>& steps
) {
    std::string text = made_table(plan);
    if (plan.left_password_out)
        text +=
            "\nThe store's address is written without the password: later commands need none, "
            "roles "
            "have their own.\n";
    text += fmt::format(
        "\nWarmup mail carries the header {} (drawn for this store). A filter can file by it, "
        "but one that\nmoves warmup mail out of the inbox falsifies what is measured.\n\nNext:\n",
        header
    );
    for (const std::string& step : steps) text += "  " + step + "\n";
    print(text);
}

base::Result<int> run(const Invocation& invocation) {
    const base::Result<Plan> plan = make_plan(invocation);
    if (!plan) return base::pass_on(plan);
    const auto folder = make_folder(std::filesystem::path(plan->toml_path).parent_path().string());
    if (!folder) return base::pass_on(folder);
    if (plan->make_key) {
        base::SystemRandom random;
        const auto key = mailbox::Vault::create_file(plan->settings.key.file, random);
        if (!key) return base::pass_on(key);
    }
    const auto runtime = engine::Runtime::open(plan->settings, true);
    if (!runtime) return base::pass_on(runtime);
    // Drawn now, so that it is in the very first backup.
    const auto unsubscribe_key = (*runtime)->unsubscribe_key();
    if (!unsubscribe_key) return base::pass_on(unsubscribe_key);
    if (!plan->toml.empty()) {
        const base::Result<> written = write_new_file(plan->toml_path, plan->toml);
        if (!written) return base::pass_on(written);
    }
    const std::vector<std::string> steps = next_steps(*plan, invocation);
    if (invocation.json)
        print_json(*plan, (*runtime)->token_header(), steps);
    else
        print_text(*plan, (*runtime)->token_header(), steps);
    return 0;
}

}  // namespace

Command init_command() {
    return {
        .path = "init",
        .summary = "write the configuration, the key and the store",
        .help =
            "Makes pilotlight.toml (every setting with its help), pilotlight.key (mode 0600; it "
            "seals\n"
            "mailbox passwords, so keep a copy of it elsewhere) and the store, in DIR or here. "
            "Nothing that\n"
            "exists is ever overwritten: what is missing is made, what is there is used.\n"
            "\n"
            "The store is a SQLite file unless --store names a PostgreSQL database. There init "
            "makes one\n"
            "login for each role; where it lacks the right, it prints the SQL for an "
            "administrator.\n"
            "\n"
            "Examples:\n"
            "  pilotlight init\n"
            "  pilotlight init /srv/mail && cd /srv/mail\n"
            "  pilotlight init --store postgresql://me@db.example.com/mail\n",
        .positionals =
            {{.name = "DIR", .help = "folder to make them in; absent: here", .required = false}},
        .options =
            {{.name = "--store",
              .value = "URL",
              .help = "sqlite:PATH or postgresql://user@host/database"}},
        .run = run,
    };
}

}  // namespace cli
