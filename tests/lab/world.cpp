#include "tests/lab/world.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <stdexcept>

#include "base/text.h"
#include "tests/lab/probe.h"
#include "tests/lab/toml_edit.h"

namespace lab {

using std::chrono::seconds;

namespace {

constexpr auto kRunLimit = seconds(120);
constexpr std::size_t kAddedByHand = 20;

constexpr std::int64_t kFastFactor = 720;  // of pilotlight_fast

std::vector<Account> together(std::vector<Account> accounts, const std::vector<Account>& more) {
    accounts.insert(accounts.end(), more.begin(), more.end());
    return accounts;
}

std::unique_ptr<MailServers> start_servers(
    const std::vector<Account>& accounts, const std::optional<Cast>& cast
) {
    if (!cast) return MailServers::start(accounts);
    return MailServers::start(together(accounts, cast->others), cast->domains, cast->lost_domains);
}

// With blanks, quotes, a backslash and letters beyond ASCII: what owners choose.
std::vector<Account> make_senders(const Stage& stage) {
    if (stage.cast) return stage.cast->senders;
    std::vector<Account> all = {
        {.email = "anna@alpha.test", .password = "anna word"},
        {.email = "cora@gamma.test", .password = "cora wörd", .slow_to_accept = stage.slow},
        {.email = "ben@beta.test", .password = "ben \"word\" \\"},
    };
    all.resize(std::min(all.size(), stage.senders));
    return all;
}

std::vector<Account> make_seeds(const Stage& stage) {
    if (stage.cast) return stage.cast->seeds;
    std::vector<Account> all = {
        {.email = "dora@mail.test", .password = "dora-word"},
        {.email = "fay@post.test",
         .password = "fay-word",
         .filed_under = "Junk",
         .slow_to_accept = stage.slow},
        {.email = "emil@mail.test", .password = "emil-word"},
    };
    all.resize(std::min(all.size(), stage.seeds));
    return all;
}

std::int64_t number(const boost::json::object& object, std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : -1;
}

}  // namespace

World::World(const Stage& stage)
    : stage_(stage),
      senders_(make_senders(stage)),
      seeds_(make_seeds(stage)),
      servers_(start_servers(together(senders_, seeds_), stage_.cast)),
      folder_(servers_->folder() + "/pilotlight") {
    start_model_server();
    environment_ = {{"HOME", servers_->folder()}, {"GROQ_API_KEY", kApiKey}};
}

World::~World() = default;

void World::start_model_server() {
    const std::string base = servers_->folder() + "/model";
    model_.emplace(Process::start(
        {.arguments = {PILOTLIGHT_MODEL_SERVER}, .out = base + ".out", .err = base + ".err"}
    ));
    const bool up = await(seconds(30), [&] {
        return read_file(base + ".out").contains('\n') || model_->await_exit(Limit::zero());
    });
    model_port_ = base::split(read_file(base + ".out"), '\n').front();
    if (!up || !base::parse_int(model_port_))
        throw std::runtime_error("the model server told no port\n" + read_file(base + ".err"));
}

void World::initialize() {
    std::vector<std::string> words = {"init", folder_};
    if (stage_.postgres != nullptr && stage_.password_in_url) {
        words.insert(words.end(), {"--store", stage_.postgres->url(stage_.database)});
    } else if (stage_.postgres != nullptr) {
        words.insert(words.end(), {"--store", stage_.postgres->bare_url(stage_.database)});
        environment_["PGPASSWORD"] = tests::PostgresServer::admin_password();
    }
    must(words);
    environment_.erase("PGPASSWORD");
}

void World::set_up(const std::map<std::string, std::string>& settings) {
    initialize();
    const std::string file = folder_ + "/pilotlight.toml";
    std::map<std::string, std::string> all = settings;
    // A thread ends with its first answer unless a test says otherwise.
    all.emplace("warmup.answer_back_rate", "0");
    all["tls.ca_file"] = '"' + servers_->ca_file() + '"';
    all["llm.warmup.base_url"] = "\"http://127.0.0.1:" + model_port_ + "/v1\"";
    if (std::ranges::any_of(together(senders_, seeds_), [this](const Account& account) {
            return uses_oauth(account);
        }))
        name_oauth_servers(all);
    std::string text = read_file(file);
    for (const auto& [name, value] : all) {
        const std::size_t dot = name.rfind('.');
        text = set_toml_key(text, name.substr(0, dot), name.substr(dot + 1), value);
    }
    write_file(file, text);

    for (const auto& [accounts, role] : {std::pair(senders_, "sender"), std::pair(seeds_, "seed")})
        accounts.size() > kAddedByHand ? import_mailboxes(accounts, role)
                                       : add_mailboxes(accounts, role);
}

World::Urls World::urls_of(const Account& account, bool starttls) const {
    const std::string& provider = account.provider;
    if (starttls) return {servers_->smtp_url(provider), servers_->imap_url(provider)};
    return {servers_->smtps_url(provider), servers_->imap_starttls_url(provider)};
}

void World::import_mailboxes(const std::vector<Account>& accounts, const char* role) {
    std::string csv = "email,role,password,smtp,imap\n";
    bool starttls = false;
    for (const Account& account : accounts) {
        starttls = !starttls;
        const Urls urls = urls_of(account, starttls);
        csv +=
            base::join({account.email, role, account.password, urls.smtp, urls.imap}, ",") + '\n';
    }
    const std::string file = servers_->folder() + "/" + role + ".csv";
    write_file(file, csv);
    must({"mailbox", "import", file});
}

void World::name_oauth_servers(std::map<std::string, std::string>& settings) const {
    for (const auto& [side, port] : {std::pair("smtp", "submission"), std::pair("imap", "imaps")}) {
        const std::string key = std::string("provider.outlook.") + side;
        settings[key + "_host"] = "\"localhost\"";
        settings[key + "_port"] = std::to_string(servers_->port(std::string("outlook.") + port));
    }
    settings["oauth.microsoft.client_id"] = "\"rig-client\"";
    for (const auto& [key, path] :
         {std::pair("device_url", "devicecode"), std::pair("token_url", "token")})
        settings[std::string("oauth.microsoft.") + key] =
            '"' + token_server_url(*servers_, path) + '"';
}

void World::add_with_oauth(const Account& account, const char* role) {
    const std::string person = account.email.substr(0, account.email.find('@')) + " Tester";
    must(
        {"mailbox",
         "add",
         account.email,
         "--role",
         role,
         "--name",
         person,
         "--provider",
         account.provider,
         "--oauth",
         "--accept-policy"}
    );
    if (stage_.token_seconds != 0)
        token_control(
            *servers_,
            {"action=lifetime",
             "account=" + account.email,
             "seconds=" + std::to_string(stage_.token_seconds)}
        );
    authorize(account.email);
}

void World::authorize(const std::string& email) {
    const std::string base = servers_->folder() + "/run";
    write_file(base + ".err", "");  // the code of the login before is of no use
    Process process = start({"mailbox", "authorize", email, "--device"});
    // "enter the code RIG-0A1B2C and log in as …"
    const std::string before = "enter the code ";
    const bool asked = await(kRunLimit, [&] {
        return read_file(base + ".err").contains(" and log in as ") ||
               process.await_exit(Limit::zero());
    });
    const std::string said = read_file(base + ".err");
    const std::size_t begin = said.find(before);
    if (!asked || begin == std::string::npos)
        throw std::runtime_error("mailbox authorize asks for no code\n" + said);
    const std::size_t code = begin + before.size();
    const std::string user_code = said.substr(code, said.find(' ', code) - code);
    token_control(*servers_, {"action=approve", "account=" + email, "user_code=" + user_code});
    const bool ended = process.await_exit(kRunLimit);
    printed_ += read_file(base + ".out") + read_file(base + ".err");
    if (!ended || process.exit_code() != 0)
        throw std::runtime_error("mailbox authorize failed\n" + read_file(base + ".err"));
}

std::vector<std::string> World::tokens_of(const std::string& email) const {
    const boost::json::value answer =
        boost::json::parse(token_control(*servers_, {"action=issued", "account=" + email}));
    std::vector<std::string> tokens;
    for (const boost::json::value& token : answer.at("tokens").as_array())
        tokens.emplace_back(token.as_string());
    return tokens;
}

void World::add_mailboxes(const std::vector<Account>& accounts, const char* role) {
    bool starttls = false;
    for (const Account& account : accounts) {
        starttls = !starttls;
        if (uses_oauth(account)) {
            add_with_oauth(account, role);
            continue;
        }
        const Urls urls = urls_of(account, starttls);
        const std::string person = account.email.substr(0, account.email.find('@'));
        environment_["MAILBOX_PASSWORD"] = account.password;
        must(
            {"mailbox",
             "add",
             account.email,
             "--role",
             role,
             "--name",
             person + " Tester",
             "--smtp",
             urls.smtp,
             "--imap",
             urls.imap,
             "--password-env",
             "MAILBOX_PASSWORD"}
        );
        // From here on the program knows it; a later command must not need it again.
        environment_.erase("MAILBOX_PASSWORD");
    }
}

void World::must(const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    if (outcome.exit_code == 0) return;
    throw std::runtime_error(
        "pilotlight " + base::join(arguments, " ") + " ended with " +
        std::to_string(outcome.exit_code) + "\n" + outcome.out + outcome.err
    );
}

// The environment wins, so that an installed program can be tried too.
std::string World::binary(bool fast) {
    if (fast) return PILOTLIGHT_FAST_BINARY;
    const char* given = std::getenv("PILOTLIGHT_BINARY");
    return given != nullptr ? given : PILOTLIGHT_BINARY;
}

void World::hurry() {
    since_micros_ = real_micros();
    environment_["PILOTLIGHT_FAST_SINCE"] = std::to_string(since_micros_);
}

std::int64_t World::now_micros() const {
    if (since_micros_ == 0) return real_micros();
    return since_micros_ + (real_micros() - since_micros_) * kFastFactor;
}

Process World::start(const std::vector<std::string>& arguments, const std::string& name) {
    std::vector<std::string> words = {binary(since_micros_ != 0)};
    if (stage_.verbose) words.emplace_back("--verbose");
    // init makes the file that --config names.
    if (arguments.front() != "init")
        words.insert(words.end(), {"--config", folder_ + "/pilotlight.toml"});
    words.insert(words.end(), arguments.begin(), arguments.end());
    const std::string base = servers_->folder() + "/" + name;
    return Process::start(
        {.arguments = words,
         .environment = environment_,
         .folder = servers_->folder(),
         .out = base + ".out",
         .err = base + ".err"}
    );
}

Outcome World::run(const std::vector<std::string>& arguments) {
    Process process = start(arguments);
    const bool ended = process.await_exit(kRunLimit);
    const std::string base = servers_->folder() + "/run";
    Outcome outcome{
        ended ? process.exit_code() : -1, read_file(base + ".out"), read_file(base + ".err")
    };
    printed_ += outcome.out + outcome.err;
    if (!ended) outcome.err += "still running after two minutes\n";
    return outcome;
}

std::string World::last_output() const {
    const std::string base = servers_->folder() + "/run";
    return "--- standard output\n" + tail(read_file(base + ".out"), 40) + "--- standard error\n" +
           tail(read_file(base + ".err"), 40);
}

std::map<std::string, std::vector<StoredMail>> World::read_maildirs(const std::vector<Account>& of
) const {
    std::map<std::string, std::vector<StoredMail>> out;
    for (const Account& account : of) out[account.email] = servers_->read_maildir(account.email);
    return out;
}

std::string World::model_requests() const { return read_file(servers_->folder() + "/model.out"); }

std::unique_ptr<StoreView> World::store() const {
    if (stage_.postgres != nullptr) return view_postgres(*stage_.postgres, stage_.database);
    return view_sqlite(folder_, servers_->folder());
}

std::optional<CycleReport> read_report(const std::string& json) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(json, error);
    if (error || !value.is_object()) return std::nullopt;
    const boost::json::object& object = value.get_object();
    CycleReport report;
    report.sent = number(object, "sent");
    report.replies = number(object, "replies");
    const boost::json::value* placement = object.if_contains("placement");
    if (placement == nullptr || !placement->is_object()) return report;
    report.inbox = number(placement->get_object(), "inbox");
    report.spam = number(placement->get_object(), "spam");
    const boost::json::value* rate = placement->get_object().if_contains("spam_rate");
    if (rate != nullptr && rate->is_number()) report.spam_rate = rate->to_number<double>();
    return report;
}

}  // namespace lab
