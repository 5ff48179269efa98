// imap_idle --port PORT --ca FILE --connections N --seconds S < "login password" lines
//
// Logs in over TLS with N accounts, a few at once, lets the connections IDLE for S seconds, and
// prints the process's proportional memory (PSS) as one line of JSON. With --connections 0: the
// same program doing nothing.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "base/task.h"
#include "bench/options.h"
#include "imap/client.h"
#include "net/asio_dialer.h"

namespace bench {

namespace {

constexpr auto kPatience = std::chrono::minutes(5);
constexpr std::size_t kLoginsAtOnce = 8;

std::vector<imap::Credentials> read_accounts(std::size_t count) {
    std::vector<imap::Credentials> accounts(count);
    for (imap::Credentials& account : accounts)
        if (!(std::cin >> account.login >> account.password))
            throw std::invalid_argument("fewer accounts on standard input than --connections");
    return accounts;
}

// In kB, from the kernel's own sum over all mappings.
long pss_kb() {
    std::ifstream in("/proc/self/smaps_rollup");
    std::string word;
    while (in >> word)
        if (word == "Pss:") {
            long kilobytes = 0;
            in >> kilobytes;
            return kilobytes;
        }
    throw std::runtime_error("/proc/self/smaps_rollup gives no Pss");
}

using Client = std::unique_ptr<imap::Client>;

base::Task<Client> log_in(
    net::AsioLoop& loop, net::Dialer& dialer, std::uint16_t port, imap::Credentials account
) {
    const net::Endpoint endpoint{"127.0.0.1", port, net::Tls::implicit};
    const base::MonotonicTime deadline = loop.in(kPatience);
    auto client = co_await imap::Client::connect(dialer, loop, endpoint, account, deadline);
    if (!client) throw std::runtime_error(client.error().describe());
    const auto selected = co_await (*client)->select("INBOX", true, deadline);
    if (!selected) throw std::runtime_error(selected.error().describe());
    co_return std::move(*client);
}

// One of a few that share the accounts: as in the product, logins are spread.
base::Task<> log_in_some(
    net::AsioLoop& loop,
    net::Dialer& dialer,
    std::uint16_t port,
    std::vector<imap::Credentials>& accounts,
    std::vector<Client>& clients
) {
    while (!accounts.empty()) {
        imap::Credentials account = std::move(accounts.back());
        accounts.pop_back();
        Client client = co_await log_in(loop, dialer, port, std::move(account));
        clients.push_back(std::move(client));
    }
}

base::Task<> idle(net::AsioLoop& loop, imap::Client& client, imap::Waker& end) {
    const auto idled = co_await client.idle(end, loop.in(kPatience));
    if (!idled) throw std::runtime_error(idled.error().describe());
    if (*idled != imap::Idled::woken) throw std::runtime_error("an IDLE ended by itself");
}

base::Task<> measure(net::AsioLoop& loop, int seconds, std::span<imap::Waker> ends) {
    co_await loop.sleep_until(loop.in(std::chrono::seconds(seconds)));
    fmt::print("{{\"connections\": {}, \"pss_kb\": {}}}\n", ends.size(), pss_kb());
    for (imap::Waker& end : ends) end.wake();
}

base::Task<> work(net::AsioLoop& loop, net::Dialer& dialer, Options options) {
    const auto port = options.number<std::uint16_t>("--port");
    const auto count = options.number<std::size_t>("--connections");
    const int seconds = options.number<int>("--seconds");
    std::vector<imap::Credentials> accounts = read_accounts(count);
    std::vector<Client> clients;
    std::vector<base::Task<>> lanes;
    for (std::size_t i = 0; i < kLoginsAtOnce; ++i)
        lanes.push_back(log_in_some(loop, dialer, port, accounts, clients));
    co_await base::when_all(std::move(lanes));
    accounts = {};
    std::vector<imap::Waker> ends(clients.size());
    std::vector<base::Task<>> tasks;
    for (std::size_t i = 0; i < clients.size(); ++i)
        tasks.push_back(idle(loop, *clients[i], ends[i]));
    tasks.push_back(measure(loop, seconds, ends));
    co_await base::when_all(std::move(tasks));
}

void run(std::span<char*> arguments) {
    const Options options(arguments, {"--port", "--ca", "--connections", "--seconds"});
    net::AsioLoop loop;
    net::AsioDialer dialer(loop, {options.text("--ca")});
    base::run_to_end(loop, work(loop, dialer, options));
}

}  // namespace

}  // namespace bench

int main(int count, char** words) { return bench::run_main("imap_idle", count, words, bench::run); }
