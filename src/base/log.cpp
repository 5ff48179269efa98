#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "base/text.h"

namespace base::log {

namespace {

struct State {
    std::mutex mutex;
    Sink sink;
    std::vector<std::string> secrets;
    std::map<std::string, std::vector<std::string>> latest;  // of secrets that are replaced
    std::atomic<Level> level{Level::warn};
};

State& state() {
    static State instance;
    return instance;
}

void write_to_standard_error(const Line& line) {
    static const std::shared_ptr<spdlog::logger> logger = [] {
        auto made = spdlog::stderr_color_mt("pilotlight");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
        made->set_level(spdlog::level::trace);
        return made;
    }();
    const auto level = line.level == Level::debug  ? spdlog::level::debug
                       : line.level == Level::info ? spdlog::level::info
                       : line.level == Level::warn ? spdlog::level::warn
                                                   : spdlog::level::err;
    logger->log(level, "{}: {}", line.component, line.text);
}

}  // namespace

void set_level(Level level) { state().level = level; }
Level level() { return state().level; }

Sink set_sink(Sink sink) {
    const std::lock_guard lock(state().mutex);
    return std::exchange(state().sink, std::move(sink));
}

void mask(std::string_view secret) {
    if (secret.size() < 4) return;
    const std::lock_guard lock(state().mutex);
    std::vector<std::string>& secrets = state().secrets;
    if (std::ranges::find(secrets, secret) != secrets.end()) return;
    // Longest first: a secret that is the start of another must not leave the other's end in clear.
    const auto shorter = std::ranges::find_if(secrets, [&](const std::string& known) {
        return known.size() < secret.size();
    });
    secrets.emplace(shorter, secret);
}

void mask_latest(const std::string& name, std::string_view secret) {
    mask(secret);
    const std::lock_guard lock(state().mutex);
    std::vector<std::string>& latest = state().latest[name];
    if (secret.size() < 4 || std::ranges::find(latest, secret) != latest.end()) return;
    latest.emplace_back(secret);
    if (latest.size() <= 2) return;
    std::erase(state().secrets, latest.front());
    latest.erase(latest.begin());
}

void write(Level level, std::string_view component, std::string text) {
    if (level < state().level) return;
    const std::lock_guard lock(state().mutex);
    for (const std::string& secret : state().secrets)
        text = replace_all(std::move(text), secret, "***");
    const Line line{level, std::string(component), std::move(text)};
    if (state().sink)
        state().sink(line);
    else
        write_to_standard_error(line);
}

}  // namespace base::log
