#include "net/memory_stream.h"

#include "base/check.h"

namespace net {
namespace {

class ReadWait;

// The bytes on their way to one reader.
struct Lane {
    std::string bytes;
    std::size_t taken = 0;
    bool ended = false;      // the writing end is closed
    bool abandoned = false;  // the reading end is closed
    bool wake_posted = false;
    bool cancelled = false;  // the read that waits is to end
    ReadWait* waiting = nullptr;

    bool empty() const { return taken == bytes.size(); }
    bool can_answer() const { return abandoned || ended || cancelled || !empty(); }
};

struct Wire {
    base::Loop& loop;
    base::Clock& clock;
    bool encrypted;
    std::array<Lane, 2> lanes;  // by the end that reads them
};

// One read's wait. It lives in the reader's frame: when that is destroyed, the wire forgets it.
class ReadWait {
  public:
    ReadWait(Wire& wire, Lane& lane, base::MonotonicTime deadline)
        : wire_(wire), lane_(lane), deadline_(deadline) {
        CHECK(lane_.waiting == nullptr);  // one reader at a time
        lane_.waiting = this;
    }
    ReadWait(const ReadWait&) = delete;
    ReadWait& operator=(const ReadWait&) = delete;
    ~ReadWait() {
        lane_.waiting = nullptr;
        wire_.clock.cancel(timer_);
    }

    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> reader) {
        reader_ = reader;
        if (deadline_ == base::MonotonicTime::max()) return;
        timer_ = wire_.clock.call_at(deadline_, [this] {
            timer_ = 0;
            reader_.resume();
        });
    }
    void await_resume() const {}
    void wake() { reader_.resume(); }

  private:
    Wire& wire_;
    Lane& lane_;
    base::MonotonicTime deadline_;
    base::Clock::TimerId timer_ = 0;
    std::coroutine_handle<> reader_;
};

void wake_reader(const std::shared_ptr<Wire>& wire, std::size_t end) {
    Lane& lane = wire->lanes[end];
    if (lane.waiting == nullptr || lane.wake_posted) return;
    lane.wake_posted = true;
    wire->loop.post([wire, end] {
        Lane& woken = wire->lanes[end];
        woken.wake_posted = false;
        // The reader may have timed out or gone meanwhile.
        if (woken.waiting != nullptr && woken.can_answer()) woken.waiting->wake();
    });
}

std::size_t take(Lane& lane, std::span<char> into) {
    const std::size_t count = std::min(into.size(), lane.bytes.size() - lane.taken);
    std::copy_n(lane.bytes.data() + lane.taken, count, into.data());
    lane.taken += count;
    if (lane.empty()) {
        lane.bytes.clear();
        lane.taken = 0;
    }
    return count;
}

// Holds the wire, not the stream: the stream may go while its read is pending.
base::Task<base::Result<std::size_t>> read(
    std::shared_ptr<Wire> wire, std::size_t end, std::span<char> into, base::MonotonicTime deadline
) {
    CHECK(!into.empty());
    Lane& lane = wire->lanes[end];
    if (wire->clock.monotonic() >= deadline)
        co_return base::fail(base::ErrorCode::timed_out, "net.read", "nothing came in time");
    lane.cancelled = false;  // of a read that was given up
    if (!lane.can_answer()) {
        ReadWait wait(*wire, lane, deadline);
        co_await wait;
    }
    const bool cancelled = std::exchange(lane.cancelled, false);
    if (lane.abandoned)
        co_return base::fail(base::ErrorCode::closed, "net.read", "the stream was closed");
    if (lane.empty() && !lane.ended && cancelled)
        co_return base::fail(base::ErrorCode::cancelled, "net.read", "the read was called off");
    if (!lane.can_answer())
        co_return base::fail(base::ErrorCode::timed_out, "net.read", "nothing came in time");
    co_return take(lane, into);
}

class MemoryStream : public Stream {
  public:
    MemoryStream(std::shared_ptr<Wire> wire, std::size_t end) : wire_(std::move(wire)), end_(end) {}
    MemoryStream(const MemoryStream&) = delete;
    MemoryStream& operator=(const MemoryStream&) = delete;
    ~MemoryStream() override { close(); }

    base::Task<base::Result<std::size_t>> read_some(
        std::span<char> into, base::MonotonicTime deadline
    ) override {
        return read(wire_, end_, into, deadline);
    }

    void cancel_read() override {
        Lane& in = wire_->lanes[end_];
        if (in.waiting == nullptr) return;
        in.cancelled = true;
        wake_reader(wire_, end_);
    }

    base::Task<base::Result<>> write_all(std::string bytes, base::MonotonicTime deadline) override {
        Lane& lane = wire_->lanes[1 - end_];
        if (wire_->clock.monotonic() >= deadline)
            co_return base::fail(base::ErrorCode::timed_out, "net.write", "not written in time");
        if (lane.ended)
            co_return base::fail(base::ErrorCode::closed, "net.write", "the stream was closed");
        if (lane.abandoned)
            co_return base::fail(base::ErrorCode::closed, "net.write", "the other side has closed");
        if (bytes.empty()) co_return {};
        if (lane.empty())
            lane.bytes = std::move(bytes);
        else
            lane.bytes += bytes;
        wake_reader(wire_, 1 - end_);
        co_return {};
    }

    base::Task<base::Result<>> start_tls(base::MonotonicTime deadline) override {
        const Lane& lane = wire_->lanes[end_];
        if (wire_->clock.monotonic() >= deadline)
            co_return base::fail(base::ErrorCode::timed_out, "net.tls", "no handshake in time");
        if (lane.abandoned || lane.ended)
            co_return base::fail(base::ErrorCode::closed, "net.tls", "closed before the handshake");
        if (!wire_->encrypted && !lane.empty())
            co_return base::fail(
                base::ErrorCode::tls, "net.tls", "plain text before the handshake"
            );
        wire_->encrypted = true;
        co_return {};
    }

    bool encrypted() const override { return wire_->encrypted; }

    void close() noexcept override {
        Lane& in = wire_->lanes[end_];
        if (in.abandoned) return;
        in.abandoned = true;
        in.bytes = {};
        in.taken = 0;
        wire_->lanes[1 - end_].ended = true;
        wake_reader(wire_, end_);
        wake_reader(wire_, 1 - end_);
    }

  private:
    std::shared_ptr<Wire> wire_;
    std::size_t end_;
};

}  // namespace

MemoryPair make_memory_pair(base::Loop& loop, base::Clock& clock, bool encrypted) {
    auto wire = std::make_shared<Wire>(Wire{loop, clock, encrypted, {}});
    return {std::make_unique<MemoryStream>(wire, 0), std::make_unique<MemoryStream>(wire, 1)};
}

}  // namespace net
