#include "cli/password_option.h"

#include <fmt/format.h>

#include "base/log.h"

namespace cli {

namespace {

std::unexpected<base::Error> refuse(std::string message) {
    return base::fail(base::ErrorCode::invalid_input, "mailbox", std::move(message));
}

// What does not look like a variable's name may be the password itself: it is not repeated.
bool is_variable_name(std::string_view name) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    return !name.empty() && (name[0] < '0' || name[0] > '9') &&
           name.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace

base::Result<std::string> take_password(const Invocation& invocation) {
    const std::string variable = invocation.text("--password-env");
    if (!is_variable_name(variable)) {
        base::log::mask(variable);
        return refuse(
            "--password-env takes the NAME of an environment variable such as ANN_PASSWORD, never "
            "the password"
        );
    }
    const auto found = invocation.environment.find(variable);
    if (found == invocation.environment.end() || found->second.empty())
        return refuse(fmt::format(
            "environment variable {0} is not set; put the password there: read -rs {0} && export "
            "{0}",
            variable
        ));
    base::log::mask(found->second);
    return found->second;
}

Option password_option(bool required) {
    return {
        .name = "--password-env",
        .value = "VAR",
        .help = "NAME of the environment variable with the password",
        .required = required
    };
}

}  // namespace cli
