#include "engine/service.h"

#include "base/log.h"
#include "base/text.h"
#include "delivery/halt.h"
#include "ledger/ledger.h"

namespace engine {

namespace {

constexpr std::chrono::hours kRestMax{1};
constexpr std::chrono::minutes kRestMin{1};
constexpr int kRunsKept = 100;  // of each task
constexpr std::size_t kWordsMax = 400;

base::Duration span_of(std::chrono::seconds seconds) { return seconds; }

}  // namespace

struct Service::State {
    explicit State(ServiceTask its_task) : task(std::move(its_task)) {}
    ServiceTask task;
    std::optional<base::Timestamp> waiting;  // due and not begun
    bool running = false;
    base::MonotonicTime began;
    bool late = false;
    int failures = 0;  // in a row
    std::string said;  // when it last went well
    // By the clock that says what is due: with a monotonic one a rest would outlast its beats where
    // the two do not go at one pace.
    base::Timestamp rests_until{};
};

struct Service::Outcome {
    enum class Kind { done, failed, elsewhere };
    Kind kind = Kind::failed;
    std::string words;
};

base::Duration rest_after(int failures, base::Duration every) {
    if (failures <= kFailuresFree) return base::Duration(0);
    base::Duration rest = std::max<base::Duration>(every, kRestMin);
    for (int i = failures - kFailuresFree; i > 1 && rest < kRestMax; --i) rest *= 2;
    return std::min<base::Duration>(rest, kRestMax);
}

Service::Service(Parts parts, std::vector<ServiceTask> tasks, ServiceHooks hooks)
    : parts_(parts), hooks_(std::move(hooks)) {
    for (ServiceTask& task : tasks) states_.push_back(std::make_unique<State>(std::move(task)));
}

Service::~Service() = default;

base::Task<ServiceEnd> Service::run() {
    co_await recover();
    while (!stopping()) {
        co_await look_at_flags();
        if (stopping()) break;
        start_due();
        note_late();
        if (hooks_.alive && healthy()) hooks_.alive();
        const base::MonotonicTime until = next_look();
        co_await rest(until);
    }
    co_return co_await finish();
}

// A task goes on at its beat after the last time that was begun; a new one starts at once.
base::Task<> Service::recover() {
    const base::Timestamp now = parts_.clock.now();
    const std::vector<ServiceRun> latest =
        co_await parts_.db.run(store::Role::operator_, [now](store::Connection& connection) {
            note_interrupted(connection, now);
            return latest_runs(connection);
        });
    std::vector<ScheduledTask> tasks;
    for (const auto& state : states_) {
        ScheduledTask task{state->task.name, state->task.every, now};
        const auto known = std::ranges::find(latest, task.name, &ServiceRun::task);
        // A clock that was ahead once must not keep a task asleep until then.
        if (known != latest.end()) task.next = std::min(known->due, now) + task.every;
        tasks.push_back(std::move(task));
    }
    scheduler_ = std::make_unique<Scheduler>(std::move(tasks));
}

base::Task<> Service::look_at_flags() {
    std::optional<std::string> halted = halted_;
    bool read = false;
    try {
        halted = co_await parts_.db.read(store::Role::operator_, delivery::halted);
        read = true;
    } catch (const store::StoreError& error) {
        if (!flags_unread_)
            base::log::error("service", "the store can't be read: {}", error.what());
    }
    flags_unread_ = !read;
    if (halted == halted_) co_return;
    halted_ = std::move(halted);
    base::log::warn("service", "{}", halted_.value_or("sending goes on"));
    if (hooks_.hold) hooks_.hold(halted_);
}

void Service::start_due() {
    for (const Occurrence& one : scheduler_->step(parts_.clock.now()))
        for (const auto& state : states_)
            if (state->task.name == one.task) state->waiting = one.due;
    for (const auto& state : states_) {
        if (!state->waiting || state->running) continue;
        if (resting(*state)) continue;
        if (state->task.sends && halted_) continue;
        start(*state);
    }
}

// A clock that was set back makes no rest longer than any may be.
bool Service::resting(const State& state) const {
    const base::Duration left = state.rests_until - parts_.clock.now();
    return left > base::Duration(0) && left <= kRestMax;
}

void Service::start(State& state) {
    const base::Timestamp due = *std::exchange(state.waiting, std::nullopt);
    state.running = true;
    state.began = parts_.clock.monotonic();
    base::start(run_one(state, due), [this, &state](std::exception_ptr problem) {
        if (problem) base::log::error("service", "{} ended by a bug of ours", state.task.name);
        state.running = false;
        state.late = false;
        wake();
    });
}

base::Task<> Service::run_one(State& state, base::Timestamp due) {
    const base::Timestamp started = parts_.clock.now();
    const Outcome outcome = co_await attempt(state, due);
    if (outcome.kind == Outcome::Kind::elsewhere) co_return;
    note(state, outcome);
    ServiceRun run{state.task.name, due, started, parts_.clock.now(), "failed", outcome.words};
    if (outcome.kind == Outcome::Kind::done) run.result = "done";
    co_await record(state, std::move(run));
}

base::Task<Service::Outcome> Service::attempt(State& state, base::Timestamp due) {
    using Kind = Outcome::Kind;
    Outcome outcome;
    try {
        const std::string name = state.task.name;
        const base::Timestamp now = parts_.clock.now();
        const bool ours = co_await parts_.db.run(
            store::Role::operator_,
            [name, due, now](store::Connection& connection) {
                return begin_run(connection, name, due, now);
            }
        );
        if (!ours) co_return Outcome{Kind::elsewhere, {}};
        Wanted wanted = wanted_of(state);
        const base::Result<std::string> result = co_await state.task.run(std::move(wanted));
        outcome.kind = result ? Kind::done : Kind::failed;
        outcome.words = result ? *result : result.error().describe();
    } catch (const std::exception& problem) {
        outcome = {Kind::failed, problem.what()};
    }
    outcome.words = base::printable(ledger::without_addresses(outcome.words), kWordsMax);
    co_return outcome;
}

void Service::note(State& state, const Outcome& outcome) {
    if (outcome.kind == Outcome::Kind::done) {
        if (state.failures > kFailuresFree)
            base::log::warn("service", "{} works again", state.task.name);
        // What is said every 15 seconds says nothing.
        else if (outcome.words != state.said)
            base::log::info("service", "{}: {}", state.task.name, outcome.words);
        state.said = outcome.words;
        state.failures = 0;
        return;
    }
    ++state.failures;
    const base::Duration rest = rest_after(state.failures, state.task.every);
    state.rests_until = parts_.clock.now() + rest;
    base::log::error(
        "service",
        "{} failed{}: {}",
        state.task.name,
        rest > base::Duration(0)
            ? fmt::format(
                  ", {} times in a row, and rests for {} min",
                  state.failures,
                  std::chrono::duration_cast<std::chrono::minutes>(rest).count()
              )
            : "",
        outcome.words
    );
}

base::Task<> Service::record(State& state, ServiceRun run) {
    const base::Timestamp keep_from = run.due - kRunsKept * state.task.every;
    try {
        co_await parts_.db.run(
            store::Role::operator_,
            [run, keep_from](store::Connection& connection) {
                finish_run(connection, run, keep_from);
            }
        );
    } catch (const store::StoreError& error) {
        base::log::error("service", "{}: its end was not noted: {}", run.task, error.what());
    }
}

Wanted Service::wanted_of(const State& state) const {
    const base::MonotonicTime deadline = parts_.clock.in(state.task.deadline);
    return [this, deadline] { return !stopping() && parts_.clock.monotonic() < deadline; };
}

bool Service::is_late(const State& state) const {
    return parts_.clock.monotonic() >= state.began + state.task.deadline + span_of(kTick);
}

void Service::note_late() {
    for (const auto& state : states_) {
        if (!state->running || state->late || !is_late(*state)) continue;
        state->late = true;
        base::log::error(
            "service",
            "{} has not ended at its deadline; it is left alone, and everything else goes on",
            state->task.name
        );
    }
}

bool Service::healthy() const {
    const base::MonotonicTime now = parts_.clock.monotonic();
    return std::ranges::none_of(states_, [&](const auto& state) {
        return state->running &&
               now > state->began + 4 * state->task.deadline + std::chrono::minutes(10);
    });
}

base::MonotonicTime Service::next_look() const {
    base::Duration span = kTick;
    const std::optional<base::Timestamp> next = scheduler_->next();
    if (next) span = std::clamp(*next - parts_.clock.now(), base::Duration(0), span);
    return parts_.clock.in(span);
}

base::Task<> Service::rest(base::MonotonicTime until) {
    waiting_ = std::make_shared<net::Late<base::Unit>>();
    net::LateWait<base::Unit> wait(waiting_, parts_.clock, until);
    (void)co_await wait;
    waiting_.reset();
}

// The last thing its callers do: whoever waits goes on within it.
void Service::wake() {
    const auto waiting = waiting_;
    if (waiting) waiting->give({});
}

void Service::stop(std::string why) {
    if (stopping()) return;
    why_stop_ = std::move(why);
    wake();
}

std::vector<std::string> Service::running(bool late) const {
    std::vector<std::string> names;
    for (const auto& state : states_)
        if (state->running && is_late(*state) == late) names.push_back(state->task.name);
    return names;
}

base::Task<ServiceEnd> Service::finish() {
    if (hooks_.hold) hooks_.hold("the service stops");
    const base::MonotonicTime deadline = parts_.clock.in(kGrace);
    const auto is_running = [](const auto& state) { return state->running; };
    while (std::ranges::any_of(states_, is_running) && parts_.clock.monotonic() < deadline)
        co_await rest(deadline);
    co_return ServiceEnd{why_stop_, running(true), running(false)};
}

}  // namespace engine
