// `pilotlight mailbox add`: checks everything that was said before the store is opened, then
// writes.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/password_option.h"
#include "cli/policy_consent.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

struct Request {
    mailbox::NewMailbox mailbox;
    const mailbox::Preset* preset = nullptr;  // null: servers of no provider we know
    std::string found_by;
};

std::unexpected<base::Error> refuse(std::string message) {
    return base::fail(base::ErrorCode::invalid_input, "mailbox", std::move(message));
}

base::Result<> take_preset(
    Request& request, const mailbox::Preset& preset, const config::Settings& settings
) {
    const Servers servers = servers_of(preset, settings.provider.of(preset.name));
    request.preset = &preset;
    request.mailbox.provider = preset.name;
    request.mailbox.smtp_url = servers.smtp_url;
    request.mailbox.imap_url = servers.imap_url;
    return {};
}

// By the domain, then by what the DNS says of it.
base::Result<> find_servers(Request& request, const config::Settings& settings) {
    const base::Result<mailbox::Discovery> found =
        discover_servers(settings, request.mailbox.email);
    if (!found) return base::pass_on(found);
    request.found_by = found->how;
    if (found->preset != nullptr) return take_preset(request, *found->preset, settings);
    request.mailbox.smtp_url = mailbox::to_url(found->smtp, "smtp");
    request.mailbox.imap_url = mailbox::to_url(found->imap, "imap");
    return {};
}

// Decides whose servers these are: named ones, a preset's, or what is found.
base::Result<> take_servers(
    Request& request, const Invocation& invocation, const config::Settings& settings
) {
    const auto provider = invocation.option("--provider");
    const auto smtp = invocation.option("--smtp");
    const auto imap = invocation.option("--imap");
    if (provider && (smtp || imap))
        return refuse(
            "--provider brings its own servers; leave out --smtp and --imap, or --provider"
        );
    if (smtp || imap) {
        if (!smtp || !imap)
            return refuse("a mailbox has two sides: give both --smtp URL and --imap URL");
        request.found_by = "as you said";
        request.mailbox.smtp_url = *smtp;
        request.mailbox.imap_url = *imap;
        return {};
    }
    if (!provider) return find_servers(request, settings);
    const mailbox::Preset* preset = mailbox::find_preset(*provider);
    if (preset == nullptr)
        return refuse(fmt::format(
            "--provider {}: not a provider we know; use one of {}, or --smtp URL and --imap URL",
            base::printable(*provider, 60),
            preset_names()
        ));
    request.found_by = "as you said";
    return take_preset(request, *preset, settings);
}

base::Result<Request> read_request(const Invocation& invocation, const config::Settings& settings) {
    Request request;
    const auto email = base::Email::parse(base::trim(invocation.positional("EMAIL")));
    if (!email) return base::pass_on(email);
    request.mailbox.email = *email;
    request.mailbox.role =
        invocation.text("--role") == "seed" ? mailbox::Role::seed : mailbox::Role::sender;
    request.mailbox.name = invocation.text("--name");
    request.mailbox.zone = invocation.text("--zone");
    request.mailbox.login = invocation.text("--login");
    request.mailbox.mode =
        invocation.text("--mode") == "measure" ? mailbox::Mode::measure : mailbox::Mode::warmup;
    const base::Result<std::string> password = take_password(invocation);
    if (!password) return base::pass_on(password);
    request.mailbox.password = *password;
    const base::Result<> servers = take_servers(request, invocation, settings);
    if (!servers) return base::pass_on(servers);
    for (const std::string* text : {&request.mailbox.name, &request.mailbox.login})
        if (!base::is_utf8(*text) || text->find_first_of("\r\n") != std::string::npos)
            return refuse(
                "--name and --login are one line of UTF-8: '" + base::printable(*text, 60) + "'"
            );
    return request;
}

base::Result<std::int64_t> write(engine::Runtime& runtime, const Request& request) {
    const base::Timestamp now = runtime.clock().now();
    mailbox::NewMailbox mailbox = request.mailbox;
    const bool accepted = request.preset != nullptr && !request.preset->policy.empty();
    if (accepted) mailbox.policy_accepted_at = now;
    const mailbox::Vault& vault = runtime.vault();
    base::Random& random = runtime.random();
    return runtime.job(
        store::Role::operator_,
        [mailbox, now, accepted, &vault, &random](store::Connection& connection
        ) -> base::Result<std::int64_t> {
            const auto id = mailbox::add(connection, mailbox, vault, random, now);
            if (!id) return id;
            const std::string reason = accepted
                                           ? "the owner added it and accepted the provider's policy"
                                           : "the owner added it with servers of its own";
            ledger::append(connection, {now, "operator", "mailbox", *id, "added", reason, "{}"});
            return id;
        }
    );
}

std::string warning_of(const Request& request) {
    if (request.preset == nullptr || !request.preset->passwords_refused) return {};
    return request.preset->passwords_refused_words;
}

void print_json(const Request& request, std::int64_t id) {
    const mailbox::NewMailbox& mailbox = request.mailbox;
    boost::json::object document = {
        {"id", id},
        {"email", mailbox.email.str()},
        {"role", mailbox::to_string(mailbox.role)},
        {"mode", mailbox::to_string(mailbox.mode)},
        {"found_by", request.found_by},
        {"provider", mailbox.provider},
        {"smtp", mailbox.smtp_url},
        {"imap", mailbox.imap_url},
        {"policy", boost::json::array()},
        {"warning", nullptr}
    };
    if (request.preset != nullptr)
        for (const mailbox::PolicyLine& line : request.preset->policy)
            document["policy"].as_array().emplace_back(line.str());
    if (const std::string warning = warning_of(request); !warning.empty())
        document["warning"] = warning;
    print(boost::json::serialize(document) + "\n");
}

void print_text(const Request& request, const Invocation& invocation) {
    const mailbox::NewMailbox& mailbox = request.mailbox;
    std::string text = fmt::format(
        "Added {} as a {} mailbox{}, {}.\n  {}\n  {}\n",
        mailbox.email.str(),
        mailbox::to_string(mailbox.role),
        request.preset == nullptr ? "" : " of " + request.preset->title,
        request.found_by,
        mailbox.smtp_url,
        mailbox.imap_url
    );
    if (request.preset != nullptr && invocation.flag("--accept-policy"))
        text += "What you accepted:\n" + policy_text(*request.preset);
    if (const std::string warning = warning_of(request); !warning.empty())
        text += "Note: " + warning + ".\n";
    print(text + "Next: pilotlight mailbox check " + mailbox.email.str() + "\n");
}

base::Result<int> run(const Invocation& invocation) {
    const base::Result<config::Settings> settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const base::Result<Request> request = read_request(invocation, *settings);
    if (!request) return base::pass_on(request);
    if (request->preset != nullptr) {
        const base::Result<> accepted = accept_policy(invocation, *request->preset);
        if (!accepted) return base::pass_on(accepted);
    }
    const auto runtime = engine::Runtime::open(*settings);
    if (!runtime) return base::pass_on(runtime);
    const base::Result<std::int64_t> id = write(**runtime, *request);
    if (!id) return base::pass_on(id);
    if (invocation.json)
        print_json(*request, *id);
    else
        print_text(*request, invocation);
    return 0;
}

std::string help() {
    std::string text =
        "Adds a mailbox that you own. A sender is what campaigns write from and what is being "
        "warmed;\n"
        "a seed mailbox receives warmup mail and answers it. The password is read from an "
        "environment\n"
        "variable and kept sealed with your key file; it is never shown.\n"
        "\n"
        "The servers come from the provider. It is found by the address's domain, then by the MX "
        "records\n"
        "of an own domain, then by SRV records (RFC 6186); --provider names it, and any other "
        "server "
        "is\n"
        "given by two URLs: smtps://host:465 or smtp+starttls://host:587, imaps://host:993 or\n"
        "imap+starttls://host:143. Mail never travels unencrypted, and certificates are checked.\n"
        "\n"
        "Examples:\n"
        "  read -rs ANN_PASSWORD && export ANN_PASSWORD\n"
        "  pilotlight mailbox add ann@example.com --role sender --name 'Ann Lee' --provider zoho "
        "\\\n"
        "      --password-env ANN_PASSWORD\n"
        "  pilotlight mailbox add seed@example.org --role seed --password-env SEED_PASSWORD \\\n"
        "      --smtp smtps://mail.example.org:465 --imap imaps://mail.example.org:993\n"
        "\n"
        "Providers have rules that bear on warmup. They are shown, and --accept-policy says that "
        "you\n"
        "have read them:\n";
    // Regions and personal addresses share the lines of their provider.
    for (const mailbox::Preset& preset : mailbox::presets())
        if (preset.name.find('-') == std::string::npos) text += policy_text(preset);
    return text;
}

}  // namespace

Command mailbox_add_command() {
    return {
        .path = "mailbox add",
        .summary = "add a mailbox that you own",
        .help = help(),
        .positionals = {{.name = "EMAIL", .help = "the mailbox's address"}},
        .options =
            {{.name = "--role",
              .value = "ROLE",
              .help = "sender: is warmed; seed: receives and answers",
              .required = true,
              .choices = {"sender", "seed"}},
             password_option(true),
             {.name = "--name", .value = "NAME", .help = "display name in From"},
             {.name = "--zone",
              .value = "ZONE",
              .help = "its time zone, such as Europe/Berlin; absent: [sending] timezone"},
             {.name = "--provider", .value = "NAME", .help = "one of " + preset_names()},
             {.name = "--smtp", .value = "URL", .help = "server for sending, with --imap"},
             {.name = "--imap", .value = "URL", .help = "server for reading, with --smtp"},
             {.name = "--mode",
              .value = "MODE",
              .help = "warmup; measure: its placement is watched, nothing is answered or moved",
              .choices = {"warmup", "measure"}},
             {.name = "--login", .value = "LOGIN", .help = "user name; absent: the address"},
             {.name = "--accept-policy", .value = "", .help = "you have read the provider's rules"}
            },
        .run = run,
    };
}

}  // namespace cli
