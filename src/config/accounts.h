// What the `.env` of existing users carries: mailboxes, plain settings, and keys to export.
//
//   ZOHO_ACCOUNTS='[{"email":"a@co.com","password":"…","sender_name":"Ann"}, …]'   → senders
//   WARMUP_EMAILS=s1@gmail.com,s2@outlook.com  WARMUP_EMAILS_APP_PASSWORDS=…,…     → seed mailboxes
//
// Passwords and keys are announced to the log's mask and never stand in an error or a note.
// Everything that does not parse is refused, all problems at once, one line each with the name, its
// line in the file and the position in the value. A missing password of a seed mailbox is no error.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/email.h"
#include "base/result.h"
#include "config/edit.h"
#include "config/env_file.h"
#include "config/settings.h"

namespace config {

enum class AccountRole { sender, seed };

struct ImportedAccount {
    base::Email email;
    AccountRole role = AccountRole::sender;
    std::optional<Secret> password;  // none: the mailbox can receive but not be watched
    std::string name;
};

struct ImportedEnvironment {
    std::vector<ImportedAccount> accounts;    // senders first, in their order
    std::vector<PlainSetting> settings;       // checked; for config::with_settings
    std::vector<std::string> keys_to_export;  // names only: "GROQ_API_KEY"
    std::vector<std::string> notes;           // what was left aside and why
};

// The whole `.env` text. Errors: invalid_input, one line for each problem.
base::Result<ImportedEnvironment> import_environment(std::string_view env_text);

// The account lists alone; problems are appended. `variables` as parse_env_file gives them.
std::vector<ImportedAccount> read_accounts(
    const std::vector<EnvVariable>& variables,
    std::vector<std::string>& problems,
    std::vector<std::string>& notes
);

}  // namespace config
