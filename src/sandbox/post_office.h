// What lies behind the servers: the accounts, the mail on its way, and what each provider
// remembers.
//
// Life cycle: made by the World; sessions hold references to it and to accounts, so it outlives
// them. When it goes, its timers go with it. The servers call accept() when they take a message
// over; filing happens later, by the loop's timer, where the receiving provider's opinion decides.
#pragma once
#include <map>
#include <set>

#include "base/random.h"
#include "sandbox/mail_store.h"
#include "sandbox/sender_record.h"
#include "sandbox/world.h"
#include "sandbox/world_data.h"

namespace sandbox {

struct Account {
    AccountSpec spec;
    const Provider* provider = nullptr;
    MailStore mail;
    base::SeededRandom fate;  // of what this account sends: delays, filing, header ids
    Fault fault = {};
    bool files_sent = true;  // what it sends by SMTP lies in its Sent folder
    int imap_sessions = 0;
};

// Why a login ended as it did.
enum class LoginVerdict { welcome, refused, hang, too_many_sessions };

class PostOffice {
  public:
    PostOffice(WorldSettings settings, VirtualLoop& loop);
    ~PostOffice();
    PostOffice(const PostOffice&) = delete;
    PostOffice& operator=(const PostOffice&) = delete;

    void add_account(AccountSpec spec);
    // Null where nobody has this address. The local part is compared without case.
    Account* find(const base::Email& address);
    const Account* find(const base::Email& address) const;

    struct Login {
        LoginVerdict verdict = LoginVerdict::refused;
        Account* account = nullptr;  // none where refused
    };
    Login log_in(const Provider& provider, std::string_view login, std::string_view password);
    Login log_in_by_token(
        const Provider& provider, std::string_view login, std::string_view access_token
    );

    // A server of `from`'s provider took the message over: it is on its way to each of `to`.
    void accept(
        Account& from, const std::vector<base::Email>& to, std::string raw, std::string ehlo_name
    );
    void deliver_from_outside(const base::Email& to, std::string raw, std::string_view folder);
    // The owner took a mail out of spam: that speaks for its sender.
    void note_rescue(const Account& receiver, const Mail& mail);

    ServerFault& server_fault(std::string_view provider) {
        return server_faults_[std::string(provider)];
    }
    const std::vector<Delivered>& delivered() const { return delivered_; }
    std::string& smtp_wire() { return smtp_wire_; }
    base::Timestamp now() const { return loop_.now(); }

  private:
    // What stays with a message from acceptance to filing and beyond; same index as delivered_.
    struct Transit {
        std::string text_hash;
        std::string ehlo_name;
        std::string header_from_domain;
        bool answers_receiver = false;
        bool engaged = false;
        base::Clock::TimerId timer = 0;
    };

    Login welcome(
        const Provider& provider,
        std::string_view login,
        const std::function<bool(const AccountSpec&)>& proven
    );
    void note_answers(const Account& from, const std::vector<std::string>& referenced);
    void note_engagement(std::size_t index);
    bool answers(
        const Account& from, const base::Email& to, const std::vector<std::string>& referenced
    );
    void file(std::size_t index);
    std::string with_headers(std::size_t index, Account& from, const Account& to);
    void put(std::size_t index, Account& from, Account& to, Filing filing);
    SenderRecord& record(const std::string& provider, const Account& sender);

    WorldSettings settings_;
    VirtualLoop& loop_;
    std::map<std::string, ProviderData> data_;
    std::map<std::string, std::unique_ptr<Account>> accounts_;  // by address in lower case
    std::map<std::string, int> accounts_by_provider_;
    std::map<std::string, ServerFault> server_faults_;
    std::map<std::pair<std::string, std::string>, SenderRecord> records_;  // (provider, sender)
    std::vector<Delivered> delivered_;
    std::vector<Transit> transit_;
    std::map<std::string, std::vector<std::size_t>> by_message_id_;
    std::string smtp_wire_;
};

}  // namespace sandbox
