#include "tests/support/dialogue.h"

#include <fmt/format.h>

namespace support {
namespace {

std::string quoted(std::string_view bytes) {
    constexpr std::size_t kShown = 200;
    std::string text = "\"";
    for (const char c : bytes.substr(0, kShown)) {
        if (c == '\r')
            text += "\\r";
        else if (c == '\n')
            text += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            text += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
        else
            text += c;
    }
    if (bytes.size() > kShown) text += fmt::format("…{} bytes", bytes.size());
    return text + "\"";
}

std::string words(const net::Action& action) {
    if (const auto* write = std::get_if<net::Write>(&action))
        return "write " + quoted(write->bytes);
    if (const auto* barrier = std::get_if<net::Barrier>(&action))
        return fmt::format("barrier {}", barrier->name);
    if (std::holds_alternative<net::Read>(action)) return "read";
    if (std::holds_alternative<net::Wait>(action)) return "wait";
    if (std::holds_alternative<net::StartTls>(action)) return "tls";
    if (std::holds_alternative<net::Ready>(action)) return "ready";
    return "done";
}

std::optional<base::Duration> timeout_of(const net::Action& action) {
    if (const auto* write = std::get_if<net::Write>(&action)) return write->timeout;
    if (const auto* read = std::get_if<net::Read>(&action)) return read->timeout;
    if (const auto* tls = std::get_if<net::StartTls>(&action)) return tls->timeout;
    if (std::holds_alternative<net::Wait>(action)) return base::Duration::max();
    return {};
}

std::string_view words(Failure::Kind kind) {
    if (kind == Failure::Kind::closed) return "closed";
    return kind == Failure::Kind::timed_out ? "timed_out" : "network";
}

base::Error reset_error() {
    return {base::ErrorCode::network, "net.read", "connection reset (by the test)", {}, 0, {}};
}

void fail(net::Session& session, Failure::Kind kind) {
    if (kind == Failure::Kind::closed) session.on_closed();
    if (kind == Failure::Kind::timed_out) session.on_timeout();
    if (kind == Failure::Kind::network) session.on_failure(reset_error());
}

// Endless sessions end here: no transcript has as many actions without using up a step.
constexpr std::size_t kActionsMax = 1'000'000;

}  // namespace

// One playing of a dialogue.
class Player {
  public:
    Player(const Dialogue& dialogue, net::Session& session)
        : steps_(dialogue.steps_), session_(session) {}

    bool bytewise = false;
    const Failure* failure = nullptr;  // what to do at its operation
    std::vector<std::string> operations;

    std::string play() {
        for (std::size_t i = 0; i < kActionsMax && step_ < steps_.size(); ++i) {
            const net::Action action = session_.next();
            const bool io = timeout_of(action).has_value();
            if (io) operations.push_back(words(action));
            if (io && failure != nullptr && operations.size() == failure->operation + 1) {
                fail(session_, failure->kind);
                return after_failure();
            }
            std::string problem = take(action);
            if (!problem.empty()) return problem;
        }
        if (step_ < steps_.size()) return mismatch("an end", "endless actions");
        return failure != nullptr ? "the operation never came" : "";
    }

  private:
    using Step = Dialogue::Step;
    using Kind = Step::Kind;

    std::string after_failure() {
        const net::Action action = session_.next();
        if (!timeout_of(action)) return {};
        return "then the session asks for I/O: " + words(action);
    }

    std::string mismatch(std::string_view expected, std::string_view came) const {
        return fmt::format("step {}: expected {}, got {}", step_ + 1, expected, came);
    }

    std::string take(const net::Action& action) {
        const Step& step = steps_[step_];
        const std::optional<base::Duration> timeout = timeout_of(action);
        if (step.timeout && timeout && *step.timeout != *timeout)
            return mismatch(
                fmt::format("a timeout of {} us", step.timeout->count()),
                fmt::format("{} us for {}", timeout->count(), words(action))
            );
        if (const auto* write = std::get_if<net::Write>(&action)) return take_write(*write);
        const bool waits = std::holds_alternative<net::Wait>(action);
        if (waits && step.kind == Kind::wakes) return take_wake(step.wake);
        if (waits || std::holds_alternative<net::Read>(action)) return take_read();
        return take_other(action);
    }

    std::string take_write(const net::Write& write) {
        std::string_view rest = write.bytes;
        if (rest.empty()) return mismatch(expectation(), "an empty write");
        while (!rest.empty()) {
            if (step_ == steps_.size() || steps_[step_].kind != Kind::client)
                return mismatch(expectation(), "write " + quoted(rest));
            const std::string_view wanted = std::string_view(steps_[step_].text).substr(offset_);
            const std::size_t count = std::min(wanted.size(), rest.size());
            if (wanted.substr(0, count) != rest.substr(0, count))
                return mismatch("write " + quoted(wanted), "write " + quoted(rest));
            advance(count);
            rest.remove_prefix(count);
        }
        session_.on_written();
        return {};
    }

    std::string take_read() {
        const Step& step = steps_[step_];
        if (step.kind == Kind::server) {
            const std::size_t count = bytewise ? 1 : step.text.size() - offset_;
            const std::string piece = step.text.substr(offset_, count);
            advance(piece.size());
            session_.on_bytes(piece);
            return {};
        }
        if (step.kind == Kind::closes)
            session_.on_closed();
        else if (step.kind == Kind::silent)
            session_.on_timeout();
        else if (step.kind == Kind::resets)
            session_.on_failure(reset_error());
        else
            return mismatch(expectation(), "read");
        ++step_;
        return {};
    }

    std::string take_wake(net::Wake wake) {
        ++step_;
        session_.on_wake(wake);
        return {};
    }

    std::string take_other(const net::Action& action) {
        const Step& step = steps_[step_];
        if (words(action) != expectation()) return mismatch(expectation(), words(action));
        ++step_;
        if (step.kind == Kind::tls) session_.on_tls_started();
        if (step.kind == Kind::barrier && !step.call) session_.resume();
        if (step.call) step.call(session_);
        return {};
    }

    // The step as words(action) would say it, where there is such an action.
    std::string expectation() const {
        if (step_ == steps_.size()) return "the end of the transcript";
        const Step& step = steps_[step_];
        switch (step.kind) {
            case Kind::server:
                return "a read of " + quoted(std::string_view(step.text).substr(offset_));
            case Kind::client:
                return "write " + quoted(std::string_view(step.text).substr(offset_));
            case Kind::tls:
                return "tls";
            case Kind::barrier:
                return "barrier " + step.text;
            case Kind::ready:
                return "ready";
            case Kind::closes:
                return "a read that meets the close";
            case Kind::silent:
                return "a read that times out";
            case Kind::resets:
                return "a read that fails";
            case Kind::wakes:
                return "a wait that ends";
            case Kind::done:
                return "done";
        }
        return {};
    }

    void advance(std::size_t count) {
        offset_ += count;
        if (offset_ < steps_[step_].text.size()) return;
        ++step_;
        offset_ = 0;
    }

    const std::vector<Step>& steps_;
    net::Session& session_;
    std::size_t step_ = 0;
    std::size_t offset_ = 0;
};

std::string Failure::str() const {
    return fmt::format("operation {}, {}: {}", operation, at, words(kind));
}

Dialogue& Dialogue::add(Step::Kind kind, std::string text, Call call) {
    steps_.push_back({kind, std::move(text), std::move(call), {}, {}});
    return *this;
}

Dialogue& Dialogue::server(std::string bytes) { return add(Step::Kind::server, std::move(bytes)); }
Dialogue& Dialogue::client(std::string bytes) { return add(Step::Kind::client, std::move(bytes)); }
Dialogue& Dialogue::tls() { return add(Step::Kind::tls); }
Dialogue& Dialogue::barrier(std::string name, Call call) {
    return add(Step::Kind::barrier, std::move(name), std::move(call));
}
Dialogue& Dialogue::ready(Call call) { return add(Step::Kind::ready, {}, std::move(call)); }
Dialogue& Dialogue::closes() { return add(Step::Kind::closes); }
Dialogue& Dialogue::silent() { return add(Step::Kind::silent); }
Dialogue& Dialogue::resets() { return add(Step::Kind::resets); }
Dialogue& Dialogue::wakes(net::Wake wake) {
    add(Step::Kind::wakes);
    steps_.back().wake = wake;
    return *this;
}
Dialogue& Dialogue::done() { return add(Step::Kind::done); }
Dialogue& Dialogue::within(base::Duration timeout) {
    steps_.back().timeout = timeout;
    return *this;
}

std::string Dialogue::run(net::Session& session) const { return Player(*this, session).play(); }

std::string Dialogue::run_bytewise(net::Session& session) const {
    Player player(*this, session);
    player.bytewise = true;
    return player.play();
}

std::vector<Failure> Dialogue::plan_failures(net::Session& session) const {
    Player player(*this, session);
    if (!player.play().empty()) return {};
    std::vector<Failure> failures;
    for (std::size_t i = 0; i < player.operations.size(); ++i)
        for (const auto kind :
             {Failure::Kind::closed, Failure::Kind::timed_out, Failure::Kind::network})
            failures.push_back({i, kind, player.operations[i]});
    return failures;
}

std::string Dialogue::run_with(net::Session& session, const Failure& failure) const {
    Player player(*this, session);
    player.failure = &failure;
    return player.play();
}

void for_each_split(
    std::string_view input, const std::function<void(const std::vector<std::string_view>&)>& feed
) {
    feed({input});
    for (std::size_t cut = 1; cut < input.size(); ++cut)
        feed({input.substr(0, cut), input.substr(cut)});
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < input.size(); ++i) bytes.push_back(input.substr(i, 1));
    feed(bytes);
}

}  // namespace support
