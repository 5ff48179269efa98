// Warmup in the mail world of the sandbox: mailboxes, a store in memory, a scripted model, and a
// log that is kept. Everything runs on virtual time.
//
//   WarmupWorld world({.senders = 3, .gmail = 2, .outlook = 1});
//   const warmup::CycleResult result = world.cycle();
//
// Senders answer back only where a test says so. Each call of a warmup function makes a fresh
// Warmup, as each run of the program does.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "mailbox/connector.h"
#include "mailbox/mailboxes.h"
#include "sandbox/world.h"
#include "store/database.h"
#include "tests/warmup/flaky_store.h"
#include "tests/warmup/recording_dialer.h"
#include "tests/warmup/scripted_model.h"
#include "warmup/warmup.h"

namespace tests {

inline constexpr base::Timestamp kStart{1'780'300'800'000'000};  // 2026-06-01T08:00:00Z
inline constexpr std::chrono::seconds kLongWait{900};            // all that arrives has arrived

// emails_warmup.
struct EmailRow {
    std::int64_t id = 0;
    std::string email_type;
    std::string from_;
    std::string to_;
    std::int64_t from_mailbox_id = 0;
    std::int64_t to_mailbox_id = 0;
    std::string subject;
    std::string message_id;
    std::optional<std::string> provider_message_id;
    std::optional<std::string> in_reply_to;
    std::optional<std::string> references_;
    std::string status;
    std::string outcome;
    std::optional<std::int64_t> template_id;
    std::optional<std::int64_t> cycle;
    std::int64_t depth = 0;
    std::string send_key;
    std::string token;
    std::optional<std::string> raw;
    std::string sent_copy;
    std::int64_t attempts = 0;
    std::optional<base::Timestamp> not_before;
    std::optional<base::Timestamp> sent_at;
    std::optional<std::string> server_reply;
    std::optional<std::string> error_message;
    bool operator==(const EmailRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    EmailRow,
    (),
    (id,
     email_type,
     from_,
     to_,
     from_mailbox_id,
     to_mailbox_id,
     subject,
     message_id,
     provider_message_id,
     in_reply_to,
     references_,
     status,
     outcome,
     template_id,
     cycle,
     depth,
     send_key,
     token,
     raw,
     sent_copy,
     attempts,
     not_before,
     sent_at,
     server_reply,
     error_message)
)

// warmup_threads.
struct ThreadRow {
    std::int64_t id = 0;
    std::int64_t email_id = 0;
    std::string original_message_id;
    std::optional<std::string> reply_message_id;
    std::string received_from_folder;
    std::string folder_name;
    std::string tab;
    std::string placement;
    base::Timestamp found_at;
    std::string spf;
    std::string dkim;
    std::string dmarc;
    std::string arc;
    bool proven = false;
    std::string reply_decision;
    std::optional<std::int64_t> cycle;
    bool operator==(const ThreadRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(
    ThreadRow,
    (),
    (id,
     email_id,
     original_message_id,
     reply_message_id,
     received_from_folder,
     folder_name,
     tab,
     placement,
     found_at,
     spf,
     dkim,
     dmarc,
     arc,
     proven,
     reply_decision,
     cycle)
)

class WarmupWorld {
  public:
    struct Options {
        std::uint64_t seed = 1;
        std::string kind = "kind";
        int senders = 3;
        int gmail = 2;
        int outlook = 1;
    };
    explicit WarmupWorld(Options options);
    WarmupWorld() : WarmupWorld(Options()) {}
    ~WarmupWorld();
    WarmupWorld(const WarmupWorld&) = delete;
    WarmupWorld& operator=(const WarmupWorld&) = delete;

    // An account at a provider ("zoho", "gmail", "outlook") and its mailbox. "" for the password of
    // the mailbox: the right one.
    std::int64_t add(
        const std::string& email,
        mailbox::Role role,
        const std::string& provider,
        const std::string& language = "en"
    );

    warmup::Context context();
    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop, std::move(task));
    }
    template <class Job>
    auto as(store::Role role, Job job) {
        return run(db->run(role, std::move(job)));
    }
    warmup::CycleResult cycle(base::Duration wait = kLongWait);
    warmup::CycleResult send();
    warmup::CycleResult look();
    void pass(base::Duration time) { loop.advance(time); }

    std::vector<EmailRow> emails();
    std::vector<EmailRow> openings() { return emails_of("warmup_bidirectional"); }
    std::vector<EmailRow> replies() { return emails_of("warmup_reply"); }
    std::vector<ThreadRow> threads();
    std::vector<ThreadRow> opening_threads();  // of openings only, not of the replies to them
    std::vector<warmup::Template> templates();
    std::vector<std::string> ledger_of(std::int64_t email_id);  // "decision: reason"
    std::int64_t count(const std::string& sql);                 // as the operator
    void change(const std::string& sql);                        // as the owner
    mailbox::Mailbox mailbox(const std::string& email);
    // Log lines at or above warn that hold this text.
    int warnings(std::string_view text) const;

    // What is true of every world at every time: no Message-ID was delivered twice, everything
    // delivered has its row, every accepted row was delivered once. "" or what is not so.
    std::string broken_promise();

    sandbox::VirtualLoop loop{kStart};
    sandbox::World world;
    RecordingDialer dialer{world.dialer()};
    std::unique_ptr<store::Database> db;
    FlakyStore store{*db};
    base::SeededRandom random;
    mailbox::Vault vault{std::string(32, 'k')};
    delivery::TokenMint mint{vault.derive("token")};
    ScriptedModel model{loop};
    mailbox::Connector connector{dialer, loop, {}};
    warmup::Settings settings;
    std::vector<std::string> senders;
    std::vector<std::string> seeds;
    std::vector<base::log::Line> log;

  private:
    std::vector<EmailRow> emails_of(std::string_view type);

    base::log::Sink sink_before_;
    base::log::Level level_before_;
};

// "inbox", "spam" or "elsewhere": where the world has filed a mail.
std::string placement_of(const sandbox::Delivered& mail);
base::Email address(const std::string& text);

}  // namespace tests
