// The ways that send_bench measures. All send `messages` messages over `sessions` sessions at
// once, each session taking the next message when it is done with the one before, and say QUIT.
//
// full path   what the product does for a warmup mail, on a store of its own in a file: template
//             drawn from warmup_email_drafts, message composed, row and ledger entry stored, sent
//             through delivery with intent and result committed
// campaign    the same for a campaign mail: claimed under a lease, composed with its unsubscribe
//             headers, sent with what campaigns check in the intent's transaction, draft and lead
//             recorded with the result
// wire only   smtp::Client and nothing else, one message composed beforehand
#pragma once
#include <cstdint>
#include <string>

#include "net/asio_loop.h"
#include "net/dialer.h"

namespace bench {

struct Load {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    int sessions = 1;
    int messages = 1000;
    std::string store_path;  // full path: a file that does not exist yet
};

struct Measured {
    std::int64_t accepted = 0;
    std::size_t message_bytes = 0;  // of the first message
    double seconds = 0;             // from the first dial to the last QUIT
    double cpu_seconds = 0;         // user and system, all threads
    std::int64_t syncs = 0;
    double sync_seconds = 0;
};

// Throw std::runtime_error, with the words of the failure, where a message was not accepted.
Measured run_full_path(net::AsioLoop& loop, net::Dialer& dialer, const Load& load);
Measured run_campaign_path(net::AsioLoop& loop, net::Dialer& dialer, const Load& load);
Measured run_wire_only(net::AsioLoop& loop, net::Dialer& dialer, const Load& load);

}  // namespace bench
