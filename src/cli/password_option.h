// `--password-env VAR`: the only way a password comes in, so that none stands in a shell's history
// or in the list of processes.
#pragma once
#include "cli/command.h"

namespace cli {

// The value of the variable that --password-env names, masked in the log from now on.
// invalid_input where the variable is not set, or where what was given is no variable's name: that
// may be the password itself, and is not repeated.
base::Result<std::string> take_password(const Invocation& invocation);

Option password_option(bool required);

}  // namespace cli
