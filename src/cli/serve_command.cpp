// `serve`: the tasks of engine/service_tasks.h and the unsubscribe pages, until a signal.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "api/unsubscribe_listener.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "engine/runtime.h"
#include "engine/sending_lock.h"
#include "engine/service.h"
#include "engine/service_tasks.h"
#include "net/http_server.h"
#include "net/service_notifier.h"

namespace cli {

namespace {

using std::chrono::seconds;

// The unsubscribe pages, open to the world.
class Door {
  public:
    static base::Result<std::unique_ptr<Door>> open(engine::Runtime& runtime) {
        base::Result<campaign::UnsubscribeKey> key = runtime.unsubscribe_key();
        if (!key) return base::pass_on(key);
        std::unique_ptr<Door> door(new Door(runtime, std::move(*key)));
        Door* const here = door.get();
        auto listener = runtime.listen(
            runtime.settings().unsubscribe.listen,
            [here](std::unique_ptr<net::Stream> stream, std::string peer) {
                here->server_.accept(std::move(stream), std::move(peer));
            }
        );
        if (!listener) return base::pass_on(listener);
        door->listener_ = std::move(*listener);
        return door;
    }
    const std::string& address() const { return listener_->address(); }
    void close() { listener_->close(); }
    base::Task<> stop(base::MonotonicTime deadline) { return server_.stop(deadline); }

  private:
    Door(engine::Runtime& runtime, campaign::UnsubscribeKey key)
        : pages_({runtime.db(), runtime.clock(), std::move(key), runtime.vault()}),
          server_(runtime.clock(), {}, [this](net::ServerRequest request) {
              return pages_.answer(std::move(request));
          }) {}

    api::UnsubscribeListener pages_;
    net::HttpServer server_;
    std::unique_ptr<net::TcpListener> listener_;
};

std::string variable(const Invocation& invocation, const std::string& name) {
    const auto found = invocation.environment.find(name);
    return found == invocation.environment.end() ? std::string() : found->second;
}

engine::ServiceHooks hooks_for(engine::Runtime& runtime, const net::ServiceNotifier& systemd) {
    engine::ServiceHooks hooks;
    hooks.hold = [&runtime](std::optional<std::string> why) {
        if (why)
            runtime.connector().hold_sending(std::move(*why));
        else
            runtime.connector().release_sending();
    };
    hooks.alive = [&systemd] { systemd.tell("WATCHDOG=1"); };
    return hooks;
}

void say_ready(
    const Invocation& invocation, const engine::Runtime& runtime, const std::string& address
) {
    std::vector<std::string> names;
    for (const engine::ServiceTask& task : engine::planned_tasks(runtime.settings()))
        names.push_back(task.name);
    if (invocation.json) {
        boost::json::object document = {
            {"serving", true}, {"tasks", boost::json::value_from(names)}, {"unsubscribe", nullptr}
        };
        if (!address.empty()) document["unsubscribe"] = address;
        return print(boost::json::serialize(document) + "\n");
    }
    print(fmt::format(
        "pilotlight serves: {}; unsubscribe pages {}\n",
        base::join(names, ", "),
        address.empty() ? "nowhere ([unsubscribe] listen)" : "on " + address
    ));
}

// Says QUIT where mail was sent, and lets the last visitors have their page.
void close_up(engine::Runtime& runtime, Door* door) {
    if (door != nullptr) runtime.run(door->stop(runtime.clock().in(seconds(2))));
    runtime.run(runtime.connector().close_idle(runtime.clock().in(seconds(2))));
}

// What still runs holds parts of the runtime, so nothing is taken down under it. The store loses
// nothing by that: what was being sent is found again as after a crash.
[[noreturn]] void leave_with(const engine::ServiceEnd& end) {
    if (!end.unfinished.empty())
        base::log::warn(
            "service",
            "stopped by {} within the work of {}; the next start goes on with it",
            end.why,
            base::join(end.unfinished, ", ")
        );
    if (!end.stuck.empty())
        base::log::error(
            "service",
            "stopped by {}; long past their time, and parked: {}",
            end.why,
            base::join(end.stuck, ", ")
        );
    std::fflush(nullptr);
    std::_Exit(end.stuck.empty() ? 0 : 1);
}

int serve(const Invocation& invocation, engine::Runtime& runtime, Door* door) {
    const net::ServiceNotifier systemd(variable(invocation, "NOTIFY_SOCKET"));
    engine::Service service(
        {runtime.db(), runtime.clock()}, engine::service_tasks(runtime), hooks_for(runtime, systemd)
    );
    const auto stop = [&](const std::string& why) {
        systemd.tell("STOPPING=1");
        if (door != nullptr) door->close();
        service.stop(why);
    };
    runtime.on_signal(SIGTERM, [&stop] { stop("SIGTERM"); });
    runtime.on_signal(SIGINT, [&stop] { stop("SIGINT"); });
    say_ready(invocation, runtime, door != nullptr ? door->address() : std::string());
    systemd.tell("READY=1\nSTATUS=serving");
    const engine::ServiceEnd end = runtime.run(service.run());
    if (!end.stuck.empty() || !end.unfinished.empty()) leave_with(end);
    close_up(runtime, door);
    base::log::info("service", "stopped by {}", end.why);
    return 0;
}

base::Result<int> run(const Invocation& invocation) {
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    if (base::log::level() > base::log::Level::info) base::log::set_level(base::log::Level::info);
    const std::string lock_path =
        engine::sending_lock_path(settings->store.url, settings->key.file);
    auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    const auto lock = engine::SendingLock::take((*runtime)->db(), lock_path);
    if (!lock) return base::pass_on(lock);
    const config::UnsubscribeSettings& unsubscribe = (*runtime)->settings().unsubscribe;
    if (unsubscribe.listen.empty()) {
        if (!unsubscribe.url.empty())
            base::log::warn(
                "service",
                "[unsubscribe] url is set and listen is not: unless another pilotlight shows the "
                "pages there, links in mail lead nowhere"
            );
        return serve(invocation, **runtime, nullptr);
    }
    const auto door = Door::open(**runtime);
    if (!door) return base::pass_on(door);
    return serve(invocation, **runtime, door->get());
}

}  // namespace

Command serve_command() {
    return {
        .path = "serve",
        .summary = "run everything unattended, until stopped",
        .help =
            "Runs warmup cycles ([warmup] cycle_every) and the other tasks of `pilotlight status`, "
            "each at its\n"
            "own beat: one that hangs or fails delays no other. What was missed while it was down "
            "is made up\n"
            "for once. With [unsubscribe] listen it also shows the pages /u/TOKEN by which "
            "recipients\n"
            "unsubscribe, and nothing else, in plain HTTP for a proxy with the public https "
            "address.\n"
            "\n"
            "SIGTERM and SIGINT end it within 30 seconds: what is being sent is finished, the rest "
            "waits for\n"
            "the next start. Exit 0 after that, 1 where something hung. A second one on the same "
            "store\n"
            "refuses. Under systemd it tells readiness and that it is alive (Type=notify, "
            "WatchdogSec).\n"
            "Commands may run beside it.\n"
            "\n"
            "Examples:\n"
            "  pilotlight serve\n"
            "  pilotlight --config /etc/pilotlight.toml serve\n",
        .positionals = {},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
