// The rig (lab/rig) for one test: Postfix, Dovecot, and where a provider of the accounts needs them
// Rspamd, NSD and a token server; real ones, from a private folder and on free loopback ports.
//
//   if (auto why = MailServers::missing()) GTEST_SKIP() << *why;
//   auto servers = MailServers::start({{"anna@alpha.test", "secret"}});
//
// Life cycle: `start` runs lab/rig and waits until all servers answer; the destructor ends it,
// waits for all processes, and the folder is gone. If the test dies, lab/rig gets SIGTERM and does
// the same. Limits: needs root (the servers' own users own their parts); no mail leaves. Errors:
// std::runtime_error with the ends of the logs where a server does not come up.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/mailbox_state.h"
#include "tests/lab/maildir.h"
#include "tests/lab/process.h"

namespace lab {

// The fields of Account and Domain in lab/servers/plan.py.
struct Account {
    std::string email;
    std::string password;
    std::string filed_under = {};  // a rule of its owner files all mail there
    bool slow_to_accept = false;   // mail to it is accepted a second after the final dot
    std::string provider = "plain";
    std::string refresh_token = {};  // logs in by OAuth2
    bool files_sent = false;         // its provider keeps a copy of submitted mail
    int vacation_days = 0;           // a vacation note, at most one in so many days to a sender
    std::string vacation_words = "I am out of the office and will answer when I am back.";
    std::string refuses = {};        // its Sieve refuses all mail in these words
    bool full = false;               // over its quota
    std::string redirected_to = {};  // its Sieve sends all mail on

    std::string domain() const { return email.substr(email.find('@') + 1); }
};

struct Domain {
    std::string spf = "pass";
    std::string dkim = "pass";
    std::string dmarc = "none";
};
using Domains = std::map<std::string, Domain>;

class MailServers {
  public:
    // Why they cannot run here, in one line starting with "lab skipped: "; nothing where they can.
    static std::optional<std::string> missing();
    static std::unique_ptr<MailServers> start(
        const std::vector<Account>& accounts,
        const Domains& domains = {},
        const std::vector<std::string>& lost_domains = {}  // in DNS, and never reached
    );
    ~MailServers();
    MailServers(const MailServers&) = delete;
    MailServers& operator=(const MailServers&) = delete;

    // The certificate is for localhost and 127.0.0.1, and so are the URLs: both ways to name a
    // server.
    std::string smtp_url(const std::string& provider = "plain") const;  // smtp+starttls://localhost
    std::string smtps_url(const std::string& provider = "plain") const;  // smtps://127.0.0.1
    std::string imap_url(const std::string& provider = "plain") const;   // imaps://127.0.0.1
    std::string imap_starttls_url(const std::string& provider = "plain") const;
    // "gmail.imaps", "dns", "token", …; throws std::out_of_range for another.
    std::uint16_t port(const std::string& name) const { return ports_.at(name); }
    std::string ca_file() const;
    // The private folder; tests may keep their own files in it.
    const std::string& folder() const { return folder_; }

    // From now on the account takes this password only.
    void change_password(const std::string& email, const std::string& password) const;

    std::string maildir(const std::string& email) const;
    std::vector<StoredMail> read_maildir(const std::string& email) const;
    // The whole mailbox as Dovecot itself gives it (doveadm); no flag changes by looking.
    MailboxState mailbox_state(const std::string& email) const;
    // Runs doveadm for that account's server and returns what it prints; throws where it fails.
    std::string doveadm(const std::string& email, const std::vector<std::string>& words) const;
    // Unread mail that is no business of the program under test; returns its name in the Maildir.
    std::string put_stranger_mail(const std::string& email, const std::string& raw) const;
    // True when everything Postfix accepted has been delivered; waits at most `limit` for it.
    bool await_delivery(Limit limit) const;

    // The ends of all logs, for a failure's output.
    std::string log_tail() const;

  private:
    MailServers(
        const std::vector<Account>& accounts,
        const Domains& domains,
        const std::vector<std::string>& lost_domains
    );
    const std::string& provider_of(const std::string& email) const;

    std::string folder_;
    std::map<std::string, std::string> providers_;  // by address
    std::map<std::string, std::uint16_t> ports_;
    std::optional<Process> rig_;
};

}  // namespace lab
