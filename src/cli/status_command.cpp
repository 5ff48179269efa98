// `status`: what the service did last and does next.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "config/duration.h"
#include "delivery/halt.h"
#include "engine/runtime.h"
#include "engine/sending_lock.h"
#include "engine/service_tasks.h"

namespace cli {

namespace {

struct TaskLine {
    engine::ServiceTask task;
    std::optional<engine::ServiceRun> last;
    base::Timestamp next;
};

struct Status {
    std::optional<std::string> process;  // that holds the store's lock here
    std::optional<std::string> halted;
    std::vector<TaskLine> tasks;
};

struct Rows {
    std::optional<std::string> halted;
    std::vector<engine::ServiceRun> runs;
};

base::Timestamp in_seconds(base::Timestamp time) { return {time.micros / 1'000'000 * 1'000'000}; }

Status read_status(engine::Runtime& runtime) {
    const Rows rows =
        runtime.run(runtime.db().read(store::Role::operator_, [](store::Connection& connection) {
            return Rows{delivery::halted(connection), engine::latest_runs(connection)};
        }));
    const config::Settings& settings = runtime.settings();
    Status status;
    status.process =
        engine::SendingLock::holder(engine::sending_lock_path(settings.store.url, settings.key.file)
        );
    status.halted = rows.halted;
    const base::Timestamp now = runtime.clock().now();
    for (engine::ServiceTask& task : engine::planned_tasks(settings)) {
        TaskLine line{std::move(task), std::nullopt, now};
        const auto found = std::ranges::find(rows.runs, line.task.name, &engine::ServiceRun::task);
        if (found != rows.runs.end()) {
            line.last = *found;
            line.next = std::max(now, found->due + line.task.every);
        }
        status.tasks.push_back(std::move(line));
    }
    return status;
}

std::string result_of(const engine::ServiceRun& run) {
    return run.finished_at ? run.result : "running";
}

void print_json(const Status& status) {
    boost::json::array tasks;
    for (const TaskLine& line : status.tasks) {
        boost::json::object object = {
            {"task", line.task.name},
            {"every_seconds", line.task.every.count() / 1'000'000},
            {"last", nullptr},
            {"next_due", base::to_iso(in_seconds(line.next))}
        };
        if (line.last) {
            boost::json::object last = {
                {"due", base::to_iso(line.last->due)},
                {"started_at", base::to_iso(line.last->started_at)},
                {"finished_at", nullptr},
                {"result", result_of(*line.last)},
                {"words", line.last->words}
            };
            if (line.last->finished_at) last["finished_at"] = base::to_iso(*line.last->finished_at);
            object["last"] = last;
        }
        tasks.push_back(std::move(object));
    }
    boost::json::object document = {
        {"process", nullptr}, {"stopped", nullptr}, {"tasks", std::move(tasks)}
    };
    if (status.process) document["process"] = *status.process;
    if (status.halted) document["stopped"] = *status.halted;
    print(boost::json::serialize(document) + "\n");
}

void print_text(const Status& status) {
    std::string text =
        status.process ? fmt::format("process {} works with this store\n", *status.process)
                       : std::string("nothing works with this store here (`pilotlight serve`)\n");
    text += status.halted ? *status.halted + "\n\n" : std::string("sending is not stopped\n\n");
    std::vector<std::vector<std::string>> rows = {
        {"task", "every", "last begun", "result", "next due", "what it said"}
    };
    for (const TaskLine& line : status.tasks)
        rows.push_back(
            {line.task.name,
             config::to_text(line.task.every),
             line.last ? base::to_iso(in_seconds(line.last->started_at)) : "never",
             line.last ? result_of(*line.last) : "–",
             base::to_iso(in_seconds(line.next)),
             line.last ? base::printable(line.last->words, 120) : ""}
        );
    print(text + table(rows));
}

base::Result<int> run(const Invocation& invocation) {
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    const Status status = read_status(**runtime);
    if (invocation.json)
        print_json(status);
    else
        print_text(status);
    return 0;
}

}  // namespace

Command status_command() {
    return {
        .path = "status",
        .summary = "what the service did last, and what is due next",
        .help =
            "Shows whether a process works with this store, whether all sending is stopped, and "
            "for each\n"
            "task of `serve` its beat, its last run with what came of it, and when it is due "
            "next.\n"
            "\n"
            "Examples:\n"
            "  pilotlight status\n"
            "  pilotlight --json status | jq '.tasks[] | {task, next_due}'\n",
        .positionals = {},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
