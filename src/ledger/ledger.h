// The ledger: every decision with its reason and numbers, append-only. It holds ids, never
// addresses or texts of mail; a word with an '@' in it is replaced by "[address]" before it is
// written.
//
// Rows are written in the transaction of what they tell about, on its connection: a decision that
// was rolled back leaves no trace. Every role may append, only the operator reads (store/roles.h).
// Errors: StoreError.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/connection.h"

namespace ledger {

struct Decision {
    base::Timestamp at;
    std::string side;          // who decided: "warmup", "campaign", "operator"
    std::string subject_kind;  // what about: "mailbox", "draft", "email", "cycle", …
    std::int64_t subject_id = 0;
    std::string decision;  // what: "paused", "sent", "refused", …
    std::string reason;    // why, in words for people
    // A JSON object of what was counted: {"spam": 4, "inbox": 8}.
    std::string numbers = "{}";
};

// A decision as it stands in the ledger.
struct Entry {
    std::int64_t id = 0;
    base::Timestamp at;
    std::string side;
    std::string subject_kind;
    std::int64_t subject_id = 0;
    std::string decision;
    std::string reason;
    std::string numbers;
};

// Appends. `numbers` that are not a JSON object are refused (StoreError invalid).
void append(store::Connection& connection, const Decision& decision);
// Several at once, in few statements.
void append_all(store::Connection& connection, const std::vector<Decision>& decisions);

// The latest decisions about a subject, oldest first; at most 500.
std::vector<Entry> read(
    store::Connection& connection, std::string_view subject_kind, std::int64_t subject_id
);

// "2026-11-23T13:07:00Z  warmup: mailbox 3 paused because spam rate over 10 % (inbox 8, spam 4)"
std::string tell(const Entry& entry);

// The text with every word that holds an '@' replaced.
std::string without_addresses(std::string_view text);

}  // namespace ledger
