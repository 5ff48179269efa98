#include "config/accounts.h"

#include <boost/json/parser.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>

#include "base/log.h"
#include "base/text.h"

namespace config {

namespace {

namespace json = boost::json;

const EnvVariable* find(const std::vector<EnvVariable>& variables, std::string_view name) {
    const auto found = std::ranges::find(variables, name, &EnvVariable::name);
    return found == variables.end() ? nullptr : &*found;
}

Secret take_secret(std::string text) {
    base::log::mask(text);
    return Secret(std::move(text));
}

// The reading of the two account lists, and what went wrong.
struct Accounts {
    std::vector<std::string>& problems;
    std::vector<std::string>& notes;
    std::vector<ImportedAccount> found{};

    void refuse(const EnvVariable& variable, const std::string& where, const std::string& why) {
        problems.push_back(
            fmt::format("{}{} (line {}): {}", variable.name, where, variable.line, why)
        );
    }
    void add(const EnvVariable& variable, const std::string& where, ImportedAccount account) {
        const bool twice = std::ranges::any_of(found, [&](const ImportedAccount& other) {
            return other.email.same_mailbox(account.email);
        });
        if (twice)
            refuse(variable, where, account.email.str() + " is listed twice; keep one of the two");
        else
            found.push_back(std::move(account));
    }
    std::optional<json::array> parse_array(const EnvVariable& variable);
    void add_sender(const EnvVariable& variable, std::size_t index, const json::value& item);
    std::optional<std::string> text_member(
        const EnvVariable& variable,
        const std::string& where,
        const json::object& item,
        const char* name
    );
    void add_seeds(const EnvVariable& emails, const EnvVariable* passwords);
};

std::optional<json::array> Accounts::parse_array(const EnvVariable& variable) {
    json::stream_parser parser;
    json::error_code error;
    const std::size_t read = parser.write_some(variable.value, error);
    if (!error && !parser.done()) parser.finish(error);
    const std::string position = fmt::format(", character {} of the value", read + 1);
    if (error) {
        refuse(
            variable,
            position,
            fmt::format(
                "the JSON is broken there ({}); is the value in single quotes?", error.message()
            )
        );
        return std::nullopt;
    }
    if (!base::trim(std::string_view(variable.value).substr(read)).empty()) {
        refuse(variable, position, "something follows after the JSON array; remove it");
        return std::nullopt;
    }
    json::value value = parser.release();
    if (!value.is_array()) {
        refuse(variable, "", R"(expected a JSON array [{"email":…,"password":…}, …])");
        return std::nullopt;
    }
    return std::move(value.get_array());
}

std::optional<std::string> Accounts::text_member(
    const EnvVariable& variable,
    const std::string& where,
    const json::object& item,
    const char* name
) {
    const json::value* member = item.if_contains(name);
    if (member == nullptr || member->is_null()) return std::nullopt;
    if (member->is_string()) return std::string(member->get_string());
    refuse(variable, fmt::format("{}.{}", where, name), "expected a text in quotes");
    return std::nullopt;
}

void Accounts::add_sender(const EnvVariable& variable, std::size_t index, const json::value& item) {
    std::string where = fmt::format("[{}]", index);
    if (!item.is_object())
        return refuse(variable, where, R"(expected an object {"email":…,"password":…})");
    const json::object& object = item.get_object();
    const std::size_t problems_before = problems.size();
    const auto email_text = text_member(variable, where, object, "email");
    auto password = text_member(variable, where, object, "password");
    const auto name = text_member(variable, where, object, "sender_name");
    if (problems.size() > problems_before) return;
    if (!email_text) return refuse(variable, where, "email is missing");
    const auto email = base::Email::parse(base::trim(*email_text));
    if (!email) return refuse(variable, where + ".email", email.error().message);
    where += " " + email->str();
    if (!password || password->empty())
        return refuse(variable, where, "password is missing; a sender mailbox needs one");
    for (const auto& member : object) {
        const std::string_view key = member.key();
        if (key != "email" && key != "password" && key != "sender_name")
            notes.push_back(
                fmt::format("{}{}: {} is not used", variable.name, where, base::printable(key, 60))
            );
    }
    add(variable,
        where,
        {*email, AccountRole::sender, take_secret(std::move(*password)), name.value_or("")});
}

// A comma list; one empty piece at its end is the trace of a trailing comma.
std::vector<std::string> comma_list(const std::string& value) {
    std::vector<std::string> pieces;
    for (const std::string& piece : base::split(value, ',')) pieces.emplace_back(base::trim(piece));
    if (pieces.back().empty()) pieces.pop_back();
    return pieces;
}

void Accounts::add_seeds(const EnvVariable& emails, const EnvVariable* passwords) {
    const std::vector<std::string> addresses = comma_list(emails.value);
    std::vector<std::string> secrets;
    if (passwords != nullptr) secrets = comma_list(passwords->value);
    // Masked before anything can be refused.
    for (const std::string& secret : secrets) base::log::mask(secret);
    if (secrets.size() > addresses.size())
        refuse(
            *passwords,
            "",
            fmt::format(
                "has {} entries, WARMUP_EMAILS has {}; they stand in the same order, and a "
                "password "
                "can't contain a comma",
                secrets.size(),
                addresses.size()
            )
        );
    secrets.resize(addresses.size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const std::string where = fmt::format(", entry {}", i + 1);
        const auto email = base::Email::parse(addresses[i]);
        if (!email) {
            refuse(emails, where, addresses[i].empty() ? "is empty" : email.error().message);
            continue;
        }
        ImportedAccount account{*email, AccountRole::seed, std::nullopt, ""};
        if (secrets[i].empty())
            notes.push_back(email->str() + " has no password: watching it is impossible");
        else
            account.password = Secret(secrets[i]);
        add(emails, where, std::move(account));
    }
}

}  // namespace

std::vector<ImportedAccount> read_accounts(
    const std::vector<EnvVariable>& variables,
    std::vector<std::string>& problems,
    std::vector<std::string>& notes
) {
    Accounts accounts{problems, notes};
    const EnvVariable* zoho = find(variables, "ZOHO_ACCOUNTS");
    if (zoho != nullptr && !zoho->value.empty()) {
        const auto array = accounts.parse_array(*zoho);
        for (std::size_t i = 0; array && i < array->size(); ++i)
            accounts.add_sender(*zoho, i, (*array)[i]);
    }
    const EnvVariable* emails = find(variables, "WARMUP_EMAILS");
    const EnvVariable* passwords = find(variables, "WARMUP_EMAILS_APP_PASSWORDS");
    if (emails != nullptr && !emails->value.empty())
        accounts.add_seeds(*emails, passwords);
    else if (passwords != nullptr && !passwords->value.empty())
        accounts.refuse(*passwords, "", "there is no WARMUP_EMAILS to go with it");
    return std::move(accounts.found);
}

}  // namespace config
