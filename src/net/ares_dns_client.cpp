#include "net/ares_dns_client.h"

#include <ares.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "net/dns_answer.h"
#include "net/late.h"

namespace net {
namespace {

using Answer = base::Result<std::string>;  // the bytes of the answer

constexpr int kInternet = 1;  // the class IN
constexpr int kMillisecondsATry = 2000;
constexpr int kTries = 2;

// c-ares wants this once, before any thread uses it; it is never undone.
void initialise_once() {
    static const int status = ::ares_library_init(ARES_LIB_INIT_ALL);
    CHECK(status == ARES_SUCCESS);
}

bool is_askable(const std::string& name) {
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return !name.empty() && name.size() <= 253 && name[0] != '.' &&
           name.find_first_not_of(kAllowed) == std::string::npos;
}

}  // namespace

class AresDnsClient::Worker {
  public:
    Worker(base::Loop& loop, const DnsSettings& settings) : loop_(loop) {
        CHECK(::pipe2(wake_.data(), O_CLOEXEC | O_NONBLOCK) == 0);
        open_channel(settings);
        thread_ = std::jthread([this] { work(); });
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake();
        thread_.join();
        // Answers everything under way with ARES_EDESTRUCTION.
        if (channel_ != nullptr) ::ares_destroy(channel_);
        for (const int fd : wake_) ::close(fd);
    }

    std::shared_ptr<Late<Answer>> enqueue(std::string name, int type) {
        auto question = std::make_unique<Question>();
        question->worker = this;
        question->name = std::move(name);
        question->type = type;
        question->late = std::make_shared<Late<Answer>>();
        auto late = question->late;
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(std::move(question));
        }
        wake();
        return late;
    }

  private:
    struct Question {
        Worker* worker = nullptr;
        std::string name;
        int type = 0;
        std::shared_ptr<Late<Answer>> late;
    };

    void open_channel(const DnsSettings& settings) {
        ares_options options{};
        options.timeout = kMillisecondsATry;
        options.tries = kTries;
        // No search domains: a name that is asked for is whole.
        options.flags = ARES_FLAG_NOSEARCH;
        int status = ::ares_init_options(
            &channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS
        );
        if (status == ARES_SUCCESS && !settings.server.empty())
            status = ::ares_set_servers_ports_csv(channel_, settings.server.c_str());
        if (status != ARES_SUCCESS) problem_ = status;
    }

    void wake() {
        const char byte = 0;
        // A full pipe wakes as well.
        [[maybe_unused]] const auto written = ::write(wake_[1], &byte, 1);
    }

    void answer(const Question& question, Answer outcome) {
        auto kept = std::make_shared<Answer>(std::move(outcome));
        loop_.post([late = question.late, kept] { late->give(std::move(*kept)); });
    }

    static void on_answer(void* data, int status, int, unsigned char* bytes, int size) {
        const std::unique_ptr<Question> question(static_cast<Question*>(data));
        if (status == ARES_SUCCESS)
            question->worker->answer(
                *question,
                std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size))
            );
        else
            question->worker->answer(*question, std::unexpected(dns_error(status, question->name)));
    }

    // False where it is time to stop.
    bool start_waiting() {
        std::vector<std::unique_ptr<Question>> questions;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                for (const auto& question : waiting_)
                    answer(*question, std::unexpected(dns_error(ARES_ECANCELLED, question->name)));
                waiting_.clear();
                return false;
            }
            questions.swap(waiting_);
        }
        for (std::unique_ptr<Question>& question : questions) {
            if (problem_ != ARES_SUCCESS) {
                answer(*question, std::unexpected(dns_error(problem_, question->name)));
                continue;
            }
            Question* given = question.release();  // on_answer takes it, always
            ::ares_query(channel_, given->name.c_str(), kInternet, given->type, on_answer, given);
        }
        return true;
    }

    void work() {
        while (start_waiting()) {
            std::vector<pollfd> polled = {{wake_[0], POLLIN, 0}};
            std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
            const unsigned bits = problem_ == ARES_SUCCESS ? open_sockets(sockets) : 0;
            for (unsigned i = 0; i < sockets.size(); ++i) {
                short events = 0;
                if (ARES_GETSOCK_READABLE(bits, i)) events |= POLLIN;
                if (ARES_GETSOCK_WRITABLE(bits, i)) events |= POLLOUT;
                if (events != 0) polled.push_back({sockets[i], events, 0});
            }
            ::poll(polled.data(), polled.size(), milliseconds_to_wait());
            std::array<char, 64> drained{};
            while (::read(wake_[0], drained.data(), drained.size()) > 0) {
            }
            if (problem_ == ARES_SUCCESS) process(polled);
        }
    }

    unsigned open_sockets(std::array<ares_socket_t, ARES_GETSOCK_MAXNUM>& sockets) {
        return static_cast<unsigned>(
            ::ares_getsock(channel_, sockets.data(), static_cast<int>(sockets.size()))
        );
    }

    // Until c-ares has to try again; for ever where it waits for nothing.
    int milliseconds_to_wait() {
        if (problem_ != ARES_SUCCESS) return -1;
        timeval time{};
        const timeval* next = ::ares_timeout(channel_, nullptr, &time);
        if (next == nullptr) return -1;
        return static_cast<int>(next->tv_sec * 1000 + next->tv_usec / 1000) + 1;
    }

    void process(const std::vector<pollfd>& polled) {
        bool any = false;
        for (std::size_t i = 1; i < polled.size(); ++i) {
            if (polled[i].revents == 0) continue;
            any = true;
            const bool readable = (polled[i].revents & ~POLLOUT) != 0;
            const bool writable = (polled[i].revents & POLLOUT) != 0;
            ::ares_process_fd(
                channel_,
                readable ? polled[i].fd : ARES_SOCKET_BAD,
                writable ? polled[i].fd : ARES_SOCKET_BAD
            );
        }
        // Timeouts are looked at as well, whether a socket is ready or not.
        if (!any) ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }

    base::Loop& loop_;
    ares_channel channel_ = nullptr;  // the thread's own until it is joined
    int problem_ = ARES_SUCCESS;      // why there is no channel
    std::array<int, 2> wake_{};
    std::mutex mutex_;  // guards the two below
    bool stopping_ = false;
    std::vector<std::unique_ptr<Question>> waiting_;
    std::jthread thread_;
};

AresDnsClient::AresDnsClient(base::Loop& loop, base::Clock& clock, DnsSettings settings)
    : loop_(loop), clock_(clock), settings_(std::move(settings)) {}

AresDnsClient::~AresDnsClient() = default;

base::Task<Answer> AresDnsClient::ask(std::string name, int type, base::MonotonicTime deadline) {
    if (!is_askable(name)) co_return std::unexpected(dns_error(ARES_EBADNAME, name));
    if (!worker_) {
        initialise_once();
        worker_ = std::make_unique<Worker>(loop_, settings_);
    }
    LateWait<Answer> wait(worker_->enqueue(name, type), clock_, deadline);
    std::optional<Answer> answer = co_await wait;
    if (!answer) co_return std::unexpected(dns_error(ARES_ETIMEOUT, name));
    co_return std::move(*answer);
}

base::Task<base::Result<std::vector<MxRecord>>> AresDnsClient::mx(
    std::string domain, base::MonotonicTime deadline
) {
    const Answer answer = co_await ask(domain, kTypeMx, deadline);
    if (!answer) co_return base::pass_on(answer);
    co_return read_mx(*answer, domain);
}

base::Task<base::Result<std::vector<SrvRecord>>> AresDnsClient::srv(
    std::string name, base::MonotonicTime deadline
) {
    const Answer answer = co_await ask(name, kTypeSrv, deadline);
    if (!answer) co_return base::pass_on(answer);
    co_return read_srv(*answer, name);
}

base::Task<base::Result<std::vector<std::string>>> AresDnsClient::txt(
    std::string name, base::MonotonicTime deadline
) {
    const Answer answer = co_await ask(name, kTypeTxt, deadline);
    if (!answer) co_return base::pass_on(answer);
    co_return read_txt(*answer, name);
}

base::Task<base::Result<bool>> AresDnsClient::has_address(
    std::string name, base::MonotonicTime deadline
) {
    for (const int type : {kTypeA, kTypeAaaa}) {
        const Answer answer = co_await ask(name, type, deadline);
        if (!answer && answer.error().code == base::ErrorCode::not_found) continue;
        if (!answer) co_return base::pass_on(answer);
        const base::Result<bool> found = read_address(*answer, name, type);
        if (!found || *found) co_return found;
    }
    co_return false;
}

}  // namespace net
