// The demo's story: 8 senders, 5 seed mailboxes and a pool of campaign drafts, in the sandbox's
// mail world on the virtual clock, run for days by the same scheduler and the same warmup as the
// real service.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/separation.h"
#include "warmup/placement.h"
#include "warmup/types.h"

namespace cli {

struct DemoSettings {
    int days = 7;
    std::uint64_t seed = 1;
    std::string kind = "kind";
    std::string keep;  // folder for the store; empty: nothing is written
};

struct DemoCycle {
    base::Timestamp at;
    warmup::CycleResult result;
};

// Everything that is printed.
struct DemoStory {
    DemoSettings settings;
    base::Timestamp start;
    std::vector<DemoCycle> cycles;
    std::vector<warmup::SentMail> mails;  // every accepted opening
    base::Timestamp end;
    warmup::Tally window;  // openings sent on days 6 and 7 (the last two days of a longer run)
    int window_first_day = 6;
    warmup::Verdict verdict = warmup::Verdict::not_yet_decided;
    engine::SeparationReport separation;
    bool drafts_unchanged = false;  // contents of email_drafts before and after
    std::int64_t templates_groq = 0;
    std::int64_t templates_fallback = 0;
    // Held against the servers' own books.
    std::int64_t accepted_by_servers = 0;
    std::int64_t recorded_as_accepted = 0;
    std::int64_t accepted_twice = 0;  // Message-IDs that a server accepted more than once
    std::string smtp_digest;
    std::uint64_t smtp_bytes = 0;
};

// Runs the story; `progress` is told after every cycle. invalid_input where `keep` can't be
// written.
base::Result<DemoStory> run_demo(
    const DemoSettings& settings, std::function<void(std::size_t done, std::size_t total)> progress
);

}  // namespace cli
