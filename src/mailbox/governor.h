// How many sessions an account may hold and when it may log in: the decisions, without I/O.
//
// The numbers are those of providers (providers.json: 1 IMAP session an account, Gmail 2), lowered
// by what servers say ("too many connections", 421) and raised again one by one after a quiet time.
// Temporary login failures back off with jitter; five failed logins to one host within five minutes
// leave that host alone (a provider's outage must not cost every account its login); logins to a
// host and of an account are spread, so that a restart with many mailboxes is no stampede.
//
// Life cycle: one Governor a process, told of everything by mailbox/connector, which carries the
// decisions out. It remembers nothing across restarts; what must last (a refused login, a blocked
// account) stands in the store (mailbox/pauses.h). All functions take the time as `now`.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "base/random.h"
#include "base/time.h"

namespace mailbox {

enum class Protocol { smtp, imap };
std::string_view to_string(Protocol protocol);

struct GovernorSettings {
    int logins_per_minute = 120;  // to one host; a quarter of them may come at once
    int breaker_failures = 5;     // so many failed logins to a host …
    base::Duration breaker_window = std::chrono::minutes(5);  // … within this time …
    base::Duration breaker_pause = std::chrono::minutes(15);  // … leave it alone so long at first
    base::Duration backoff_first = std::chrono::minutes(1);
    base::Duration backoff_max = std::chrono::hours(4);
    base::Duration raise_after = std::chrono::minutes(30);  // a lowered limit grows by one
    base::Duration smtp_idle_max = std::chrono::seconds(30);
};

// A server may end an idling session after 30 minutes, and some do after 10: IDLE is begun anew
// this often (RFC 2177).
inline constexpr std::chrono::minutes kIdleRenewal{9};

// The sessions we open at most to one account of this provider (preset name, or "" for any other).
int usual_sessions(std::string_view provider, Protocol protocol);

// The sessions that one account may hold now.
class SessionLimit {
  public:
    SessionLimit(int usual, base::Duration raise_after)
        : usual_(usual), raise_after_(raise_after), lowered_(usual) {}
    int allowed(base::MonotonicTime now) const;
    // The server refused one more while we held `held`; the rest are the owner's own clients.
    void too_many(int held, base::MonotonicTime now);

  private:
    int usual_;
    base::Duration raise_after_;
    int lowered_;
    base::MonotonicTime lowered_at_{};
};

// How long to wait after the n-th failure in a row (n from 1): doubled each time from `first` to
// `max`, then drawn from its upper half, so that many who failed together do not come back so.
base::Duration backoff(
    base::Duration first, base::Duration max, int failures, base::Random& random
);
// The server named a time: never earlier, and up to a quarter later.
base::Duration not_before(base::Duration asked, base::Random& random);

// Spreads events: `burst` at once, then one each `interval` (GCRA).
class Pace {
  public:
    Pace(base::Duration interval, int burst) : interval_(interval), burst_(burst) {}
    // Takes the next place and returns its time, `now` or later.
    base::MonotonicTime reserve(base::MonotonicTime now);
    base::MonotonicTime next(base::MonotonicTime now) const;
    // The latest reservation is not used after all.
    void give_back() { next_ -= interval_; }

  private:
    base::Duration interval_;
    int burst_;
    base::MonotonicTime next_{};
};

// Leaves a host alone after too many failed logins. After the pause one try goes ahead of all
// others: its failure pauses again, twice as long (up to eight times); any success ends it.
class Breaker {
  public:
    explicit Breaker(const GovernorSettings& settings) : settings_(settings) {}
    // When a login may be tried: `now`, or the time to ask again.
    base::MonotonicTime ready_at(base::MonotonicTime now) const;
    bool resting(base::MonotonicTime now) const { return now < until_; }
    void begun(base::MonotonicTime now);  // a login is under way
    // True where this failure starts a pause.
    bool failed(base::MonotonicTime now);
    void succeeded();
    void abandoned();  // it ended without an answer about the login

  private:
    GovernorSettings settings_;
    std::deque<base::MonotonicTime> failures_;
    base::MonotonicTime until_{};
    int pauses_ = 0;
    bool probing_ = false;
};

struct AccountKey {
    std::int64_t mailbox_id = 0;
    Protocol protocol = Protocol::imap;
    std::string host;
    std::string provider;
};

// What a failed attempt to open a session said, as mailbox/failure_policy judged it.
struct LoginFailure {
    bool about_login = false;  // an answer to the login itself (counts for the host)
    bool too_many = false;     // too many sessions of this account
    bool later = false;        // the server said "later": leave the account alone for a while
    std::optional<base::Duration> asked{};  // how long, where the server or our table says so
};

// When a login may be made, and why not before; `why` is empty where nothing stands against it.
struct Turn {
    base::MonotonicTime at;
    std::string why;
};

class Governor {
  public:
    Governor(GovernorSettings settings, base::Random& random);

    int sessions_allowed(const AccountKey& account, base::MonotonicTime now);
    // Takes a place in the pace of account and host. Ask again with `turn` when its time has come:
    // others' failures may have changed the answer meanwhile.
    Turn reserve(const AccountKey& account, base::MonotonicTime now);
    Turn turn(const AccountKey& account, base::MonotonicTime now);
    void give_back(const AccountKey& account);
    // The time that reserve() would give by the paces alone.
    base::MonotonicTime next_place(const AccountKey& account, base::MonotonicTime now);

    void begun(const AccountKey& account, base::MonotonicTime now);
    void succeeded(const AccountKey& account);
    void abandoned(const AccountKey& account);
    // `held`: sessions of the account that stay open. Returns when the account may be tried again.
    struct Answer {
        base::MonotonicTime account_until;  // `now`: at once
        bool host_pauses = false;           // this failure was one too many for the host …
        base::MonotonicTime host_until;     // … which rests until then
    };
    Answer failed(
        const AccountKey& account, const LoginFailure& failure, int held, base::MonotonicTime now
    );
    // The owner acted: nothing of the past counts for this account.
    void forget(std::int64_t mailbox_id);

    const GovernorSettings& settings() const { return settings_; }

  private:
    struct Account {
        SessionLimit limit;
        Pace pace;
        int failures = 0;
        base::MonotonicTime until{};
    };
    struct Host {
        Pace pace;
        Breaker breaker;
    };
    Account& account_of(const AccountKey& key);
    Host& host_of(const std::string& host);

    GovernorSettings settings_;
    base::Random& random_;
    std::map<std::pair<std::int64_t, Protocol>, Account> accounts_;
    std::map<std::string, Host> hosts_;
};

}  // namespace mailbox
