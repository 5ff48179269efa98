#include "net/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>

#include "tests/support/temporary_folder.h"

namespace net {
namespace {

// systemd's end.
class Manager {
  public:
    explicit Manager(const std::string& name)
        : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    }
    ~Manager() { ::close(fd_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;
    std::string heard() {
        std::string text(500, '\0');
        const ssize_t count = ::recv(fd_, text.data(), text.size(), MSG_DONTWAIT);
        text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        return text;
    }

  private:
    int fd_;
};

TEST(ServiceNotifier, ReachesASocketByPathOrAbstractName) {
    const support::TemporaryFolder folder;
    for (const std::string& socket : {folder.file("s"), "@" + folder.file("s")}) {
        Manager manager(socket);
        EXPECT_TRUE(ServiceNotifier(socket).tell("READY=1\nSTATUS=serving"));
        EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=serving");
    }
}

TEST(ServiceNotifier, IsSilentWithoutOne) {
    EXPECT_FALSE(ServiceNotifier("").tell("READY=1"));
    EXPECT_FALSE(ServiceNotifier("").active());
    EXPECT_FALSE(ServiceNotifier("/no/such/socket").tell("READY=1"));
    EXPECT_FALSE(ServiceNotifier(std::string(200, 'x')).tell("READY=1"));
}

}  // namespace
}  // namespace net
