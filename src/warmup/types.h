// What warmup's parts hand to each other.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "mailbox/failure_policy.h"

namespace warmup {

// Plain settings, filled by engine/ from pilotlight.toml.
struct Settings {
    base::TimeZone zone;  // what "today" means for templates
    int templates_per_day = 5;
    int sends_per_cycle = 1;        // openings per active sender
    double reply_rate = 1.0;        // share of found mails that a seed mailbox answers
    double answer_back_rate = 0.3;  // … and that a sender answers back
    bool mark_automated = false;    // adds Auto-Submitted to replies
    std::string token_header;       // drawn at init
    base::Duration mailbox_deadline =
        std::chrono::seconds(90);                         // for one mailbox's sends or one look
    base::Duration poll_every = std::chrono::seconds(3);  // between two looks while mail is awaited
    int send_attempts_max = 5;    // then a message that the server keeps putting off is cancelled
    bool file_in_senders = true;  // handled mail moves into `folder` after 30 to 90 minutes
    bool file_in_seeds = false;   // else it is left where it lies
    std::string folder = "Pilotlight";  // made where it is not there
    bool rescue = false;      // out of spam, where the mailbox's owner has consented to it too
    bool sent_copies = true;  // [sending] sent_copy = "auto"
};

// One row of warmup_email_drafts.
struct Template {
    std::int64_t id = 0;
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    base::Timestamp created_at;
    std::string generated_via;  // "groq" or "fallback"
    std::int64_t use_count = 0;
};
BOOST_DESCRIBE_STRUCT(
    Template, (), (id, subject, body, html_body, created_at, generated_via, use_count)
)

// First sightings.
struct PlacementCounts {
    int inbox = 0;
    int spam = 0;
    int elsewhere = 0;
    // spam / (inbox + spam); nothing where both are 0 (DESIGN section 1).
    std::optional<double> spam_rate() const {
        if (inbox + spam == 0) return std::nullopt;
        return static_cast<double>(spam) / static_cast<double>(inbox + spam);
    }
};

// One mailbox that did not work, with the server's words, and what follows from them.
struct Failure {
    std::string mailbox;
    base::Error error;
    mailbox::Verdict verdict;
};

// One mailbox that took no part, and why.
struct Skipped {
    std::string mailbox;
    std::string reason;
};

struct CycleResult {
    std::int64_t cycle = 0;
    int sent = 0;                     // openings whose 250 was recorded in this run
    int replies = 0;                  // replies whose 250 was recorded in this run
    PlacementCounts placement;        // first sightings of openings made in this run
    PlacementCounts reply_placement;  // … and of replies, in both sides' mailboxes
    int filed = 0;                    // handled messages moved into our folder in this run
    int rescued = 0;                  // moved from spam to the inbox in this run
    int pending = 0;                  // accepted in this run and not found yet
    int in_doubt = 0;                 // messages that became in doubt in this run
    int mailboxes = 0;                // active ones
    int mailboxes_failed = 0;         // of these, how many did not work at all
    std::vector<Failure> failures;
    std::vector<Skipped> skipped;  // active, but left out
    std::string note;              // why nothing was done, where nothing was
};

}  // namespace warmup
