// send_bench --port PORT [--host HOST] [--sessions S] [--messages N] [--wire-only | [--campaign]
// --store PATH] send_bench --probe-disk FOLDER
//
// Sends N messages over S sessions to an SMTP sink, in clear and without AUTH, and prints one line
// of JSON. See paths.h for the two ways. PATH must not exist; the file stays.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include "bench/paths.h"
#include "bench/plain_dialer.h"
#include "bench/sync_meter.h"
#include "net/asio_dialer.h"

namespace bench {

namespace {

struct Options {
    Load load;
    bool wire_only = false;
    bool campaign = false;
    std::string probe_folder;
};

template <class Number>
Number number_of(std::string_view name, std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1)
        throw std::invalid_argument(fmt::format("{} '{}' is not a number from 1", name, text));
    return number;
}

void take_option(Options& options, std::string_view name, std::string_view value) {
    if (name == "--host")
        options.load.host = value;
    else if (name == "--port")
        options.load.port = number_of<std::uint16_t>(name, value);
    else if (name == "--sessions")
        options.load.sessions = number_of<int>(name, value);
    else if (name == "--messages")
        options.load.messages = number_of<int>(name, value);
    else if (name == "--store")
        options.load.store_path = value;
    else if (name == "--probe-disk")
        options.probe_folder = value;
    else
        throw std::invalid_argument(fmt::format("unknown option '{}'", name));
}

Options parse(std::span<char*> arguments) {
    Options options;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name == "--wire-only" || name == "--campaign") {
            (name == "--campaign" ? options.campaign : options.wire_only) = true;
            continue;
        }
        if (i + 1 == arguments.size())
            throw std::invalid_argument(fmt::format("{} needs a value", name));
        take_option(options, name, arguments[++i]);
    }
    if (!options.probe_folder.empty()) return options;
    if (options.load.port == 0) throw std::invalid_argument("--port PORT is missing");
    if (!options.wire_only && options.load.store_path.empty())
        throw std::invalid_argument("--store PATH is missing (or --wire-only)");
    if (!options.wire_only && std::filesystem::exists(options.load.store_path))
        throw std::invalid_argument(options.load.store_path + " exists: remove it first");
    return options;
}

void print(const Options& options, const Measured& measured) {
    const auto messages = static_cast<double>(measured.accepted);
    fmt::print(
        "{{\"path\": \"{}\", \"sessions\": {}, \"messages\": {}, \"message_bytes\": {}, "
        "\"seconds\": {:.4f}, \"messages_per_second\": {:.1f}, \"cpu_seconds\": {:.4f}, "
        "\"cpu_us_per_message\": {:.1f}, \"fsyncs\": {}, \"fsync_us_mean\": {:.1f}}}\n",
        options.wire_only  ? "wire"
        : options.campaign ? "campaign"
                           : "full",
        options.load.sessions,
        measured.accepted,
        measured.message_bytes,
        measured.seconds,
        messages / measured.seconds,
        measured.cpu_seconds,
        measured.cpu_seconds / messages * 1e6,
        measured.syncs,
        measured.syncs == 0 ? 0.0
                            : measured.sync_seconds / static_cast<double>(measured.syncs) * 1e6
    );
}

int run(std::span<char*> arguments) {
    const Options options = parse(arguments);
    if (!options.probe_folder.empty()) {
        fmt::print("{{\"fdatasync_us_mean\": {:.1f}}}\n", probe_disk(options.probe_folder) * 1e6);
        return 0;
    }
    net::AsioLoop loop;
    net::AsioDialer tcp(loop, {});
    PlainDialer dialer(tcp);
    const Measured measured = options.wire_only  ? run_wire_only(loop, dialer, options.load)
                              : options.campaign ? run_campaign_path(loop, dialer, options.load)
                                                 : run_full_path(loop, dialer, options.load);
    print(options, measured);
    return 0;
}

}  // namespace

}  // namespace bench

int main(int count, char** values) {
    try {
        return bench::run({values, static_cast<std::size_t>(count)});
    } catch (const std::invalid_argument& error) {
        fmt::print(stderr, "send_bench: {}\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        fmt::print(stderr, "send_bench: {}\n", error.what());
        return 1;
    }
}
