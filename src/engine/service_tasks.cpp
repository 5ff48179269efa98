#include "engine/service_tasks.h"

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

base::Task<Words> run_warmup(Runtime& runtime, base::MonotonicTime) {
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

struct Row {
    std::string_view name;
    base::Duration (*every)(const config::Settings& settings);
    base::Duration deadline;
    bool sends;
    std::string_view lane;
    base::Task<Words> (*run)(Runtime& runtime, base::MonotonicTime deadline);
};

constexpr Row kRows[] = {
    {"warmup",
     [](const config::Settings& settings) { return settings.warmup.cycle_every; },
     std::chrono::hours(1),
     true,
     "warmup",
     run_warmup},
};

ServiceTask task_of(const Row& row, const config::Settings& settings) {
    ServiceTask task;
    task.name = row.name;
    task.every = row.every(settings);
    task.deadline = row.deadline;
    task.sends = row.sends;
    task.lane = row.lane;
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
        task.run = [&runtime, run = row.run](base::MonotonicTime deadline) {
            return run(runtime, deadline);
        };
        tasks.push_back(std::move(task));
    }
    return tasks;
}

}  // namespace engine
