// A provider's IMAP server (RFC 3501, with SPECIAL-USE 6154, UIDPLUS 4315, MOVE 6851, SASL-IR 4959,
// LITERAL+ 7888, UNSELECT 3691, IDLE 2177, UTF8=ACCEPT 6855 and Gmail's X-GM-EXT-1) as a
// ServerSession.
//
// One per connection: (STARTTLS) → LOGIN or AUTHENTICATE (PLAIN, or by token) → LIST, SELECT, UID
// commands → LOGOUT. Known commands: CAPABILITY NOOP CHECK ID ENABLE LOGOUT STARTTLS LOGIN
// AUTHENTICATE LIST CREATE APPEND SELECT EXAMINE IDLE CLOSE UNSELECT EXPUNGE, UID SEARCH FETCH
// STORE COPY MOVE EXPUNGE; everything else is BAD, and so is what the provider does not announce.
// What other sessions did (new mail, expunged mail) is told at the end of NOOP and of the UID
// commands, and at once in IDLE. Limits: 64 KiB per command, 4 MiB per literal, 100 folders, the
// provider's number of sessions per account.
#pragma once
#include "sandbox/imap_reader.h"
#include "sandbox/post_office.h"
#include "sandbox/server_session.h"

namespace sandbox {

class ImapServer final : public ServerSession {
  public:
    // `encrypted`: TLS from the first byte; else STARTTLS has to come before the login.
    ImapServer(PostOffice& office, const Provider& provider, bool encrypted);
    ImapServer(const ImapServer&) = delete;
    ImapServer& operator=(const ImapServer&) = delete;
    ~ImapServer() override;

    ServerAnswer greet() override;
    ServerAnswer on_bytes(std::string_view bytes) override;
    void on_tls() override;
    std::string on_idle() override { return "* BYE idle for too long\r\n"; }
    base::Duration idle_limit() const override { return std::chrono::minutes(30); }
    std::string take_news() override;

  private:
    struct Selection {
        StoreFolder* folder = nullptr;
        bool read_only = false;
        std::vector<std::uint32_t> view;  // UIDs by sequence number, as this session knows them
    };
    // The tagged answer without its tag, such as "OK done"; empty: none (yet).
    using Tagged = std::string;

    void on_command(std::string command);
    Tagged run(const std::string& name, ImapReader& reader);
    Tagged run_logged_in(const std::string& name, ImapReader& reader);
    Tagged run_selected(const std::string& name, ImapReader& reader);
    Tagged run_uid(ImapReader& reader);

    // imap_server_login.cpp
    std::string capabilities() const;
    bool offers(std::string_view capability) const;
    Tagged capability();
    Tagged starttls();
    Tagged login(ImapReader& reader);
    Tagged authenticate(ImapReader& reader);
    Tagged on_response(const std::string& line);
    Tagged plain(std::string_view base64);
    Tagged token(std::string_view base64);
    Tagged log_in(std::string_view user, std::string_view password);
    Tagged end_login(const PostOffice::Login& result);

    // imap_server_folders.cpp
    StoreFolder* folder_named(std::string_view name);
    Tagged enable(ImapReader& reader);
    Tagged create(ImapReader& reader);
    Tagged append(ImapReader& reader);
    Tagged idle();
    Tagged end_idle(const std::string& line);
    Tagged list(ImapReader& reader);
    Tagged select(ImapReader& reader, bool read_only);
    Tagged close(bool expunging);

    // imap_server_mail.cpp
    Tagged uid_search(ImapReader& reader);
    Tagged uid_fetch(ImapReader& reader);
    Tagged uid_store(ImapReader& reader);
    Tagged uid_copy(ImapReader& reader, bool moving);
    void expunge(const std::optional<NumberSet>& uids);
    // UIDs of the set that lie in the folder, in order.
    std::vector<std::uint32_t> known_uids(const NumberSet& set) const;
    std::uint32_t uid_max() const;
    std::uint32_t sequence_of(std::uint32_t uid) const;
    void tell_changes();
    void say(const std::string& line) { out_.bytes += line + "\r\n"; }

    PostOffice& office_;
    const Provider& provider_;
    bool encrypted_;
    Account* account_ = nullptr;
    std::optional<Selection> selected_;
    ImapCommandBuffer buffer_;
    std::string tag_;
    std::string mechanism_;  // of an AUTHENTICATE that waits for the client; empty: none
    bool token_refused_ = false;
    bool idling_ = false;
    bool utf8_ = false;
    ServerAnswer out_;
};

}  // namespace sandbox
