#include "engine/scheduler.h"

#include <algorithm>

#include "base/check.h"

namespace engine {

Scheduler::Scheduler(std::vector<ScheduledTask> tasks) : tasks_(std::move(tasks)) {
    for (const ScheduledTask& task : tasks_) CHECK(task.every.count() > 0);
}

std::vector<Occurrence> Scheduler::step(base::Timestamp now) {
    std::vector<Occurrence> due;
    for (ScheduledTask& task : tasks_) {
        if (task.next > now) continue;
        const std::int64_t missed = (now - task.next).count() / task.every.count();
        const base::Timestamp latest = task.next + missed * task.every;
        // Kept sorted while it grows (std::stable_sort is deprecated inside libstdc++ 12).
        const auto after = std::ranges::upper_bound(due, latest, {}, &Occurrence::due);
        due.insert(after, {task.name, latest});
        task.next = latest + task.every;
    }
    return due;
}

std::optional<base::Timestamp> Scheduler::next() const {
    std::optional<base::Timestamp> earliest;
    for (const ScheduledTask& task : tasks_)
        if (!earliest || task.next < *earliest) earliest = task.next;
    return earliest;
}

}  // namespace engine
