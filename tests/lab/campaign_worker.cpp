// campaign_worker CONFIG: `send run` again and again, without hours, gaps and caps and with leases
// of seconds, until it is killed. For campaign_kill_test only.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "campaign/send_worker.h"
#include "config/load.h"
#include "engine/campaign_sending.h"

namespace {

constexpr auto kLease = std::chrono::seconds(4);
constexpr auto kPause = std::chrono::milliseconds(50);

campaign::Limits without_limits(campaign::Limits limits) {
    limits.start_hour = 0;
    limits.end_hour = 24;
    limits.campaign_per_day = limits.campaign_start = limits.mailbox_per_day = 1'000'000;
    limits.domain_per_day = limits.domain_per_day_young = 1'000'000;
    limits.ignore_warmup_days = true;
    limits.gap_any = limits.gap_campaign_min = limits.gap_campaign_max = base::Duration(0);
    limits.lease = kLease;
    return limits;
}

base::Task<> send_on(engine::Runtime& runtime, campaign::SendWorker& worker) {
    while (true) {
        const campaign::PassOptions options;
        const campaign::PassResult result = co_await worker.pass(options);
        if (result.claimed > 0) continue;
        const base::MonotonicTime soon = runtime.clock().in(kPause);
        co_await runtime.clock().sleep_until(soon);
    }
}

int run(const char* path) {
    auto settings = config::load(path, config::Environment());
    if (!settings) {
        fmt::print(stderr, "{}\n", settings.error().describe());
        return 2;
    }
    auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) {
        fmt::print(stderr, "{}\n", runtime.error().describe());
        return 2;
    }
    auto key = (*runtime)->run(
        campaign::UnsubscribeKey::load((*runtime)->db(), (*runtime)->vault(), (*runtime)->random())
    );
    if (!key) return 2;
    campaign::Context context = (*runtime)->campaign_context();
    context.limits = without_limits(context.limits);
    campaign::WorkerHooks hooks;
    hooks.unsubscribe = engine::unsubscribe_headers_of(std::move(*key), "");
    const std::string owner = fmt::format("{}:{}", ::getpid(), (*runtime)->random().next());
    campaign::SendWorker worker(std::move(context), std::move(hooks), owner);
    (*runtime)->run(send_on(**runtime, worker));
    return 0;
}

}  // namespace

int main(int count, char** values) {
    if (count != 2) return 2;
    try {
        return run(values[1]);
    } catch (const std::exception& error) {
        fmt::print(stderr, "campaign_worker: {}\n", error.what());
        return 1;
    }
}
