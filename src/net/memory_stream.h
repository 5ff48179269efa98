// Two streams that are each other's peer, in memory: for the sandbox's mail world and for tests.
//
// Life cycle: both ends share one wire and may be dropped in any order, with reads pending. The
// buffers have no bound of their own (protocols on both sides have limits), so a write never waits.
// A read waits for bytes, the peer's close (0 after the buffered bytes) or its deadline; wake-ups
// go through loop.post, so that who runs next depends on nothing but the order of events.
//
// start_tls on either end marks both as encrypted; it fails where plain bytes are still unread, as
// a real handshake would. Errors: timed_out (also at once, where the deadline has passed), closed,
// tls.
#pragma once
#include "base/clock.h"
#include "base/loop.h"
#include "net/stream.h"

namespace net {

struct MemoryPair {
    std::unique_ptr<Stream> client;
    std::unique_ptr<Stream> server;
};

// Loop and clock outlive both ends and every pending read.
MemoryPair make_memory_pair(base::Loop& loop, base::Clock& clock, bool encrypted);

}  // namespace net
