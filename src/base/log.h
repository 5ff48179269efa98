// The log: one line per event, for operators. Secrets that were announced are masked at the sink.
//
//   base::log::warn("warmup", "cycle {}: {} failed: {}", cycle, mailbox, error.describe());
//
// Lines go to the sink that was set last (standard error through spdlog by default); tests set
// their own to compare lines. Thread-safe. The sink, not the caller, knows the time.
#pragma once
#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>

namespace base::log {

enum class Level { debug, info, warn, error };

struct Line {
    Level level;
    std::string component;
    std::string text;
};
using Sink = std::function<void(const Line&)>;

// Lines under `level` are dropped. Default: warn.
void set_level(Level level);
Level level();
// Replaces the sink and returns the one before; a null sink restores standard error.
Sink set_sink(Sink sink);
// From now on this value never leaves through the log: it is shown as "***". Values under 4 bytes
// are ignored.
void mask(std::string_view secret);
// The same for a secret that is replaced from time to time: the last two of each `name` are kept,
// so that a service that runs for years does not gather them.
void mask_latest(const std::string& name, std::string_view secret);
void write(Level level, std::string_view component, std::string text);

template <class... Args>
void debug(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (level() <= Level::debug)
        write(Level::debug, component, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (level() <= Level::info)
        write(Level::info, component, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warn(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (level() <= Level::warn)
        write(Level::warn, component, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    write(Level::error, component, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace base::log
