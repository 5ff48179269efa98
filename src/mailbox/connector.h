// Opens sessions for mailboxes: the governor that keeps to one SMTP and one IMAP session an
// account, and keeps an SMTP session open while more mail follows.
//
// One object serves all sides. A refused login stops further attempts for that mailbox in this
// process until `forget` (threats.md row 29: stop after one 535).
#pragma once
#include <map>
#include <memory>

#include "base/clock.h"
#include "imap/client.h"
#include "mailbox/mailbox.h"
#include "net/dialer.h"
#include "smtp/client.h"

namespace mailbox {

struct ConnectorSettings {
    std::string ehlo_name;  // empty: the address literal [127.0.0.1]
    bool log_in = true;     // false: the SMTP servers know us by our address, as relays do
};

class Connector {
  public:
    Connector(net::Dialer& dialer, base::Clock& clock, ConnectorSettings settings);
    ~Connector();

    // A logged-in SMTP session: the idle one of that mailbox if it is usable, else a new one. The
    // caller has it alone and gives it back with `release`. Errors: stage "smtp.…"; unauthenticated
    // where the mailbox has no password or its login was refused before.
    base::Task<base::Result<std::unique_ptr<::smtp::Client>>> smtp(
        Mailbox mailbox, base::MonotonicTime deadline
    );
    void release(const Mailbox& mailbox, std::unique_ptr<smtp::Client> client);
    // A logged-in IMAP session, owned by the caller.
    base::Task<base::Result<std::unique_ptr<::imap::Client>>> imap(
        Mailbox mailbox, base::MonotonicTime deadline
    );
    // Says QUIT on all idle SMTP sessions, concurrently.
    base::Task<> close_idle(base::MonotonicTime deadline);
    void forget(std::int64_t mailbox_id);

  private:
    net::Dialer& dialer_;
    base::Clock& clock_;
    ConnectorSettings settings_;
    std::map<std::int64_t, std::unique_ptr<smtp::Client>> idle_;
    std::map<std::int64_t, base::Error> refused_;
};

}  // namespace mailbox
