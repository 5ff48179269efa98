#include "tests/llm/scripted_model_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "base/text.h"
#include "tests/llm/plausible_answers.h"

namespace support {
namespace {

constexpr std::size_t kHeadBytesMax = 64 << 10;
constexpr std::size_t kBodyBytesMax = 4 << 20;

// A socket, closed at the end.
class Socket {
  public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Socket& operator=(Socket&&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

// Waits until there is something to read; false when `stop` became readable (closed) first.
bool wait_readable(int descriptor, int stop) {
    pollfd waited[2] = {{descriptor, POLLIN, 0}, {stop, POLLIN, 0}};
    while (poll(waited, 2, -1) < 0)
        if (errno != EINTR) return false;
    return waited[1].revents == 0;
}

void write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // the client has gone
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

// Appends what comes; false at the end of the stream or when the server stops.
bool read_more(int descriptor, int stop, std::string& into) {
    char buffer[8192];
    if (!wait_readable(descriptor, stop)) return false;
    const ssize_t got = recv(descriptor, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    into.append(buffer, static_cast<std::size_t>(got));
    return true;
}

RecordedRequest parse_head(std::string_view head) {
    RecordedRequest request;
    for (const std::string& line : base::split(head, '\n')) {
        const std::string_view text = base::trim(line);
        const std::size_t colon = text.find(':');
        if (request.line.empty())
            request.line = text;
        else if (colon != std::string_view::npos)
            request.headers.emplace_back(
                base::to_lower(text.substr(0, colon)),
                std::string(base::trim(text.substr(colon + 1)))
            );
    }
    return request;
}

std::optional<RecordedRequest> read_request(int descriptor, int stop) {
    std::string bytes;
    std::size_t head = std::string::npos;
    while ((head = bytes.find("\r\n\r\n")) == std::string::npos)
        if (bytes.size() > kHeadBytesMax || !read_more(descriptor, stop, bytes))
            return std::nullopt;
    RecordedRequest request = parse_head(std::string_view(bytes).substr(0, head));
    const auto length = base::parse_int(request.header("content-length")).value_or(0);
    if (length < 0 || static_cast<std::size_t>(length) > kBodyBytesMax) return std::nullopt;
    if (base::equals_ignoring_case(request.header("expect"), "100-continue"))
        write_all(descriptor, "HTTP/1.1 100 Continue\r\n\r\n");
    const std::size_t whole = head + 4 + static_cast<std::size_t>(length);
    while (bytes.size() < whole)
        if (!read_more(descriptor, stop, bytes)) return std::nullopt;
    request.body = bytes.substr(head + 4, static_cast<std::size_t>(length));
    return request;
}

std::string response_text(const ScriptedAnswer& answer) {
    std::string text =
        fmt::format("HTTP/1.1 {} Scripted\r\nContent-Type: application/json\r\n", answer.status);
    for (const auto& [name, value] : answer.headers) text += fmt::format("{}: {}\r\n", name, value);
    text += fmt::format("Content-Length: {}\r\nConnection: close\r\n\r\n", answer.body.size());
    return text +
           answer.body.substr(0, answer.cut_body ? answer.body.size() / 2 : std::string::npos);
}

}  // namespace

struct ScriptedModelServer::State {
    Socket listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    int stop_pipe[2] = {
        -1, -1
    };  // every thread polls the reading end; closing the other stops them
    int port = 0;
    mutable std::mutex mutex;
    std::deque<ScriptedAnswer> script;
    std::optional<ScriptedAnswer> always;
    std::vector<RecordedRequest> requests;
    std::vector<std::jthread> connections;
    std::jthread acceptor;

    void listen_on_loopback();
    void accept_all();
    void serve(Socket client);
    ScriptedAnswer next_answer(RecordedRequest request);
};

void ScriptedModelServer::State::listen_on_loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool listening = listener.get() >= 0 && bind(listener.get(), generic, size) == 0 &&
                           listen(listener.get(), 64) == 0 &&
                           getsockname(listener.get(), generic, &size) == 0 &&
                           pipe2(stop_pipe, O_CLOEXEC) == 0;
    if (!listening) throw std::runtime_error("the model server can't listen on 127.0.0.1");
    port = ntohs(address.sin_port);
}

void ScriptedModelServer::State::accept_all() {
    while (wait_readable(listener.get(), stop_pipe[0])) {
        Socket client(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client.get() < 0) continue;
        const std::lock_guard lock(mutex);
        connections.emplace_back([this, held = std::make_shared<Socket>(std::move(client))] {
            serve(std::move(*held));
        });
    }
}

ScriptedAnswer ScriptedModelServer::State::next_answer(RecordedRequest request) {
    const std::lock_guard lock(mutex);
    ScriptedAnswer answer = always.value_or(ScriptedAnswer{});
    if (!script.empty()) {
        answer = std::move(script.front());
        script.pop_front();
    }
    if (answer.status == 200 && answer.body.empty())
        answer.body = plausible_completion(request.body, requests.size() + 1);
    requests.push_back(std::move(request));
    return answer;
}

void ScriptedModelServer::State::serve(Socket client) {
    auto request = read_request(client.get(), stop_pipe[0]);
    if (!request) return;
    const ScriptedAnswer answer = next_answer(std::move(*request));
    if (answer.slam) return;
    std::string ignored;
    if (answer.hang) {
        // Until the client gives up or the server stops.
        while (read_more(client.get(), stop_pipe[0], ignored)) ignored.clear();
        return;
    }
    write_all(client.get(), response_text(answer));
    // An orderly end: our side closes for writing, and what the client still says is read.
    shutdown(client.get(), SHUT_WR);
    while (read_more(client.get(), stop_pipe[0], ignored)) ignored.clear();
}

ScriptedModelServer::ScriptedModelServer() : state_(std::make_unique<State>()) {
    state_->listen_on_loopback();
    state_->acceptor = std::jthread([state = state_.get()] { state->accept_all(); });
}

ScriptedModelServer::~ScriptedModelServer() {
    close(state_->stop_pipe[1]);
    state_->acceptor.join();
    for (std::jthread& connection : state_->connections) connection.join();
    close(state_->stop_pipe[0]);
}

int ScriptedModelServer::port() const { return state_->port; }

std::string ScriptedModelServer::base_url() const {
    return fmt::format("http://127.0.0.1:{}/openai/v1", state_->port);
}

void ScriptedModelServer::answer(ScriptedAnswer next) {
    const std::lock_guard lock(state_->mutex);
    state_->script.push_back(std::move(next));
}

void ScriptedModelServer::answer_always(ScriptedAnswer always) {
    const std::lock_guard lock(state_->mutex);
    state_->always = std::move(always);
}

std::vector<RecordedRequest> ScriptedModelServer::requests() const {
    const std::lock_guard lock(state_->mutex);
    return state_->requests;
}

}  // namespace support
