#include "net/curl_http_client.h"

#include <curl/curl.h>

#include <mutex>
#include <thread>

#include "base/check.h"
#include "net/curl_transfer.h"
#include "net/late.h"

namespace net {
namespace {

using Outcome = base::Result<HttpResponse>;

// libcurl wants this once, before any thread uses it; it is never undone.
void initialise_once() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    CHECK(code == CURLE_OK);
}

}  // namespace

class CurlHttpClient::Worker {
  public:
    Worker(base::Loop& loop, const HttpClientSettings& settings)
        : loop_(loop), settings_(settings), multi_(curl_multi_init()) {
        CHECK(multi_ != nullptr);
        thread_ = std::jthread([this] { work(); });
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        curl_multi_wakeup(multi_);
        thread_.join();
        for (Job& job : waiting_) answer(job.late, cancelled());
        for (auto& [easy, job] : running_) {
            curl_multi_remove_handle(multi_, easy);
            answer(job.late, cancelled());
        }
        running_.clear();
        curl_multi_cleanup(multi_);
    }

    std::shared_ptr<Late<Outcome>> enqueue(HttpRequest request) {
        auto late = std::make_shared<Late<Outcome>>();
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back({std::move(request), late, nullptr});
        }
        curl_multi_wakeup(multi_);
        return late;
    }

  private:
    struct Job {
        HttpRequest request;  // moved into the transfer when it starts
        std::shared_ptr<Late<Outcome>> late;
        std::unique_ptr<CurlTransfer> transfer;
    };

    static Outcome cancelled() {
        return base::fail(base::ErrorCode::cancelled, "net.http", "the program is stopping");
    }

    void answer(std::shared_ptr<Late<Outcome>> late, Outcome outcome) {
        // Shared, since std::function copies what it holds.
        auto kept = std::make_shared<Outcome>(std::move(outcome));
        loop_.post([late = std::move(late), kept] { late->give(std::move(*kept)); });
    }

    void work() {
        while (start_waiting()) {
            int left = 0;
            CHECK(curl_multi_perform(multi_, &left) == CURLM_OK);
            finish_ended();
            // Wakes at once for a new request or the end; the time is only an upper bound.
            CHECK(curl_multi_poll(multi_, nullptr, 0, 60'000, nullptr) == CURLM_OK);
        }
    }

    // False where it is time to stop.
    bool start_waiting() {
        std::vector<Job> jobs;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return false;
            jobs.swap(waiting_);
        }
        for (Job& job : jobs) {
            job.transfer =
                std::make_unique<CurlTransfer>(std::move(job.request), settings_.ca_file);
            if (job.transfer->problem()) {
                answer(job.late, std::unexpected(*job.transfer->problem()));
                continue;
            }
            CURL* easy = job.transfer->handle();
            CHECK(curl_multi_add_handle(multi_, easy) == CURLM_OK);
            running_.emplace(easy, std::move(job));
        }
        return true;
    }

    void finish_ended() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* easy = message->easy_handle;
            const CURLcode code = message->data.result;  // the message dies with the removal
            curl_multi_remove_handle(multi_, easy);
            auto node = running_.extract(easy);
            Job& job = node.mapped();
            answer(job.late, job.transfer->finish(code));
        }
    }

    base::Loop& loop_;
    HttpClientSettings settings_;
    CURLM* multi_;
    std::mutex mutex_;  // guards the two below
    bool stopping_ = false;
    std::vector<Job> waiting_;
    std::map<CURL*, Job> running_;  // the thread's own until it is joined
    std::jthread thread_;
};

CurlHttpClient::CurlHttpClient(base::Loop& loop, const HttpClientSettings& settings) {
    initialise_once();
    worker_ = std::make_unique<Worker>(loop, settings);
}

CurlHttpClient::~CurlHttpClient() = default;

base::Task<base::Result<HttpResponse>> CurlHttpClient::send(HttpRequest request) {
    LateWait<Outcome> wait(worker_->enqueue(std::move(request)));
    std::optional<Outcome> outcome = co_await wait;
    CHECK(outcome.has_value());
    co_return std::move(*outcome);
}

}  // namespace net
