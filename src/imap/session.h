// One IMAP connection as a protocol core without I/O (RFC 3501; net/session.h says how it is
// driven).
//
// Life cycle: constructed (greeting next) → greeting, STARTTLS where asked for, CAPABILITY, login
// (by password, or by token: XOAUTH2, OAUTHBEARER), CAPABILITY, ID and UTF8=ACCEPT where offered →
// Ready. Then command() → drive → take_reply(), one command after another; Logout or an error ends
// it (Done). After an error the connection is of no more use; a tagged NO is not such an error.
//
// Before TLS nothing secret is sent, and nothing that was said counts: capabilities are asked
// again, bytes behind STARTTLS's OK end the session (response injection), so does a PREAUTH
// greeting, a refused or missing STARTTLS. There is no way round it.
//
// Limits: those of ResponseReader and the parser, a deadline for each read and a number of bytes
// for each step (states.h). Errors: invalid_input (nothing was sent; still Ready), refused (tagged
// NO; still Ready), and as end of the session: unauthenticated, unavailable (greeting BYE, login
// refused for a while), closed, timed_out, network, tls, protocol, limit_exceeded, unsupported.
// Server words in them are untrusted, and cleared of the password.
#pragma once
#include <map>

#include "imap/command.h"
#include "imap/response.h"
#include "imap/response_reader.h"
#include "imap/states.h"
#include "imap/types.h"
#include "imap/uid_ranges.h"
#include "net/dialer.h"
#include "net/sasl.h"
#include "net/session.h"

namespace imap {

// What a command brought; each command fills its own member.
struct Reply {
    std::vector<Folder> folders;  // in the server's order
    Selected selected;
    std::vector<std::uint32_t> uids;  // sorted, each once
    std::vector<Fetched> fetched;     // sorted by UID, each once, only UIDs that were asked for
    Appended appended;
    std::optional<Copied> copied;  // of COPY and MOVE, where the server says it
    Idled idled = Idled::changed;
};

class Session : public net::Session {
  public:
    // `encrypted`: the stream is so from the first byte. With Tls::implicit it has to be.
    Session(Credentials credentials, net::Tls tls, bool encrypted);

    net::Action next() override;
    void on_written() override;
    void on_bytes(std::string_view bytes) override;
    void on_tls_started() override;
    void on_closed() override;
    void on_timeout() override;
    void on_wake(net::Wake wake) override;
    void on_failure(base::Error error) override;
    void resume() override;

    // Only in State::ready.
    void command(Command command);
    // SELECT or EXAMINE of a folder by its UTF-8 name, spelled as this server's LIST spelled it.
    void select(const std::string& name, bool read_only);
    // LIST, in the best form that the server has.
    void list();
    // How this server spells a folder that has this UTF-8 name.
    std::string wire_name(const std::string& name) const;
    // The last command's result, or the error that ended the session. Once for each command.
    base::Result<Reply> take_reply();

    State state() const { return state_; }
    // Why the session ended before its time.
    const std::optional<base::Error>& error() const { return error_; }
    // Upper case; what the server said last.
    bool has(std::string_view capability) const;
    // True where another command may be sent.
    bool usable() const { return state_ == State::ready && bye_.empty(); }

  private:
    // session_login.cpp: from the greeting to Ready.
    void on_greeting(const Response& response);
    void on_greeting_line(const StatusLine& line);
    void begin_capability();
    void begin_starttls();
    void begin_login();
    void begin_token_login();
    void settle();
    void finish_capability();
    void finish_starttls(bool nothing_follows);
    void finish_login();
    void on_token_refusal(const Continuation& challenge);
    void login_refused(const StatusLine& line);
    void keep_capabilities(const std::vector<std::string>& names);
    bool keep_capabilities(const StatusLine& line);

    // session_replies.cpp: what the server says.
    void on_response(Response response, bool last);
    void on_untagged(StatusLine line);
    void on_tagged(const StatusLine& line, bool last);
    void on_continuation(const Continuation& continuation);
    void on_malformed(Malformed response);
    void on_data(const Enabled& enabled);
    void on_data(Listed listed);
    void on_data(const Searched& searched);
    void on_data(const MessageCount& count);
    void on_data(FetchData data);
    void on_change();
    void end_idle(Idled idled);
    void take_code(const StatusLine& line);
    void finish_command(const StatusLine& line);
    base::Result<Reply> collect_reply();

    // session.cpp
    const StateRow& row() const { return row_of(state_); }
    void enter(State state);
    void send(std::vector<std::string> parts);
    std::string next_tag();
    bool count_bytes(std::size_t bytes, std::size_t text_bytes);
    void fail(base::ErrorCode code, std::string message, std::string_view server_words = {});
    void end();
    Dialect dialect() const;
    std::string without_secrets(std::string_view server_words) const;

    Credentials credentials_;
    net::Tls tls_;
    bool secure_;
    bool logged_in_ = false;
    bool identified_ = false;  // ID was sent
    bool enabled_ = false;     // ENABLE was sent
    bool utf8_ = false;        // and taken
    std::optional<net::TokenMechanism> mechanism_;
    std::optional<std::string> token_refusal_;  // the status in its challenge
    std::vector<std::string> secrets_;          // what must not come back in the server's words

    State state_ = State::greeting;
    std::optional<base::Error> error_;
    ResponseReader reader_;
    std::size_t step_bytes_ = 0;
    std::size_t step_text_bytes_ = 0;

    unsigned tag_count_ = 0;
    std::string tag_;                 // of the command under way
    std::string outgoing_;            // not written yet
    std::vector<std::string> parts_;  // to be sent after the next "+", last first

    // " IDLE UIDPLUS ": of all that an idle connection keeps, a set of strings would be the
    // largest.
    std::string capabilities_;
    bool capabilities_known_ = false;  // the server said them since they were last in doubt
    std::string bye_;                  // its words, once it has said BYE
    std::map<std::string, std::string>
        wire_names_;  // by UTF-8 name, where encoding would not give it

    // The command under way.
    std::optional<UidRanges> asked_;
    Reply reply_;
    std::map<std::uint32_t, Fetched> fetched_;
    base::MonotonicTime idle_until_;
    bool idling_ = false;         // the server has taken IDLE, and DONE is not sent
    bool done_sent_ = false;      // DONE is on its way
    std::optional<Idled> idled_;  // what ends it
    std::optional<base::Result<Reply>> outcome_;
};

}  // namespace imap
