// The whole stage of a cycle on real servers: mail servers, a model server, and the program's own
// folder with senders and seed mailboxes in it. One seed's provider files all mail under Junk.
//
// Life cycle: the constructor starts the servers; `set_up` runs `init`, edits the file and adds the
// mailboxes, as an owner would. The destructor ends all of it. Nothing of the program's inside is
// used but its command line and its store's file. Errors: std::runtime_error where a command that
// must work fails, with its output.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/mail_servers.h"
#include "tests/lab/store_view.h"
#include "tests/store/postgres_server.h"

namespace lab {

struct Outcome {
    int exit_code = -1;
    std::string out;
    std::string err;
};

// What a run reports with --json. −1: not a number there.
struct CycleReport {
    std::int64_t sent = -1;
    std::int64_t replies = -1;
    std::int64_t inbox = -1;
    std::int64_t spam = -1;
    double spam_rate = -1;
};

// Who plays: in the place of the usual three senders and three seeds.
struct Cast {
    std::vector<Account> senders;
    std::vector<Account> seeds;
    Domains domains;
    // On the same servers, and unknown to the program: leads.
    std::vector<Account> others = {};
    std::vector<std::string> lost_domains = {};
};

struct Stage {
    // Mail to one sender and to one seed is accepted a second after the final dot, so that a cycle
    // spends most of its time with intents that nobody has answered yet.
    bool slow = false;
    // Access tokens live so long, where it is not 0: they end while a cycle runs.
    int token_seconds = 0;
    // Every command runs with --verbose.
    bool verbose = false;
    std::size_t senders = 3;  // at most
    std::size_t seeds = 3;
    // A database there is the store, by `init --store`; null: a SQLite file. The administrator's
    // password is known to init only, by PGPASSWORD or in the address.
    tests::PostgresServer* postgres = nullptr;
    std::string database = {};
    bool password_in_url = false;
    std::optional<Cast> cast = {};
};

class World {
  public:
    explicit World(const Stage& stage = {});
    ~World();

    // `settings`: "section.key" → TOML value, beside the model's address and the certificates.
    void set_up(const std::map<std::string, std::string>& settings);

    // Runs `pilotlight --config FILE …` to its end, at most two minutes.
    Outcome run(const std::vector<std::string>& arguments);
    // What an owner does to log in by OAuth2: `mailbox authorize EMAIL --device`, and the code
    // entered where it says. Throws where that fails.
    void authorize(const std::string& email);
    // The same without waiting; `name`.out and `name`.err in the servers' folder are what it
    // prints.
    Process start(const std::vector<std::string>& arguments, const std::string& name = "run");
    // Standard output and error of the last run or start.
    std::string last_output() const;
    // Everything that commands have printed up to now, those of `set_up` included.
    const std::string& printed() const { return printed_; }

    MailServers& servers() { return *servers_; }
    const std::vector<Account>& senders() const { return senders_; }
    const std::vector<Account>& seeds() const { return seeds_; }
    // All mail of these accounts by address.
    std::map<std::string, std::vector<StoredMail>> read_maildirs(const std::vector<Account>& of
    ) const;
    std::unique_ptr<StoreView> store() const;
    // All that the model was asked so far.
    std::string model_requests() const;
    // All access and refresh tokens that the account was ever given.
    std::vector<std::string> tokens_of(const std::string& email) const;
    // From now on the program is pilotlight_fast, whose days pass in two minutes
    // (tests/support/scaled_clock.h); its time goes on from the real one.
    void hurry();
    // The program's time of day, in microseconds: real, or the fast one.
    std::int64_t now_micros() const;
    // The files of the program and of its fast build.
    static std::string binary(bool fast);
    // The program's own: configuration, key, and a SQLite store.
    const std::string& folder() const { return folder_; }
    static constexpr const char* kApiKey = "gsk_lab_5d0c41f7a9";

  private:
    void start_model_server();
    void initialize();
    // Every second one by STARTTLS for sending and implicit TLS for reading, the others the other
    // way round.
    void add_mailboxes(const std::vector<Account>& accounts, const char* role);
    // The same of many by one file.
    void import_mailboxes(const std::vector<Account>& accounts, const char* role);
    struct Urls {
        std::string smtp;
        std::string imap;
    };
    Urls urls_of(const Account& account, bool starttls) const;
    // The ports of the modelled Outlook and the addresses of the token server.
    void name_oauth_servers(std::map<std::string, std::string>& settings) const;
    bool uses_oauth(const Account& account) const { return account.provider == "outlook"; }
    void add_with_oauth(const Account& account, const char* role);
    // Throws where the command does not end with 0.
    void must(const std::vector<std::string>& arguments);

    Stage stage_;
    std::vector<Account> senders_;
    std::vector<Account> seeds_;
    std::unique_ptr<MailServers> servers_;
    std::optional<Process> model_;
    std::string model_port_;
    std::string folder_;  // the program's
    std::map<std::string, std::string> environment_;
    std::string printed_;
    std::int64_t since_micros_ = 0;  // 0: not in a hurry
};

// Nothing where the text is not one JSON object.
std::optional<CycleReport> read_report(const std::string& json);

}  // namespace lab
