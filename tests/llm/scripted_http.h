// An HTTP client in memory: answers come from a script, requests are kept. For unit tests.
//
//   support::ScriptedHttp http(loop.clock());
//   http.answer(429, "{}", {{"retry-after", "2"}});
//   http.fail(base::ErrorCode::network, "connection refused");
//   http.hang();   // ends as timed_out when the request's timeout has passed on the clock
#pragma once
#include <deque>
#include <vector>

#include "base/clock.h"
#include "net/http_client.h"

namespace support {

class ScriptedHttp : public net::HttpClient {
  public:
    explicit ScriptedHttp(base::Clock& clock) : clock_(clock) {}

    void answer(
        int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}
    ) {
        script_.push_back({net::HttpResponse{status, std::move(headers), std::move(body)}, false});
    }
    void fail(base::ErrorCode code, std::string message) {
        script_.push_back({base::fail(code, "http", std::move(message)), false});
    }
    void hang() { script_.push_back({net::HttpResponse{}, true}); }

    base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override {
        times_.push_back(clock_.monotonic());
        requests_.push_back(request);
        if (script_.empty())
            co_return base::fail(base::ErrorCode::network, "http", "the script is over");
        Step step = std::move(script_.front());
        script_.pop_front();
        if (step.hangs) {
            co_await clock_.sleep_until(clock_.in(request.timeout));
            co_return base::fail(base::ErrorCode::timed_out, "http", "no answer in time");
        }
        co_return std::move(step.result);
    }

    const std::vector<net::HttpRequest>& requests() const { return requests_; }
    const std::vector<base::MonotonicTime>& times() const { return times_; }
    std::size_t left() const { return script_.size(); }

  private:
    struct Step {
        base::Result<net::HttpResponse> result;
        bool hangs;
    };
    base::Clock& clock_;
    std::deque<Step> script_;
    std::vector<net::HttpRequest> requests_;
    std::vector<base::MonotonicTime> times_;
};

}  // namespace support
