// What a provider's policies say about warmup, shown before one of its mailboxes is added
// (DESIGN section 8): the owner decides, and the store keeps when.
#pragma once
#include "cli/command.h"
#include "mailbox/presets.h"

namespace cli {

// Shows the policy on standard error and has it accepted: by --accept-policy, or by an answer where
// a person sits at a terminal. invalid_input names the flag where neither is there, cancelled where
// the answer was no. A preset without policy lines has nothing to accept.
base::Result<> accept_policy(const Invocation& invocation, const mailbox::Preset& preset);

// A person sits there, and answers a question: true for yes.
bool at_terminal();
bool says_yes(const std::string& question);

// "Zoho Mail: …", one line each, for people.
std::string policy_text(const mailbox::Preset& preset);

}  // namespace cli
