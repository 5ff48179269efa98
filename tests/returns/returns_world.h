// Mailboxes that campaigns send from, leads, mails that were sent to them, and what comes back: in
// the mail world of the sandbox, on virtual time.
//
//   ReturnsWorld world;
//   const std::int64_t lead = world.add_lead("bob@lead.test");
//   const SentOut mail = world.send(lead);
//   world.comes_back(answer_to(mail, "bob@lead.test", "Yes, gladly."), "Spam");
//   world.look();
//   EXPECT_EQ(world.lead_status(lead), "replied");
#pragma once
#include <set>
#include <string>
#include <vector>

#include "campaign/lead_store.h"
#include "campaign/reply_handler.h"
#include "campaign/reply_store.h"
#include "inbound/watcher.h"
#include "mailbox/mailboxes.h"
#include "sandbox/world.h"
#include "store/database.h"
#include "tests/warmup/flaky_store.h"
#include "tests/warmup/recording_dialer.h"
#include "tests/warmup/scripted_model.h"

namespace tests {

// A mail as its reader knows it.
struct SentOut {
    std::int64_t id = 0;
    std::string from;
    std::string to;
    std::string subject;
    std::string message_id;
    std::string token;
};

struct AnswerParts {
    std::string from;
    std::string subject;
    std::string body;
    std::string message_id;   // "": drawn
    std::string in_reply_to;  // "": names no mail
    std::string more;         // header lines
};
std::string raw_mail(const AnswerParts& parts, const std::string& to);
// An answer in the thread, from this address.
std::string answer_to(
    const SentOut& mail,
    const std::string& from,
    const std::string& body,
    const std::string& more = {}
);
// A delivery report as Postfix writes it.
struct Report {
    std::string action = "failed";
    std::string status = "5.1.1";
    std::string words = "550 5.1.1 <lead>: Recipient address rejected: User unknown";
    std::string message_id;  // that it gives back; "": the mail's
    std::string token;       // "": the mail's; "none": no List-Unsubscribe
    std::string recipient;   // "": the mail's
};
std::string report_on(const SentOut& mail, const Report& report);

class ReturnsWorld {
  public:
    ReturnsWorld();

    // Its address is known to a server, unless it is told otherwise.
    std::int64_t add_lead(
        const std::string& email,
        const std::string& organisation = "lead.test",
        bool has_account = true
    );
    // A mail to this lead, composed and accepted by its provider.
    SentOut send(std::int64_t lead_id, const std::string& from = "anna@co-one.test");
    // A stranger's server puts this into a folder of the mailbox.
    void comes_back(
        const std::string& raw,
        const std::string& folder = "INBOX",
        const std::string& mailbox = "anna@co-one.test"
    );
    // One look of the campaign side into every sender.
    campaign::ReturnCounts look();
    // The same of one mailbox; the pass's own result.
    inbound::PassResult look_into(const std::string& email, campaign::ReturnCounts& counts);

    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop, std::move(task));
    }
    template <class Job>
    auto as(store::Role role, Job job) {
        return run(db->run(role, std::move(job)));
    }
    std::string text(const std::string& sql);    // as the owner
    std::int64_t count(const std::string& sql);  // as the owner
    void change(const std::string& sql);         // as the owner
    std::string lead_status(std::int64_t lead_id);
    std::vector<campaign::Reply> replies();
    mailbox::Mailbox mailbox(const std::string& email);
    campaign::Context context();

    sandbox::VirtualLoop loop;
    sandbox::World world;
    RecordingDialer dialer{world.dialer()};
    std::unique_ptr<store::Database> db;
    FlakyStore store{*db};
    base::SeededRandom random{1};
    mailbox::Vault vault{std::string(32, 'k')};
    delivery::TokenMint mint{vault.derive("token")};
    ScriptedModel model{loop};
    mailbox::Connector connector{dialer, loop, {}};
    campaign::Limits limits;
    std::vector<std::string> senders;
    std::int64_t campaign_id = 0;

  private:
    void add_sender(const std::string& email, const std::string& provider);
    std::set<std::string> accounts_;
};

}  // namespace tests
