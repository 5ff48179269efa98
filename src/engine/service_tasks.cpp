#include "engine/service_tasks.h"

#include "base/log.h"
#include "campaign/followup_round.h"
#include "campaign/pregenerate.h"
#include "engine/campaign_capacity.h"
#include "engine/campaign_sending.h"
#include "engine/lead_tasks.h"
#include "engine/mail_watch.h"
#include "warmup/warmup.h"

namespace engine {

namespace {

using Words = base::Result<std::string>;

std::string in_words(const warmup::CycleResult& result) {
    return fmt::format(
        "cycle {}: sent {}, replies {}, inbox {}, spam {}, elsewhere {}, pending {}",
        result.cycle,
        result.sent,
        result.replies,
        result.placement.inbox,
        result.placement.spam,
        result.placement.elsewhere,
        result.pending
    );
}

base::Task<Words> run_warmup(Runtime& runtime, Wanted) {
    warmup::Warmup warmup(runtime.warmup_context());
    const warmup::CycleResult result = co_await warmup.run_bidirectional_warmup_cycle();
    if (result.cycle == 0) co_return result.note;
    if (result.mailboxes > 0 && result.mailboxes_failed >= result.mailboxes)
        co_return base::fail(
            base::ErrorCode::unavailable,
            "warmup",
            fmt::format(
                "no mailbox worked; the first: {}", result.failures.front().error.describe()
            )
        );
    co_return in_words(result);
}

// What came back, to both sides. Without it no follow-up leaves.
base::Task<Words> run_watch(Runtime& runtime, Wanted wanted) {
    MailWatch watch(runtime.warmup_context(), runtime.campaign_context());
    const WatchResult result = co_await watch.look(std::move(wanted));
    const int failed = static_cast<int>(result.failures.size());
    if (failed > 0 && failed >= result.mailboxes)
        co_return base::fail(
            base::ErrorCode::unavailable,
            "watch",
            fmt::format(
                "no mailbox could be read; the first: {}", result.failures.front().error.describe()
            )
        );
    const campaign::ReturnCounts& returns = result.returns;
    co_return fmt::format(
        "{} mailboxes, {} failed; replies {}, bounces {}, complaints {}, opt-outs {}",
        result.mailboxes,
        failed,
        returns.replies,
        returns.bounces,
        returns.complaints,
        returns.opt_outs
    );
}

// Follow-ups that are due, drafts in stock, and another look at those that have lain for long.
base::Task<Words> run_drafts(Runtime& runtime, Wanted wanted) {
    campaign::DraftWriter writer(runtime.campaign_context());
    const campaign::FollowupsWritten followups =
        co_await campaign::write_due_followups(runtime.campaign_context(), writer, wanted);
    for (const std::string& problem : followups.problems)
        base::log::warn("drafts", "a follow-up was not written: {}", problem);
    campaign::Pregeneration what;
    what.capacity = co_await campaign_capacity(runtime.campaign_context());
    what.wanted = wanted;
    const campaign::Pregenerated made =
        co_await campaign::pregenerate(runtime.campaign_context(), what);
    int reviewed = 0;
    if (wanted()) reviewed = co_await writer.review_again(100);
    co_return fmt::format(
        "{} follow-ups written; {} drafts ready, {} rejected, {} reviewed again{}{}",
        followups.written,
        made.ready,
        made.rejected,
        reviewed,
        made.stopped.empty() ? "" : "; ",
        made.stopped
    );
}

constexpr base::Duration kSendDeadline = std::chrono::minutes(10);

base::Task<Words> run_send(Runtime& runtime, Wanted) {
    const auto sending =
        co_await CampaignSending::make_on_loop(runtime, CampaignSending::Drafts::left_alone);
    if (!sending) co_return base::pass_on(sending);
    campaign::PassOptions options;
    options.deadline = runtime.clock().in(kSendDeadline);
    const campaign::PassResult result = co_await (*sending)->worker().pass(options);
    co_return fmt::format(
        "{} campaigns; sent {}, tried again later {}, failed {}, in doubt {}{}{}",
        result.campaigns,
        result.sent,
        result.requeued,
        result.failed,
        result.in_doubt,
        result.note.empty() ? "" : "; ",
        result.note
    );
}

base::Task<Words> run_leads(Runtime& runtime, Wanted wanted) {
    return tend_leads(runtime, std::move(wanted));
}

base::Task<Words> run_retention(Runtime& runtime, Wanted wanted) {
    return keep_retention(runtime.db(), runtime.clock().now(), std::move(wanted));
}

struct Row {
    std::string_view name;
    base::Duration (*every)(const config::Settings& settings);
    base::Duration deadline;
    bool sends;
    base::Task<Words> (*run)(Runtime& runtime, Wanted wanted);
};

template <int seconds>
base::Duration always(const config::Settings&) {
    return std::chrono::seconds(seconds);
}

constexpr Row kRows[] = {
    {"warmup",
     [](const config::Settings& settings) { return settings.warmup.cycle_every; },
     std::chrono::hours(1),
     true,
     run_warmup},
    // Within the 15 minutes that a look before a follow-up may be old.
    {"watch", always<5 * 60>, std::chrono::minutes(10), false, run_watch},
    {"leads", always<10 * 60>, std::chrono::hours(1), false, run_leads},
    {"drafts", always<10 * 60>, std::chrono::hours(1), false, run_drafts},
    {"send", always<15>, kSendDeadline, true, run_send},
    {"retention", always<24 * 60 * 60>, std::chrono::hours(2), false, run_retention},
};

ServiceTask task_of(const Row& row, const config::Settings& settings) {
    ServiceTask task;
    task.name = row.name;
    task.every = row.every(settings);
    task.deadline = row.deadline;
    task.sends = row.sends;
    return task;
}

}  // namespace

std::vector<ServiceTask> planned_tasks(const config::Settings& settings) {
    std::vector<ServiceTask> tasks;
    for (const Row& row : kRows) tasks.push_back(task_of(row, settings));
    return tasks;
}

std::vector<ServiceTask> service_tasks(Runtime& runtime) {
    std::vector<ServiceTask> tasks;
    for (const Row& row : kRows) {
        ServiceTask task = task_of(row, runtime.settings());
        task.run = [&runtime, run = row.run](Wanted wanted) {
            return run(runtime, std::move(wanted));
        };
        tasks.push_back(std::move(task));
    }
    return tasks;
}

}  // namespace engine
