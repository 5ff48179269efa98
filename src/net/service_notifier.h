// Tells systemd how the service is (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET
// names. Without a socket, and where it is gone, nothing happens: a service runs without systemd
// too.
#pragma once
#include <string>
#include <string_view>

namespace net {

class ServiceNotifier {
  public:
    // `socket` as in NOTIFY_SOCKET: a path, or "@name" in the abstract namespace; "" for none.
    explicit ServiceNotifier(std::string socket) : socket_(std::move(socket)) {}
    bool active() const { return !socket_.empty(); }
    // "READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=…"; several divided by LF. False where it did
    // not arrive.
    bool tell(std::string_view state) const;

  private:
    std::string socket_;
};

}  // namespace net
