// The openings of a cycle on their way into the store: composed on the loop, stored together.
//
//   auto composed = compose_opening(sender, seed, opening, wording, random, now);
//   auto ids = co_await db.run(Role::warmup, [=](Connection& c) { return store_openings(c, all,
//   now); });
//
// A cycle's openings are stored by the fifty: one commit for all of them, and no job that is long.
// Errors: mime::compose's own (a text or a name that can't be written into a message).
#pragma once
#include "base/random.h"
#include "delivery/email_record.h"
#include "mailbox/mailbox.h"
#include "mime/compose.h"
#include "store/connection.h"
#include "warmup/pairing.h"

namespace warmup {

inline constexpr std::size_t kOpeningsPerJob = 50;

struct Opening {
    Pair pair;
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    std::optional<std::int64_t> template_id;
    std::string send_key;
    std::int64_t cycle = 0;
};

// By what our mail is recognised.
struct Marking {
    const delivery::TokenMint& mint;
    std::string header;  // "X-Qwertyui"
};

struct ComposedOpening {
    delivery::NewEmail email;
    std::optional<std::int64_t> template_id;
};

// Sender, recipient, date and a new Message-ID of a mail between two of the owner's mailboxes.
mime::Outgoing message_between(
    const mailbox::Mailbox& from,
    const mailbox::Mailbox& to,
    base::Random& random,
    base::Timestamp now
);

base::Result<ComposedOpening> compose_opening(
    const mailbox::Mailbox& from,
    const mailbox::Mailbox& to,
    const Opening& opening,
    const Marking& marking,
    base::Random& random,
    base::Timestamp now
);

// Inside a job, on the warmup role: stores them as `prepared`, counts the uses of their templates
// and appends the decisions to the ledger; the ids stand in the order of the openings.
std::vector<std::int64_t> store_openings(
    store::Connection& connection, const std::vector<ComposedOpening>& openings, base::Timestamp now
);

// "Pair still active": both mailboxes of a mail, for the intent's own transaction.
base::Result<> pair_is_active(store::Connection& connection, std::int64_t email_id);

}  // namespace warmup
