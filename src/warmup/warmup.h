// Warmup: sender mailboxes write to seed mailboxes of the same owner, both sides' mailboxes are
// watched, placement is recorded and replies go back and forth in the thread. Handled mail is put
// out of sight some time later; nobody else's mail is changed.
//
//   warmup::Warmup warmup(context);
//   CycleResult result = co_await warmup.run_bidirectional_warmup_cycle(std::chrono::seconds(120));
//
// Only one process may send for a store at a time (the caller holds the lock). All functions run on
// the loop; failures of single mailboxes are in the results; a lost database is thrown
// (store::StoreError).
#pragma once
#include "delivery/delivery.h"
#include "inbound/filing.h"
#include "inbound/watcher.h"
#include "mailbox/mailboxes.h"
#include "mime/compose.h"
#include "warmup/context.h"
#include "warmup/filings.h"
#include "warmup/openings.h"
#include "warmup/pairing.h"
#include "warmup/sighting_handler.h"
#include "warmup/threads.h"

#include <set>

namespace warmup {

class Warmup {
  public:
    explicit Warmup(Context context);

    // Writes `count` templates through Groq (what it does not deliver comes from the local grammar,
    // with a warning) and stores them in warmup_email_drafts; returns what it stored.
    base::Task<std::vector<Template>> generate_warmup_templates(int count = 5);

    // One whole cycle: what a crash left → templates → openings → watch and answer → result.
    // Watching goes on until every opening accepted in this run is found, or `wait` has passed;
    // the senders are looked at when it begins and when it ends.
    base::Task<CycleResult> run_bidirectional_warmup_cycle(
        base::Duration wait = std::chrono::seconds(120)
    );

    // The sending half of a cycle: `sends_per_cycle` openings per active sender.
    base::Task<CycleResult> fetch_and_send_initial_emails();
    // The watching half: one look into every mailbox, the answers and the filings that are due.
    base::Task<CycleResult> check_and_reply_to_emails();

    // Sends one opening from a sender mailbox to a seed mailbox of the same owner. The report names
    // the email's row. not_found where either address is no active mailbox of that role,
    // invalid_input for a text that the template rules refuse.
    base::Task<base::Result<delivery::Report>> send_warmup_email(
        base::Email from_account,
        base::Email to_email,
        std::string subject,
        std::string body,
        std::optional<std::string> html_body = std::nullopt
    );
    // Sends the answer to a found mail, from the seed mailbox that received it to `original_from`,
    // in its thread. not_found where `from_account` is no active seed mailbox or no mail of ours
    // with that Message-ID went from there to it; conflict where it was answered, was not found
    // yet, or where the pair had its 2 replies of the day; invalid_input for a text that the rules
    // refuse.
    base::Task<base::Result<delivery::Report>> send_reply_email(
        base::Email from_account,
        base::Email original_from,
        base::MessageId original_message_id,
        std::string body
    );

    // One look into a mailbox, any IMAP provider, for all sides; nothing is sent. `first_sighting`
    // is told of each.
    base::Task<inbound::PassResult> check_mailbox(
        mailbox::Mailbox warmup_account,
        SightingHandler::Observer first_sighting = [](const Sighting&) {}
    );
    // The name that existing users know.
    base::Task<inbound::PassResult> check_gmail_imap(mailbox::Mailbox warmup_account) {
        return check_mailbox(std::move(warmup_account));
    }
    // Records one found message of ours: first sighting, placement, decision about the answer.
    // Once.
    base::Task<> process_incoming_email(inbound::Incoming email_data);

  private:
    struct Accounts {
        std::vector<mailbox::Mailbox> senders;
        std::vector<mailbox::Mailbox> seeds;
        // Paused by us, or by the owner: what waits for them goes on waiting.
        std::vector<base::Email> resting;
        std::vector<base::Email> paused_by_owner;
        std::vector<Skipped> left_out;
        const mailbox::Mailbox* find(std::int64_t id) const;
        const mailbox::Mailbox* find(const base::Email& email) const;
        bool rests(const base::Email& email) const;
    };
    // What one run has seen so far.
    struct Run {
        CycleResult result;
        Accounts accounts;
        std::map<std::int64_t, std::set<std::int64_t>>
            awaited;                     // seed → emails accepted in this run, not found
        std::set<std::int64_t> failed;   // mailboxes with a failure …
        std::set<std::int64_t> worked;   // … and those that did something
        std::set<std::int64_t> resting;  // in trouble: they send nothing more in this run
        bool model_silent = false;       // not asked again for replies in this run
        base::MonotonicTime watch_until;
    };
    // One mailbox that is watched, by one look for all sides; stays where it is.
    struct Watch {
        Watch(
            Context& context,
            const mailbox::Mailbox& account,
            SightingHandler sightings,
            inbound::WatchSettings settings
        );
        std::vector<inbound::Handler*> handlers();

        SightingHandler handler;
        std::vector<std::unique_ptr<inbound::Handler>> further;
        inbound::Watcher watcher;
        bool given_up = false;
    };

    base::Task<> start_run(Run& run);
    base::Task<> finish_run(Run& run);
    base::Task<Accounts> load_accounts();
    void note_failure(Run& run, const mailbox::Mailbox& account, const base::Error& error);

    // sending.cpp
    base::Task<> resume_prepared(Run& run);
    base::Task<> send_openings(Run& run);
    std::optional<std::string> reason_to_cancel(const Run& run, const delivery::EmailRecord& row)
        const;
    base::MonotonicTime deadline_for(const mailbox::Mailbox& mailbox, mailbox::Protocol protocol);
    base::Task<std::vector<Pair>> plan_pairs(Run& run);
    base::Task<std::vector<Opening>> plan_openings(Run& run);
    base::Task<std::vector<Template>> templates_for(std::vector<Pair> pairs);
    base::Task<std::vector<Template>> write_and_store(int count, int at_least);
    // Composes and stores them; what could not be composed is noted as its sender's failure.
    base::Task<std::vector<delivery::Prepared>> prepare_openings(
        Run& run, std::vector<Opening> openings
    );
    base::Task<std::vector<delivery::Prepared>> store_composed(std::vector<ComposedOpening> composed
    );
    using ByMailbox = std::map<std::int64_t, std::vector<delivery::Prepared>>;
    base::Task<> send_all(Run& run, ByMailbox emails);
    base::Task<> send_from(Run& run, mailbox::Mailbox from, std::vector<delivery::Prepared> emails);
    base::Task<delivery::Report> send_one(mailbox::Mailbox from, delivery::Prepared email);
    base::Task<> count_report(
        Run& run, const mailbox::Mailbox& from, const delivery::Report& report
    );

    // watching.cpp
    base::Task<> watch_all(Run& run, bool once);
    base::Task<> watch_seed(Run& run, mailbox::Mailbox seed, bool once);
    std::unique_ptr<Watch> make_watch(Run& run, const mailbox::Mailbox& account);
    // One pass and the answers that are due; false where the mailbox can't be read.
    base::Task<bool> look_into(Run& run, Watch& watch);
    base::Task<> look_into_sender(Run& run, Watch& watch);
    base::Task<> end_watch(Watch& watch);
    base::Task<> send_due_replies(Run& run, mailbox::Mailbox account);
    base::Task<> send_due_reply(Run& run, mailbox::Mailbox account, DueReply one);
    base::Task<std::string> write_body(Run& run, DueReply due);
    base::Task<> give_up_reply(DueReply due, base::Error error);
    mime::Outgoing reply_message(
        const mailbox::Mailbox& from,
        const mailbox::Mailbox& to,
        const OurMail& original,
        std::string body
    );
    base::Task<base::Result<delivery::Prepared>> prepare_reply(
        mailbox::Mailbox from, mailbox::Mailbox to, std::int64_t original_id, std::string body
    );
    inbound::WatchSettings watch_settings(const mailbox::Mailbox& account) const;

    // tidying.cpp
    base::Task<> plan_filings(Run& run);
    base::Task<std::vector<Unfiled>> choose_rescues(Run& run);
    base::Task<> tidy(Run& run, inbound::Watcher& watcher);
    base::Task<base::Result<>> tidy_or_fail(Run& run, inbound::Watcher& watcher);
    base::Task<base::Result<>> carry_out(
        Run& run,
        imap::Client& client,
        std::vector<DueFiling> due,
        inbound::FilingTask task,
        base::MonotonicTime deadline
    );

    Context context_;
    delivery::Delivery delivery_;
};

}  // namespace warmup
