// Connects TCP sockets: addresses in turn, each with a fair share of the time that is left.
//
// Errors: network (refused, unreachable; the last address's reason), timed_out.
#pragma once
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "net/asio_loop.h"

namespace net {

// `name` ("host:port") stands in errors. `addresses` is not empty.
base::Task<base::Result<std::unique_ptr<Descriptor>>> connect_tcp(
    AsioLoop& loop, std::vector<Address> addresses, std::string name, base::MonotonicTime deadline
);

}  // namespace net
