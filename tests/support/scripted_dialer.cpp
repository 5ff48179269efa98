#include "tests/support/scripted_dialer.h"

#include "net/memory_stream.h"

namespace support {

void ScriptedDialer::serve(const net::Endpoint& endpoint, Server server) {
    scripts_[endpoint] = std::make_shared<Script>(Script{std::move(server), {}});
}

void ScriptedDialer::refuse(const net::Endpoint& endpoint, base::Error error) {
    scripts_[endpoint] = std::make_shared<Script>(Script{{}, std::move(error)});
}

void ScriptedDialer::hang(const net::Endpoint& endpoint) {
    scripts_[endpoint] = std::make_shared<Script>();
}

base::Task<> ScriptedDialer::watch(base::Task<> server, Run& run) {
    try {
        co_await std::move(server);
    } catch (const std::exception& problem) {
        run.problem = problem.what();
    }
    run.ended = true;
}

std::unique_ptr<net::Stream> ScriptedDialer::start(std::shared_ptr<Script> script, bool encrypted) {
    net::MemoryPair pair = net::make_memory_pair(loop_, clock_, encrypted);
    Run& run = runs_.emplace_back();
    run.script = std::move(script);
    run.task = watch(run.script->server(std::move(pair.server)), run);
    // Begun by hand instead of base::start, so that the frame stays ours and can be destroyed.
    auto awaiter = std::move(run.task).operator co_await();
    awaiter.await_suspend(std::noop_coroutine()).resume();
    return std::move(pair.client);
}

base::Task<base::Result<std::unique_ptr<net::Stream>>> ScriptedDialer::dial(
    net::Endpoint endpoint, base::MonotonicTime deadline
) {
    dialed_.push_back(endpoint);
    const auto found = scripts_.find(endpoint);
    if (found == scripts_.end())
        co_return base::fail(
            base::ErrorCode::network,
            "net.connect",
            fmt::format("{}:{}: connection refused", endpoint.host, endpoint.port)
        );
    const std::shared_ptr<Script> script = found->second;
    if (script->error) co_return std::unexpected(*script->error);
    if (script->server) co_return start(script, endpoint.tls == net::Tls::implicit);
    co_await clock_.sleep_until(deadline);
    co_return base::fail(
        base::ErrorCode::timed_out,
        "net.connect",
        fmt::format("{}:{}: no answer in time", endpoint.host, endpoint.port)
    );
}

std::size_t ScriptedDialer::serving() const {
    return static_cast<std::size_t>(std::count_if(runs_.begin(), runs_.end(), [](const Run& run) {
        return !run.ended;
    }));
}

std::vector<std::string> ScriptedDialer::problems() const {
    std::vector<std::string> problems;
    for (const Run& run : runs_)
        if (!run.problem.empty()) problems.push_back(run.problem);
    return problems;
}

base::Task<> Peer::say(std::string bytes) {
    (void)co_await stream_->write_all(std::move(bytes), base::MonotonicTime::max());
}

base::Task<bool> Peer::fill() {
    std::array<char, 4096> chunk;
    const base::Result<std::size_t> got =
        co_await stream_->read_some(chunk, base::MonotonicTime::max());
    if (!got || *got == 0) co_return false;
    buffer_.append(chunk.data(), *got);
    co_return true;
}

base::Task<std::optional<std::string>> Peer::line() {
    for (;;) {
        const std::size_t end = buffer_.find("\r\n");
        if (end != std::string::npos) {
            std::string line = buffer_.substr(0, end);
            buffer_.erase(0, end + 2);
            co_return line;
        }
        const bool more = co_await fill();
        if (!more) co_return std::nullopt;
    }
}

base::Task<std::string> Peer::bytes(std::size_t count) {
    bool more = true;
    while (more && buffer_.size() < count) more = co_await fill();
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    co_return taken;
}

base::Task<std::string> Peer::rest() {
    bool more = true;
    while (more) more = co_await fill();
    co_return std::exchange(buffer_, {});
}

}  // namespace support
