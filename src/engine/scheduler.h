// When which task is due. Pure: time comes in, work comes out; `demo` and `serve` run the same
// code.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace engine {

struct ScheduledTask {
    std::string name;
    base::Duration every{0};
    base::Timestamp next;  // first time it is due
};

struct Occurrence {
    std::string task;
    base::Timestamp due;
    bool operator==(const Occurrence&) const = default;
};

class Scheduler {
  public:
    explicit Scheduler(std::vector<ScheduledTask> tasks);
    // What is due at `now`, by due time, then in the order of the tasks. A task that missed several
    // of its times is due once: it catches up, it does not repeat. The clock may jump either way:
    // backwards, nothing is due again.
    std::vector<Occurrence> step(base::Timestamp now);
    // The next time at which something is due; nothing without tasks.
    std::optional<base::Timestamp> next() const;

  private:
    std::vector<ScheduledTask> tasks_;
};

}  // namespace engine
