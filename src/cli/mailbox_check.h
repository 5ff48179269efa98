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
    std::string name;  // "smtp connect", "smtp tls", "smtp login", "imap …", "imap folders"
    StepState state = StepState::not_tried;
    std::optional<base::Error> error;
    std::string what_to_do;  // for a failed one
};

struct CheckedMailbox {
    mailbox::Mailbox mailbox;
    std::vector<Step> steps;
    std::vector<inbound::WatchedFolder> folders;
    std::string note;  // what works, but is worth knowing

    bool ok() const;
};

// connect, tls, login of one side: all well without an error, else well up to the step that the
// error's stage names.
std::vector<Step> login_steps(
    std::string_view protocol, const std::optional<base::Error>& error, std::string_view provider
);
// What the owner should know about the folders that will be watched; empty where all is well.
std::string folder_note(const std::vector<inbound::WatchedFolder>& folders);

// Logs in on both sides and lists the folders; nothing is sent, nothing is changed. Where the
// provider takes no passwords it says so and tries nothing.
base::Task<CheckedMailbox> check_mailbox(
    mailbox::Connector& connector, base::Clock& clock, mailbox::Mailbox mailbox
);

}  // namespace cli
