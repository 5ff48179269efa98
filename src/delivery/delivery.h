// Everything that leaves goes through here: intent → send → record (DESIGN section 5).
//
//   auto id = co_await db.run(role, [=](Connection& c) { return delivery::prepare(c, side, email,
//   now); }); Report report = co_await delivery.send(id, mailbox, precondition, deadline);
//
// Whoever has the message at hand gives it as `Prepared` and spares the store a read; the intent is
// committed only for the bytes that were prepared, so a row that has moved on is not sent.
//
// The intent is committed between the 354 and the final dot. Whatever happens, the row ends as one
// of: accepted, refused, prepared again (provably not sent), in_doubt. Never sent twice: a row is
// sent from `prepared` only, and leaves it in the intent's own transaction.
//
// What a refusal means happens in the transaction that records it: the mailbox is paused, the
// message waits until its `not_before`, or is given up. A refusal that stops the campaign is in
// the report for the caller. What else belongs to an ending (a draft, its lead) the caller changes
// in that same transaction, by `Recorded`.
#pragma once
#include <functional>

#include "base/clock.h"
#include "delivery/email_record.h"
#include "mailbox/connector.h"
#include "mailbox/failure_policy.h"
#include "store/database.h"

namespace delivery {

enum class Ending { accepted, refused, not_sent, in_doubt };
std::string_view to_string(Ending ending);

// A row in status `prepared`, as whoever stored or read it knows it.
struct Prepared {
    std::int64_t id = 0;
    base::Email from;
    base::Email to;
    std::string raw;
};
// Of a row that has its bytes and addresses that parse, as every prepared one does.
Prepared prepared_of(const EmailRecord& email);

struct Report {
    std::int64_t email_id = 0;
    Ending ending = Ending::not_sent;
    std::string server_reply;  // where the server spoke
    base::Error error;         // for all but accepted
    mailbox::Verdict verdict;  // what follows from the error (mailbox/failure_policy.h)
    std::optional<base::Timestamp> not_before;  // of a message that was put off
    bool mailbox_paused = false;                // by this report
    bool reached_server = true;  // false: it was never offered to one, and none spoke
};

// True where the report tells of no failure: nothing may leave at present (stop --all, or the
// service stops). The row is as it was, and nobody is to blame.
bool kept_back(const Report& report);

class Delivery {
  public:
    // Checked in the intent's transaction, on the caller's role: an error keeps the message back.
    using Precondition = std::function<base::Result<>(store::Connection&)>;
    // Runs in the transaction that records the ending, after the row has it; like every job it may
    // run again from the start.
    using Recorded = std::function<void(store::Connection&, const Report&)>;

    Delivery(store::Database& db, mailbox::Connector& connector, base::Clock& clock, Side side);

    // Sends one prepared message from its mailbox. A lost database is thrown (the row then stays
    // with its intent and becomes in doubt at the next start); everything else is in the report.
    base::Task<Report> send(
        std::int64_t email_id,
        mailbox::Mailbox from,
        Precondition precondition,
        base::MonotonicTime deadline,
        Recorded recorded = {}
    );
    base::Task<Report> send(
        Prepared email,
        mailbox::Mailbox from,
        Precondition precondition,
        base::MonotonicTime deadline,
        Recorded recorded = {}
    );
    // Turns intents that a crash left into in_doubt; returns how many. Of campaigns only those
    // whose draft nobody holds a lease on: others may be sending at this moment.
    base::Task<std::int64_t> recover();

    store::Role role() const;

  private:
    base::Task<base::Result<>> commit_intent(
        std::int64_t id, std::string hash, Precondition precondition, bool* committed
    );
    base::Task<Report> record(
        Report report, mailbox::Mailbox from, bool own_intent, Recorded recorded
    );

    // Of what was kept back the row says nothing; the caller's side of it is recorded all the same.
    base::Task<Report> tell(Report report, Recorded recorded);

    store::Database& db_;
    mailbox::Connector& connector_;
    base::Clock& clock_;
    Side side_;
};

}  // namespace delivery
