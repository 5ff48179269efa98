// Opens sessions for mailboxes, within what mailbox/governor allows: so many sessions an account,
// logins spread, nothing tried against a server that said no.
//
//   auto session = co_await connector.imap(mailbox, deadline);   // queued where all are in use
//   (*session)->select(…); …                                     // counts until it is destroyed
//
// One object serves all sides of a process. A refused login is never tried again before the owner
// acts (an access token is replaced by a new one first, once): it is remembered here, and with
// `persist_pauses` the mailbox is paused in the store, for other processes and after a restart
// (`mailbox resume` or a new password ends it).
//
// Errors: stage "smtp.…" or "imap.…" of the step that failed; "smtp.session", "imap.session" with
// code unavailable where it was not our turn before the deadline; unauthenticated where there is no
// password, or the login was refused.
#pragma once
#include <map>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "mailbox/governor.h"
#include "mailbox/mailbox.h"
#include "mailbox/session.h"
#include "mailbox/token_source.h"
#include "net/dialer.h"
#include "store/database.h"

namespace mailbox {

// The stage of an error that says nothing of mailbox, server or message: nothing may leave now.
inline constexpr const char* kHeldStage = "sending.held";

struct ConnectorSettings {
    std::string ehlo_name;  // empty: the address literal [127.0.0.1]
    bool log_in = true;     // false: the SMTP servers know us by our address, as relays do
    GovernorSettings governor{};
};

class Connector {
  public:
    // `tokens`: for mailboxes that log in by OAuth2; without it these are told what is missing.
    // `random`: for the jitter of waiting times; without it a generator of the connector's own.
    // Both outlive the connector.
    Connector(
        net::Dialer& dialer,
        base::Clock& clock,
        ConnectorSettings settings,
        TokenSource* tokens = nullptr,
        base::Random* random = nullptr
    );
    ~Connector();
    Connector(const Connector&) = delete;
    Connector& operator=(const Connector&) = delete;

    // From now on a refused login pauses its mailbox in this store. It outlives the connector.
    void persist_pauses(store::Database& db) { db_ = &db; }

    // A logged-in SMTP session: the idle one of that mailbox if it is usable, else a new one.
    base::Task<base::Result<SmtpSession>> smtp(Mailbox mailbox, base::MonotonicTime deadline);
    // Keeps it open for the next mail, which has to come soon (GovernorSettings::smtp_idle_max).
    void release(const Mailbox& mailbox, SmtpSession session);
    // A logged-in IMAP session.
    base::Task<base::Result<ImapSession>> imap(Mailbox mailbox, base::MonotonicTime deadline);
    // Says QUIT on all idle SMTP sessions, concurrently, and waits for those under way.
    base::Task<> close_idle(base::MonotonicTime deadline);
    // The owner acted: what was refused before may be tried again.
    void forget(std::int64_t mailbox_id);

    // From now on no SMTP session is given out: smtp() fails at once as `cancelled` with the stage
    // kHeldStage and these words (the service stops, or all sending was stopped). Sessions under
    // way go on.
    void hold_sending(std::string why) { held_ = std::move(why); }
    void release_sending() { held_.reset(); }
    bool sending_held() const { return held_.has_value(); }

    // What waiting times are drawn from.
    base::Random& random() { return random_; }

    // How long a login at this host would have to wait for its turn now, over what the session
    // itself takes: what a caller adds to its deadline who starts many mailboxes at once.
    base::Duration login_wait(const Mailbox& mailbox, Protocol protocol);

  private:
    struct Idle {
        SmtpSession session;
        base::Clock::TimerId timer = 0;
    };
    struct Refused {
        base::Error error;
        std::optional<std::string> password;
        std::int64_t resumes = 0;
    };
    struct Secret {
        std::string text;
        bool bearer = false;
        bool replaced = false;  // it is the second one of this login
    };
    struct Closing;
    class Attempt;

    AccountKey account_of(const Mailbox& mailbox, Protocol protocol) const;
    base::Result<> may_log_in(const Mailbox& mailbox);
    // A place among the account's sessions, or its idle SMTP session.
    struct Entered {
        SessionPlaces::Place place;
        SmtpSession idle;
    };
    base::Task<base::Result<Entered>> enter(AccountKey account, base::MonotonicTime deadline);
    std::optional<Entered> enter_now(const AccountKey& account);
    SmtpSession take_idle(std::int64_t mailbox_id);
    base::Task<base::Result<>> await_turn(AccountKey account, base::MonotonicTime deadline);
    base::Task<base::Result<Secret>> secret_of(Mailbox mailbox, base::MonotonicTime deadline);
    // All that comes before a login: it is allowed, its turn has come, and this is the secret.
    base::Task<base::Result<Secret>> admit(
        Mailbox mailbox, AccountKey account, base::MonotonicTime deadline
    );
    base::Task<bool> replace_token(Mailbox mailbox, Secret refused, base::Error error);
    base::Task<> note_failure(Mailbox mailbox, AccountKey account, base::Error error);
    base::Task<> remember_refusal(Mailbox mailbox, base::Error error);
    void quit_idle(std::int64_t mailbox_id);

    net::Dialer& dialer_;
    base::Clock& clock_;
    ConnectorSettings settings_;
    TokenSource* tokens_;
    base::SeededRandom own_random_{0x70696c6f74};
    base::Random& random_;
    Governor governor_;
    SessionPlaces places_;
    store::Database* db_ = nullptr;
    std::optional<std::string> held_;
    std::map<std::int64_t, Idle> idle_;
    std::map<std::int64_t, Refused> refused_;
    std::shared_ptr<Closing> closing_;
};

}  // namespace mailbox
