// Jobs of the store per second: one row of the ledger each, on a file with synchronous=FULL by 1,
// 10 and 50 submitters, and in memory. The file lies in $PILOTLIGHT_BENCH_DIR, else where the
// program runs.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "ledger/ledger.h"
#include "net/asio_loop.h"
#include "store/database.h"

namespace {

constexpr int kJobsEach = 20;

std::string new_folder() {
    const char* const wanted = std::getenv("PILOTLIGHT_BENCH_DIR");
    std::string path = std::string(wanted ? wanted : ".") + "/store-bench-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
    return path;
}

void append(store::Connection& connection) {
    ledger::append(
        connection,
        {{1'795'435'620'000'000},
         "warmup",
         "email",
         7,
         "send an opening",
         "this pair's turn in the cycle",
         "{}"}
    );
}

base::Task<> submit_jobs(store::Database& db) {
    for (int i = 0; i < kJobsEach; ++i) co_await db.run(store::Role::warmup, append);
}

void run_jobs(benchmark::State& state, const std::string& url) {
    net::AsioLoop loop;
    store::OpenOptions options;
    options.url = url;
    options.create = true;
    const auto db = store::open_database(options, loop);
    for (auto step : state) {
        std::vector<base::Task<>> submitters;
        for (std::int64_t i = 0; i < state.range(0); ++i) submitters.push_back(submit_jobs(*db));
        base::run_to_end(loop, base::when_all(std::move(submitters)));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0) * kJobsEach);
}

void store_jobs_file(benchmark::State& state) {
    const std::string folder = new_folder();
    run_jobs(state, "sqlite:" + folder + "/bench.db");
    std::filesystem::remove_all(folder);
}
BENCHMARK(store_jobs_file)->ArgName("submitters")->Arg(1)->Arg(10)->Arg(50)->UseRealTime();

void store_jobs_memory(benchmark::State& state) { run_jobs(state, "sqlite::memory:"); }
BENCHMARK(store_jobs_memory)->ArgName("submitters")->Arg(1)->Arg(50)->UseRealTime();

}  // namespace
