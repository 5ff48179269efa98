// What a provider's policies say about warmup, shown before one of its mailboxes is added
// (DESIGN section 8): the owner decides, and the store keeps when.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "cli/command.h"
#include "mailbox/mailbox.h"
#include "mailbox/presets.h"

namespace cli {

// Shows the policy on standard error and has it accepted: by --accept-policy, or by an answer where
// a person sits at a terminal. invalid_input names the flag where neither is there, cancelled where
// the answer was no. A preset without policy lines has nothing to accept.
base::Result<> accept_policy(const Invocation& invocation, const mailbox::Preset& preset);

// What came of asking about several mailboxes.
struct Consent {
    std::vector<mailbox::Mailbox> accepted;
    std::vector<mailbox::Mailbox> declined;
    std::optional<base::Error> refusal;  // the last no
};
using Ask = std::function<base::Result<>(const mailbox::Preset&)>;
using Keep = std::function<void(const mailbox::Mailbox&)>;
// Each provider is asked about once, whatever the number of its mailboxes. What is accepted is kept
// before the next question, so that a later no, or a closed terminal, takes nothing back.
Consent ask_each_provider(
    const std::vector<mailbox::Mailbox>& waiting, const Ask& ask, const Keep& keep
);

// A person sits there, and answers a question: true for yes.
bool at_terminal();
bool says_yes(const std::string& question);

// "Zoho Mail: …", one line each, for people.
std::string policy_text(const mailbox::Preset& preset);

}  // namespace cli
