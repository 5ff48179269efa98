// The thin coroutine client over imap::Session: few commands, done completely (RFC 3501; UIDPLUS
// RFC 4315, MOVE RFC 6851, IDLE RFC 2177). Folder names are UTF-8 here, whatever the server speaks.
//
// Life cycle: connect() (greeting, STARTTLS, login, CAPABILITY) → commands one after another →
// logout(). After an error with code timed_out, closed, network, tls, protocol or limit_exceeded
// the client is dead: usable() is false. A tagged NO is an Error with code refused and leaves the
// client usable, and so does invalid_input, for which nothing was sent.
#pragma once
#include <memory>

#include "base/clock.h"
#include "imap/types.h"
#include "net/dialer.h"
#include "net/waker.h"

namespace imap {

using net::Waker;

class Client {
  public:
    virtual ~Client() = default;
    // Errors keep stage "imap.connect", "imap.tls", "imap.login" …; a refused login is
    // unauthenticated.
    static base::Task<base::Result<std::unique_ptr<Client>>> connect(
        net::Dialer& dialer,
        base::Clock& clock,
        net::Endpoint endpoint,
        Credentials credentials,
        base::MonotonicTime deadline
    );

    // Upper-case capability after login, such as "X-GM-EXT-1".
    virtual bool has(std::string_view capability) const = 0;
    // All folders with their attributes; names are decoded from modified UTF-7 to UTF-8.
    virtual base::Task<base::Result<std::vector<Folder>>> list(base::MonotonicTime deadline) = 0;
    // SELECT, or EXAMINE where `read_only`. `name` is UTF-8.
    virtual base::Task<base::Result<Selected>> select(
        std::string name, bool read_only, base::MonotonicTime deadline
    ) = 0;
    // UID SEARCH with these criteria, such as "UID 17:*" (quote user text with imap::quoted);
    // sorted UIDs.
    virtual base::Task<base::Result<std::vector<std::uint32_t>>> uid_search(
        std::string criteria, base::MonotonicTime deadline
    ) = 0;
    // UID FETCH of a set such as "1,5:9"; `items` such as "UID FLAGS BODY.PEEK[HEADER]".
    virtual base::Task<base::Result<std::vector<Fetched>>> uid_fetch(
        std::string uid_set, std::string items, base::MonotonicTime deadline
    ) = 0;
    // UID STORE, such as ("17", "+FLAGS.SILENT (\\Seen)").
    virtual base::Task<base::Result<>> uid_store(
        std::string uid_set, std::string change, base::MonotonicTime deadline
    ) = 0;
    // Copies or moves messages of the selected folder; UIDs that are gone are passed over. A move
    // without MOVE is COPY, \Deleted and UID EXPUNGE of what was copied (RFC 6851 section 3.3), and
    // where that cannot be done for single messages either (no UIDPLUS), refused: nothing changed.
    // After a failure halfway the messages are in both folders.
    virtual base::Task<base::Result<>> uid_copy(
        std::string uid_set, std::string folder, base::MonotonicTime deadline
    ) = 0;
    virtual base::Task<base::Result<>> uid_move(
        std::string uid_set, std::string folder, base::MonotonicTime deadline
    ) = 0;
    // Files a message with these flags ("\\Seen", or empty) and this date (else the server's).
    virtual base::Task<base::Result<Appended>> append(
        std::string folder,
        std::string message,
        std::string flags,
        std::optional<base::Timestamp> date,
        base::MonotonicTime deadline
    ) = 0;
    // Makes a folder; one that is there is fine.
    virtual base::Task<base::Result<>> create(std::string folder, base::MonotonicTime deadline) = 0;
    virtual base::Task<base::Result<>> noop(base::MonotonicTime deadline) = 0;
    // Waits until the selected folder changes, somebody wakes the waiting, or the deadline comes;
    // the connection is as good as before in each case. Errors: unsupported without IDLE, and
    // refused where the server will not: poll then.
    virtual base::Task<base::Result<Idled>> idle(Waker& waker, base::MonotonicTime deadline) = 0;
    virtual bool usable() const = 0;
    virtual base::Task<> logout(base::MonotonicTime deadline) = 0;
};

}  // namespace imap
