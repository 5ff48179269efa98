// The running service: tasks, each with its own beat, deadline and failure budget, side by side on
// one loop.
//
//   engine::Service service({db, clock}, std::move(tasks), hooks);
//   loop.on_signal(SIGTERM, [&] { service.stop("SIGTERM"); });
//   const engine::ServiceEnd end = co_await service.run();
//
// What holds whatever the tasks do:
// - An occurrence (task, due time) is begun once, over restarts and clock steps (service_runs.h);
//   of several that were missed only the latest is made up for.
// - A task never runs twice at a time, and one that hangs or fails delays no other. Past its
//   deadline it is `late`, which is logged and shown; past several times that, the service stops
//   saying that it is well (hooks.alive), so that systemd starts it anew.
// - A task that fails more than kFailuresFree times in a row rests, longer each time, an hour at
//   most.
// - While all sending is stopped (`stop --all`, looked at every kTick) tasks that send wait, and
//   hooks.hold keeps back what is under way.
//
// Life cycle: outlives run(); run() once. It ends when stop() was called and what was under way has
// ended, after kGrace at the latest: what then still runs is never resumed, and the store finds it
// as after a crash.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/scheduler.h"
#include "engine/service_runs.h"
#include "net/late.h"
#include "store/database.h"

namespace engine {

inline constexpr std::chrono::seconds kTick{2};
inline constexpr std::chrono::seconds kGrace{25};  // under the 30 s that a stop may take
inline constexpr int kFailuresFree = 3;

// Whether to begin the next piece of work (a lead, a page, a question to the model): no once the
// service stops or the run's deadline has passed. What is left is for the next run.
using Wanted = std::function<bool()>;

struct ServiceTask {
    std::string name;  // "warmup"; the key of its rows
    base::Duration every{0};
    base::Duration deadline{0
    };  // for one run, which is told (Wanted), watched, and never broken off
    bool sends = false;  // waits while all sending is stopped
    // Words for people about what was done. What it throws counts as a failure.
    std::function<base::Task<base::Result<std::string>>(Wanted wanted)> run;
};

struct ServiceHooks {
    // With words: no mail may begin to leave from now on. Nothing: it may again.
    std::function<void(std::optional<std::string> why)> hold;
    // Each tick while nothing is stuck.
    std::function<void()> alive;
};

struct ServiceEnd {
    std::string why;  // what stop() said
    // Tasks that had not ended after the grace: past their deadline, or well within it.
    std::vector<std::string> stuck;
    std::vector<std::string> unfinished;
};

// How long a task rests after so many failures in a row. Pure.
base::Duration rest_after(int failures, base::Duration every);

class Service {
  public:
    struct Parts {
        store::Database& db;
        base::Clock& clock;
    };
    Service(Parts parts, std::vector<ServiceTask> tasks, ServiceHooks hooks);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    // StoreError where the store can't be read at the start.
    base::Task<ServiceEnd> run();
    // From the loop's thread, any time. The first word stands.
    void stop(std::string why);
    bool stopping() const { return !why_stop_.empty(); }
    // Whether nothing is stuck beyond hope.
    bool healthy() const;

  private:
    struct State;
    struct Outcome;

    base::Task<> recover();
    base::Task<> look_at_flags();
    void start_due();
    void start(State& state);
    bool resting(const State& state) const;
    base::Task<> run_one(State& state, base::Timestamp due);
    base::Task<Outcome> attempt(State& state, base::Timestamp due);
    base::Task<> record(State& state, ServiceRun run);
    void note(State& state, const Outcome& outcome);
    void note_late();
    base::Task<> rest(base::MonotonicTime until);
    base::MonotonicTime next_look() const;
    void wake();
    base::Task<ServiceEnd> finish();
    Wanted wanted_of(const State& state) const;
    bool is_late(const State& state) const;
    std::vector<std::string> running(bool late) const;

    Parts parts_;
    ServiceHooks hooks_;
    std::vector<std::unique_ptr<State>> states_;
    std::unique_ptr<Scheduler> scheduler_;
    std::shared_ptr<net::Late<base::Unit>> waiting_;
    std::optional<std::string> halted_;
    bool flags_unread_ = false;
    std::string why_stop_;
};

}  // namespace engine
