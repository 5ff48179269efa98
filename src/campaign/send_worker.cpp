#include "campaign/send_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/log.h"
#include "campaign/canary_sender.h"
#include "campaign/draft_endings.h"
#include "campaign/draft_writer.h"
#include "campaign/followup_round.h"
#include "campaign/gap.h"
#include "campaign/lead_store.h"
#include "campaign/preconditions.h"
#include "campaign/send_record.h"
#include "campaign/sender_list.h"
#include "mailbox/gaps.h"

namespace campaign {

namespace {

constexpr auto kRole = store::Role::campaign;
constexpr auto kSide = delivery::Side::campaign;
constexpr std::size_t kMailboxesPerJob = 8;
constexpr int kClaimRounds = 5;  // jobs for one mailbox whose drafts have to be put off
constexpr int kReviewsPerPass = 50;

}  // namespace

struct SendWorker::Run {
    PassResult result;
    int limit = 0;
    base::MonotonicTime deadline;
    std::shared_ptr<const Plans> plans;
    std::vector<Sender> senders;  // that take part

    const Sender& sender(std::int64_t mailbox_id) const {
        return *std::ranges::find(senders, mailbox_id, [](const Sender& one) {
            return one.mailbox.id;
        });
    }
    std::vector<SenderState> states() const {
        std::vector<SenderState> out;
        for (const Sender& one : senders) out.push_back(one.state);
        return out;
    }
};

SendWorker::SendWorker(Context context, WorkerHooks hooks, std::string owner)
    : context_(std::move(context)),
      hooks_(std::move(hooks)),
      owner_(std::move(owner)),
      delivery_(context_.db, context_.connector, context_.clock, kSide) {}

base::Task<PassResult> SendWorker::pass(PassOptions options) {
    Run run;
    run.limit = options.limit;
    run.deadline = options.deadline;
    co_await settle_all();
    if (hooks_.writer != nullptr) co_await review_old_drafts();
    // Copies move the clocks of their mailboxes: the world is read behind them.
    co_await send_copies(run);
    co_await read_world(run);
    if (run.result.note.empty()) {
        std::vector<Claim> claims = co_await claim_all(run);
        std::vector<delivery::Prepared> emails = co_await prepare_all(run, claims);
        std::vector<base::Task<>> sends;
        for (std::size_t i = 0; i < claims.size(); ++i)
            if (emails[i].id != 0)
                sends.push_back(send_one(run, std::move(claims[i]), std::move(emails[i])));
        co_await base::when_all(std::move(sends));
        const base::MonotonicTime deadline = context_.clock.in(std::chrono::seconds(10));
        // The next mail of any of these mailboxes is minutes away.
        co_await context_.connector.close_idle(deadline);
        run.result.next_at = next_due(run.states());
        // A model takes its time: no mail that is ready waits for it.
        if (hooks_.writer != nullptr) co_await write_followups(run);
    }
    co_return std::move(run.result);
}

base::Task<> SendWorker::settle_all() {
    const Limits limits = context_.limits;
    const base::Timestamp now = context_.clock.now();
    bool more = co_await context_.db.read(kRole, [now](store::Connection& connection) {
        return settle_due(connection, now);
    });
    while (more) {
        const Settled settled =
            co_await context_.db.run(kRole, [limits, now](store::Connection& connection) {
                return settle(connection, limits, now);
            });
        more = settled.more;
        if (settled.in_doubt > 0)
            base::log::warn(
                "campaign", "{} drafts are in doubt: stopped while they were sent", settled.in_doubt
            );
    }
}

// What lies for long is looked at again before it may be claimed.
base::Task<> SendWorker::review_old_drafts() {
    DraftWriter writer(context_);
    const int looked_at = co_await writer.review_again(kReviewsPerPass);
    if (looked_at > 0) base::log::info("campaign", "{} drafts were reviewed again", looked_at);
}

// New texts go to the seed mailboxes first.
base::Task<> SendWorker::send_copies(Run& run) {
    CanariesSent copies = co_await send_canaries(context_, hooks_.unsubscribe, run.deadline);
    for (std::string& problem : copies.problems)
        run.result.problems.push_back("a copy for a seed mailbox: " + std::move(problem));
}

base::Task<> SendWorker::read_world(Run& run) {
    SenderList list = co_await read_senders(context_);
    run.result.problems = std::move(list.problems);
    run.result.holds = std::move(list.holds);
    run.result.stopped = list.halted.has_value();
    run.result.campaigns = static_cast<int>(list.plans->size());
    run.plans = std::move(list.plans);
    run.senders = std::move(list.senders);
    if (run.result.stopped)
        run.result.note = *list.halted;
    else if (run.plans->empty())
        run.result.note = "no campaign runs; start one with `pilotlight campaign start NAME`";
    else if (run.senders.empty() && run.result.holds.empty())
        run.result.note = fmt::format(
            "no active {} mailbox; `pilotlight mailbox list` says which there are",
            context_.limits.send_through_seeds ? "seed" : "sender"
        );
}

base::Task<> SendWorker::write_followups(Run& run) {
    const base::MonotonicTime deadline = run.deadline;
    FollowupsWritten round = co_await write_due_followups(
        context_, *hooks_.writer, [this, deadline] { return context_.clock.monotonic() < deadline; }
    );
    run.result.written = round.written;
    for (std::string& problem : round.problems) run.result.problems.push_back(std::move(problem));
}

base::Task<std::vector<Claim>> SendWorker::claim_all(Run& run) {
    std::vector<Claim> claims;
    const ClaimRules rules{owner_, context_.limits, run.plans, run.states()};
    std::vector<Sender> due;
    for (const std::int64_t id : due_in_order(rules.senders, context_.clock.now()))
        due.push_back(run.sender(id));
    for (std::size_t begin = 0, rounds = 0; begin < due.size() && run.limit > 0;) {
        if (context_.clock.monotonic() >= run.deadline) break;
        const std::size_t end = std::min(begin + kMailboxesPerJob, due.size());
        const std::vector<Sender> some(
            due.begin() + static_cast<std::ptrdiff_t>(begin),
            due.begin() + static_cast<std::ptrdiff_t>(end)
        );
        const base::Timestamp now = context_.clock.now();
        const int limit = run.limit;
        std::vector<ClaimResult> results = co_await context_.db.run(
            kRole,
            [some, rules, now, limit](store::Connection& connection) {
                return claim_some(connection, some, rules, limit, now);
            }
        );
        bool more = false;
        for (ClaimResult& result : results) {
            run.result.put_off += result.put_off;
            run.result.cancelled += result.ended;
            more = more || result.more;
            if (!result.claim) continue;
            --run.limit;
            claims.push_back(std::move(*result.claim));
        }
        // Where all that was looked at had to be put off, what lies behind it has its turn.
        if (more && ++rounds < kClaimRounds) continue;
        rounds = 0;
        begin = end;
    }
    run.result.claimed = static_cast<int>(claims.size());
    co_return claims;
}

base::Task<std::vector<delivery::Prepared>> SendWorker::prepare_all(
    Run& run, std::vector<Claim>& claims
) {
    std::vector<delivery::Prepared> prepared(claims.size());
    std::vector<std::pair<Claim, delivery::NewEmail>> composed;
    std::vector<std::size_t> places;
    const base::Timestamp now = context_.clock.now();
    const MailMarks marks{context_.mint, hooks_.unsubscribe};
    for (std::size_t i = 0; i < claims.size(); ++i) {
        Claim& claim = claims[i];
        if (claim.prepared) {
            prepared[i] = delivery::prepared_of(*claim.prepared);
            claim.prepared.reset();
            continue;
        }
        auto mail = compose_mail(
            claim.draft,
            claim.lead_name,
            claim.plan().settings,
            claim.from,
            marks,
            context_.random,
            now
        );
        if (!mail) {
            ++run.result.failed;
            co_await give_up(
                claim.draft.id, claim.draft.lead_id.value_or(0), mail.error().describe()
            );
            continue;
        }
        prepared[i] = {0, mail->from, mail->to, mail->raw};
        claim.message_id = mail->message_id.str();
        composed.emplace_back(claim, std::move(*mail));
        places.push_back(i);
    }
    if (composed.empty()) co_return prepared;
    const std::vector<std::int64_t> ids = co_await context_.db.run(
        kRole,
        [composed = std::move(composed), now](store::Connection& connection) {
            std::vector<std::int64_t> out;
            for (const auto& [claim, mail] : composed)
                out.push_back(store_mail(connection, claim, mail, now));
            return out;
        }
    );
    for (std::size_t i = 0; i < ids.size(); ++i) prepared[places[i]].id = ids[i];
    co_return prepared;
}

base::Task<> SendWorker::give_up(std::int64_t draft_id, std::int64_t lead_id, std::string reason) {
    const base::Timestamp now = context_.clock.now();
    co_await context_.db.run(kRole, [=](store::Connection& connection) {
        draft_ended(connection, draft_id, "failed", reason, now);
        stop_lead(connection, lead_id, "stopped", reason, now);
    });
}

base::Task<> SendWorker::send_one(Run& run, Claim claim, delivery::Prepared email) {
    const auto found = std::ranges::find(run.senders, claim.from.id, [](const Sender& one) {
        return one.mailbox.id;
    });
    Sender& sender = *found;
    const base::Duration gap = draw_gap(context_.limits, context_.random);
    const Sending sending = sending_of(claim, email.to, context_.limits, context_.random.next());
    Guard guard = guard_of(claim, sender.campaign_cap, gap, context_.limits);
    guard.keys = suppression_keys(email.to, context_.vault);
    // Half the lease is for the send: what is slower would meet its end before the dot.
    const base::MonotonicTime deadline =
        std::min(context_.clock.in(context_.limits.lease / 2), run.deadline);
    sender.state.due_at = context_.clock.now() + gap;
    auto precondition = precondition_of(std::move(guard), context_.clock);
    auto recorder = recorder_of(sending, context_.clock);
    const delivery::Report report = co_await delivery_.send(
        std::move(email), claim.from, std::move(precondition), deadline, std::move(recorder)
    );
    switch (after(report, sending)) {
        case After::sent:
            ++run.result.sent;
            --sender.state.left;
            break;
        case After::requeued:
            ++run.result.requeued;
            break;
        case After::failed:
            ++run.result.failed;
            break;
        case After::cancelled:
            ++run.result.cancelled;
            break;
        case After::in_doubt:
            ++run.result.in_doubt;
            break;
        case After::lost:
            break;
    }
}

}  // namespace campaign
