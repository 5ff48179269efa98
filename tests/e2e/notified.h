// systemd's end of NOTIFY_SOCKET: what a service tells about itself (sd_notify).
#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <string>

#include "tests/lab/process.h"

namespace e2e {

class Notified {
  public:
    explicit Notified(const std::string& path)
        : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    ~Notified() { ::close(fd_); }
    Notified(const Notified&) = delete;
    Notified& operator=(const Notified&) = delete;
    // Within 20 seconds; what it told earlier counts.
    bool hears(const std::string& word) {
        return lab::await(std::chrono::seconds(20), [&] {
            std::string text(500, '\0');
            const ssize_t count = ::recv(fd_, text.data(), text.size(), MSG_DONTWAIT);
            if (count > 0) heard_ += text.substr(0, static_cast<std::size_t>(count)) + "\n";
            return heard_.find(word) != std::string::npos;
        });
    }

  private:
    int fd_;
    std::string heard_;
};

}  // namespace e2e
