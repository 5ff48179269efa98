// Moves messages of ours from one folder of a mailbox to another, and touches nothing else.
//
//   FilingTask task{token_header, target, orders, true};
//   auto ends = co_await file_messages(client, std::move(task), deadline);
//
// Each message is looked at again right before it is moved: it must still lie where the order says,
// name itself as ours, and bear no mark of a person (inbound/marks.h). Moving is by UID with MOVE
// (RFC 6851), which at Gmail takes the label INBOX off; a server without it and without UIDPLUS
// refuses, and nothing is changed. Repeating an order is harmless: what was moved is absent then.
// Errors: only where the session fails; every order's own end is in the answer.
#pragma once
#include "imap/client.h"
#include "inbound/folders.h"
#include "inbound/marks.h"

namespace inbound {

struct FilingOrder {
    std::int64_t id = 0;  // the caller's own
    std::string folder;   // where it was seen, or where it should lie
    // Where it was seen; 0: it is looked for by Message-ID.
    std::uint32_t uidvalidity = 0;
    std::uint32_t uid = 0;
    std::vector<std::string> message_ids;  // ours, and the one its provider put in its place
    std::string token;                     // value of the token header
    std::optional<Marks> marks_then;       // at the first sighting; nothing where nobody looked
};

enum class FilingEnd { filed, absent, touched, refused };
std::string_view to_string(FilingEnd end);

struct FilingResult {
    std::int64_t id = 0;
    FilingEnd end = FilingEnd::absent;
    std::string why;  // for all but filed: our words, safe for the ledger
};

struct FilingTask {
    std::string token_header;
    OwnFolder target;  // made where it is not there
    std::vector<FilingOrder> orders;
    bool mark_seen = true;
};

// One result an order, in the order of the orders.
base::Task<base::Result<std::vector<FilingResult>>> file_messages(
    imap::Client& client, FilingTask task, base::MonotonicTime deadline
);

// Which of the orders a fetched message is, if any: by UID and by what its headers say. Pure.
std::optional<std::size_t> order_of(
    const std::vector<FilingOrder>& orders,
    const imap::Fetched& fetched,
    const std::string& token_header
);

}  // namespace inbound
