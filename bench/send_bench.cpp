// send_bench --port PORT [--host HOST] [--sessions S] [--messages N] [--wire-only | [--campaign]
// --store PATH] send_bench --probe-disk FOLDER
//
// Sends N messages over S sessions to an SMTP sink, in clear and without AUTH, and prints one line
// of JSON. See paths.h for the two ways. PATH must not exist; the file stays.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "bench/options.h"
#include "bench/paths.h"
#include "bench/plain_dialer.h"
#include "bench/sync_meter.h"
#include "net/asio_dialer.h"

namespace bench {

namespace {

struct Wanted {
    Load load;
    bool wire_only = false;
    bool campaign = false;
    std::string probe_folder;
};

Wanted parse(std::span<char*> arguments) {
    const Options options(
        arguments,
        {"--host", "--port", "--sessions", "--messages", "--store", "--probe-disk"},
        {"--wire-only", "--campaign"}
    );
    Wanted wanted;
    wanted.probe_folder = options.text("--probe-disk", "");
    if (!wanted.probe_folder.empty()) return wanted;
    wanted.wire_only = options.flag("--wire-only");
    wanted.campaign = options.flag("--campaign");
    Load& load = wanted.load;
    load.host = options.text("--host", load.host);
    load.port = options.number<std::uint16_t>("--port");
    load.sessions = options.number("--sessions", load.sessions);
    load.messages = options.number("--messages", load.messages);
    load.store_path = options.text("--store", "");
    if (!wanted.wire_only && load.store_path.empty())
        throw std::invalid_argument("--store PATH is missing (or --wire-only)");
    if (!wanted.wire_only && std::filesystem::exists(load.store_path))
        throw std::invalid_argument(load.store_path + " exists: remove it first");
    return wanted;
}

void print(const Wanted& options, const Measured& measured) {
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

void run(std::span<char*> arguments) {
    const Wanted options = parse(arguments);
    if (!options.probe_folder.empty()) {
        fmt::print("{{\"fdatasync_us_mean\": {:.1f}}}\n", probe_disk(options.probe_folder) * 1e6);
        return;
    }
    net::AsioLoop loop;
    net::AsioDialer tcp(loop, {});
    PlainDialer dialer(tcp);
    const Measured measured = options.wire_only  ? run_wire_only(loop, dialer, options.load)
                              : options.campaign ? run_campaign_path(loop, dialer, options.load)
                                                 : run_full_path(loop, dialer, options.load);
    print(options, measured);
}

}  // namespace

}  // namespace bench

int main(int count, char** words) {
    return bench::run_main("send_bench", count, words, bench::run);
}
