// Campaigns in the mail world of the sandbox: senders with their warmup days behind them, leads
// that are accounts of that world, a store in memory, a writer of plain texts. Everything runs on
// virtual time, from Monday 2026-06-01 08:00 UTC on.
//
//   CampaignWorld world({.senders = 2, .leads = 6});
//   world.write_first_mails();
//   const campaign::PassResult result = world.pass();
//
// `look()` stands for a look into the senders' mailboxes: it makes the look fresh, and learns the
// Message-IDs that providers keep, as copies in Sent show them.
#pragma once
#include <boost/describe/class.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "campaign/lead_store.h"
#include "campaign/send_worker.h"
#include "mailbox/connector.h"
#include "mailbox/mailboxes.h"
#include "sandbox/world.h"
#include "store/database.h"
#include "tests/warmup/flaky_store.h"
#include "tests/warmup/recording_dialer.h"
#include "tests/warmup/scripted_model.h"

namespace tests {

inline constexpr base::Timestamp kCampaignStart{1'780'300'800'000'000};  // 2026-06-01T08:00:00Z

// email_drafts.
struct DraftRow {
    std::int64_t id = 0;
    std::int64_t lead_id = 0;
    std::string email_type;
    int followup_number = 0;
    std::string subject;
    std::string from_account;
    std::string status;
    std::string error_message;
    std::int64_t retry_count = 0;
    std::int64_t claim_token = 0;
    base::Timestamp not_before;
    std::string wait_reason;
};
BOOST_DESCRIBE_STRUCT(
    DraftRow,
    (),
    (id,
     lead_id,
     email_type,
     followup_number,
     subject,
     from_account,
     status,
     error_message,
     retry_count,
     claim_token,
     not_before,
     wait_reason)
)

// emails_campaign.
struct MailRow {
    std::int64_t id = 0;
    std::int64_t draft_id = 0;
    std::int64_t lead_id = 0;
    int followup_number = 0;
    std::string from_;
    std::string to_;
    std::string subject;
    std::string message_id;
    std::string in_reply_to;
    std::string status;
    std::string send_key;
    base::Timestamp sent_at;
};
BOOST_DESCRIBE_STRUCT(
    MailRow,
    (),
    (id,
     draft_id,
     lead_id,
     followup_number,
     from_,
     to_,
     subject,
     message_id,
     in_reply_to,
     status,
     send_key,
     sent_at)
)

class CampaignWorld {
  public:
    struct Options {
        std::uint64_t seed = 1;
        int senders = 2;
        int leads = 6;
        int companies = 0;  // that share the leads among them; 0: every lead has its own
        int warmup_days = 14;
    };
    explicit CampaignWorld(Options options);
    ~CampaignWorld();
    CampaignWorld(const CampaignWorld&) = delete;
    CampaignWorld& operator=(const CampaignWorld&) = delete;

    campaign::Context context();
    // A worker's life is one pass; `owner` names it.
    campaign::PassResult pass(int limit = 1'000'000, const std::string& owner = "one");
    base::Task<campaign::PassResult> pass_of(std::string owner, mailbox::Connector& with);
    void look();
    void go_on(base::Duration time) { loop.advance(time); }
    // Passes every `step`, with a look each time, until `end`.
    void run_until(
        base::Timestamp end, base::Duration step, const std::function<void()>& each = {}
    );

    std::int64_t add_mailbox(const std::string& email, mailbox::Role role);
    std::int64_t add_lead(
        const std::string& email, const std::string& organisation, bool exists = true
    );
    // One draft of step 0, ready to be sent, for every lead that has none.
    void write_first_mails();
    std::int64_t write_draft(std::int64_t lead_id, int step);
    void set_settings(const campaign::Settings& settings);
    // The verdict of a lead's reply or opt-out, as the incoming side records it.
    void stop(std::int64_t lead_id, const std::string& status);

    std::vector<DraftRow> drafts();
    DraftRow draft(std::int64_t id);
    std::vector<MailRow> mails();
    std::vector<campaign::Lead> leads();
    campaign::Lead lead(std::int64_t id);
    std::string raw_of(std::int64_t draft_id);
    // "decision: reason" of a draft or a mailbox.
    std::vector<std::string> ledger_of(const std::string& kind, std::int64_t id);
    std::int64_t count(const std::string& sql);
    void change(const std::string& sql);  // as the owner

    // What is true at every time: no draft's mail was delivered twice, no step of a lead twice,
    // what was delivered has its row, what is accepted was delivered. "" or what is not so.
    std::string broken_promise();

    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop, std::move(task));
    }
    template <class Job>
    auto as(store::Role role, Job job) {
        return run(db->run(role, std::move(job)));
    }

    sandbox::VirtualLoop loop{kCampaignStart};
    sandbox::World world;
    RecordingDialer dialer{world.dialer()};
    std::unique_ptr<store::Database> db;
    FlakyStore store{*db};
    base::SeededRandom random;
    mailbox::Vault vault{std::string(32, 'k')};
    delivery::TokenMint mint{vault.derive("token")};
    ScriptedModel model{loop};
    mailbox::Connector connector{dialer, loop, {}};
    campaign::Limits limits;
    campaign::Settings settings;
    std::int64_t campaign_id = 0;
    std::vector<std::string> senders;
    std::vector<base::log::Line> log;

  private:
    class Writer;
    campaign::WorkerHooks hooks();

    std::unique_ptr<Writer> writer_;
    base::log::Sink sink_before_;
};

}  // namespace tests
