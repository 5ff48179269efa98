// A byte stream to a server: TCP, TLS over it, or in memory. One reader and one writer at a time.
//
// Life cycle: made by a Dialer, `start_tls` at most once, `close` any time. After an error or a
// timeout the stream is of no more use and is closed. Every call has a deadline.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "base/time.h"

namespace net {

class Stream {
  public:
    virtual ~Stream() = default;
    // Reads at least one byte; 0 means that the other side closed in order.
    // Errors: timed_out, network (reset), tls, cancelled.
    virtual base::Task<base::Result<std::size_t>> read_some(
        std::span<char> into, base::MonotonicTime deadline
    ) = 0;
    // Ends a read_some that is under way with the error `cancelled`; what comes in later is for the
    // next one, the stream is as good as before. Nothing happens where no read waits.
    virtual void cancel_read() = 0;
    // Writes everything. Errors: timed_out, closed, network, tls.
    virtual base::Task<base::Result<>> write_all(
        std::string bytes, base::MonotonicTime deadline
    ) = 0;
    // The client's TLS handshake: TLS >= 1.2, chain and host name verified (RFC 9325, RFC 6125),
    // SNI sent.
    virtual base::Task<base::Result<>> start_tls(base::MonotonicTime deadline) = 0;
    // True where what is sent can't be read on the way.
    virtual bool encrypted() const = 0;
    virtual void close() noexcept = 0;
};

}  // namespace net
