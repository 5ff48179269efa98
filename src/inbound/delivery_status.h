// The machine-readable part of a delivery report (RFC 3464), however broken: fields in one block
// instead of two, no blank line between recipients, no address type, folded anywhere.
//
// Pure and linear; at most `kRecipientsMax` recipients. Reads a text that holds such fields too.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace inbound {

inline constexpr std::size_t kRecipientsMax = 1000;

struct RecipientStatus {
    std::string original;    // Original-Recipient, or what stands for it; an address, or empty
    std::string final;       // Final-Recipient
    std::string action;      // "failed", "delayed", …, lower case
    std::string status;      // "5.1.1"
    std::string diagnostic;  // Diagnostic-Code with its type, line ends kept
    std::string comment;     // behind the status: "(mailbox disabled, not accepting messages)"
    std::string category;    // what PowerMTA made of it: "bad-mailbox", "quota-issues", …
    std::string remote;      // Remote-MTA

    // Where the mail was sent to: what a server rewrote it to is not what we know.
    const std::string& address() const { return original.empty() ? final : original; }
};

std::vector<RecipientStatus> read_delivery_status(std::string_view text);

}  // namespace inbound
