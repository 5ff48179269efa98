// A proxy between PostgreSQL client and server on Unix sockets, which cuts the connection around
// the next COMMIT: before it reaches the server, or after the server answered and before the client
// hears of it.
#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <poll.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace tests {

enum class Cut { never, before_commit, after_commit };

class CuttingProxy {
  public:
    // Listens as folder/.s.PGSQL.5432 and connects to `server`.
    CuttingProxy(const std::string& folder, std::string server) : server_(std::move(server)) {
        listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const sockaddr_un address = address_of(folder + "/.s.PGSQL.5432");
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 20) != 0)
            throw std::runtime_error("the proxy can't listen");
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~CuttingProxy() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        for (std::thread& thread : relays_) thread.join();
        ::close(listener_);
    }
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    void arm(Cut cut) { cut_ = cut; }
    int cuts() const { return cuts_; }

  private:
    static sockaddr_un address_of(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        return address;
    }
    static bool pass(int to, const char* data, ssize_t length) {
        return ::send(to, data, static_cast<std::size_t>(length), MSG_NOSIGNAL) == length;
    }

    void accept_all() {
        for (int client = ::accept(listener_, nullptr, nullptr); client >= 0;
             client = ::accept(listener_, nullptr, nullptr))
            relays_.emplace_back([this, client] { relay(client); });
    }
    void relay(int client) {
        const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const sockaddr_un address = address_of(server_);
        if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            while (step(client, server)) {
            }
        ::close(server);
        ::close(client);
    }
    // False when the connection is to end.
    bool step(int client, int server) {
        pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(both, 2, -1) < 0) return false;
        char data[65536];
        if (both[1].revents != 0) {
            const ssize_t length = ::recv(server, data, sizeof data, 0);
            return length > 0 && pass(client, data, length);
        }
        const ssize_t length = ::recv(client, data, sizeof data, 0);
        if (length <= 0) return false;
        const bool commit =
            std::string_view(data, static_cast<std::size_t>(length)).find("COMMIT") !=
            std::string_view::npos;
        const Cut cut = commit ? cut_.exchange(Cut::never) : Cut::never;
        if (cut != Cut::never) ++cuts_;
        if (cut == Cut::before_commit) return false;
        if (!pass(server, data, length)) return false;
        if (cut == Cut::never) return true;
        // The server's answer: the commit took place, and the client does not hear of it.
        const ssize_t unheard = ::recv(server, data, sizeof data, 0);
        return unheard < 0;
    }

    std::string server_;
    int listener_ = -1;
    std::thread acceptor_;
    std::vector<std::thread> relays_;
    std::atomic<Cut> cut_ = Cut::never;
    std::atomic<int> cuts_ = 0;
};

}  // namespace tests
