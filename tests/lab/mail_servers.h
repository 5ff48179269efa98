// Postfix and Dovecot, the real ones, for one test: submission (STARTTLS and implicit TLS, AUTH),
// local delivery into Maildirs, IMAP. From a private folder and on free loopback ports; several can
// run at once.
//
//   if (auto why = MailServers::missing()) GTEST_SKIP() << *why;
//   auto servers = MailServers::start({{"anna@alpha.test", "secret"}});
//
// Life cycle: `start` writes the configuration (templates in lab/), makes a private certificate
// authority, starts both masters and waits for their greetings; the destructor stops them, waits
// for all their processes and removes the folder. If the test dies, both masters get SIGTERM; only
// the folder stays. Limits: needs root (the servers' own users own their parts); no mail leaves,
// since there is neither a relay domain nor an SMTP client in this Postfix. Nothing under /etc or
// /var is read for settings or written. Errors: std::runtime_error with the ends of the logs where
// a server does not come up.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/maildir.h"
#include "tests/lab/process.h"

namespace lab {

struct Account {
    std::string email;
    std::string password;
    bool all_is_junk = false;     // this account's provider files all mail under Junk
    bool slow_to_accept = false;  // mail to it is accepted a second after the final dot
};

struct Ports {
    std::uint16_t submission = 0;
    std::uint16_t smtps = 0;
    std::uint16_t imap = 0;
    std::uint16_t imaps = 0;
};

class MailServers {
  public:
    // Why they cannot run here, in one line starting with "lab skipped: "; nothing where they can.
    static std::optional<std::string> missing();
    static std::unique_ptr<MailServers> start(const std::vector<Account>& accounts);
    ~MailServers();
    MailServers(const MailServers&) = delete;
    MailServers& operator=(const MailServers&) = delete;

    // The certificate is for localhost and 127.0.0.1, and so are the URLs: both ways to name a
    // server.
    std::string smtp_url() const;           // smtp+starttls://localhost:…
    std::string smtps_url() const;          // smtps://127.0.0.1:…
    std::string imap_url() const;           // imaps://127.0.0.1:…
    std::string imap_starttls_url() const;  // imap+starttls://localhost:…
    const Ports& ports() const { return ports_; }
    std::string ca_file() const;
    // The private folder; tests may keep their own files in it.
    const std::string& folder() const { return folder_; }

    // From now on the account takes this password only.
    void change_password(const std::string& email, const std::string& password) const;

    std::string maildir(const std::string& email) const;
    std::vector<StoredMail> read_maildir(const std::string& email) const;
    // Unread mail that is no business of the program under test; returns its name in the Maildir.
    std::string put_stranger_mail(const std::string& email, const std::string& raw) const;
    // True when everything Postfix accepted has been delivered; waits at most `limit` for it.
    bool await_delivery(Limit limit) const;

    // The ends of both logs, for a failure's output.
    std::string log_tail() const;

  private:
    explicit MailServers(const std::vector<Account>& accounts);
    void start_keeper();
    void start_dovecot();
    void start_postfix();
    void await_greeting(Process& master, std::uint16_t port, const std::string& start) const;

    std::string folder_;
    Ports ports_;
    std::optional<Process> keeper_;
    std::optional<Process> dovecot_;
    std::optional<Process> postfix_;
};

}  // namespace lab
