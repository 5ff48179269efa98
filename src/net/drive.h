// The one loop that runs protocol sessions over streams.
#pragma once
#include "base/clock.h"
#include "net/session.h"
#include "net/stream.h"
#include "net/waker.h"

namespace net {

// Why drive() returned.
enum class Stop { barrier, ready, done };

// Serves the session until it answers Barrier, Ready or Done. Each step's deadline is the session's
// own timeout or `deadline`, whichever is earlier. Failures of the stream are told to the session,
// which turns them into its result; the stream is closed when the session is done. A Wait ends by
// `waker` too, where there is one; `deadline` bounds it like everything else.
base::Task<Stop> drive(
    Stream& stream,
    Session& session,
    base::Clock& clock,
    base::MonotonicTime deadline,
    Waker* waker = nullptr
);

}  // namespace net
