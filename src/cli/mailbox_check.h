// Tries a mailbox on both sides and says, step by step, what works and what to do about the rest.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "imap/types.h"
#include "inbound/folders.h"
#include "mailbox/connector.h"

namespace cli {

enum class StepState { ok, failed, not_tried };
std::string_view to_string(StepState state);

struct Step {
    std::string name;  // "smtp dns", … connect, tls, login, sending; "imap dns", … folders
    StepState state = StepState::not_tried;
    std::optional<base::Error> error;
    std::string what_to_do;  // for a failed one
};

struct CheckedMailbox {
    mailbox::Mailbox mailbox;
    std::vector<Step> steps;
    std::vector<inbound::WatchedFolder> folders;
    bool folders_listed = false;
    std::string hidden_folders;  // inbound::hidden_folders
    std::string note;            // what works, but is worth knowing

    bool ok() const;
};

// dns, connect, tls, login of one side: all well without an error, else well up to the step that
// the error's stage names.
std::vector<Step> login_steps(
    std::string_view protocol, const std::optional<base::Error>& error, const mailbox::Mailbox& of
);
// ok, or what Gmail hides and how to show it.
Step folders_step(const CheckedMailbox& checked);
// What the owner should know about the folders that will be watched; empty where all is well.
std::string folder_note(const std::vector<inbound::WatchedFolder>& folders);

// Logs in on both sides, asks whether a mail from the mailbox to itself would be taken (MAIL and
// RCPT, no DATA) and lists the folders; nothing is sent, nothing is changed. Where the provider
// takes no passwords and there is nothing else it says so and tries nothing.
base::Task<CheckedMailbox> check_mailbox(
    mailbox::Connector& connector, base::Clock& clock, mailbox::Mailbox mailbox
);

}  // namespace cli
