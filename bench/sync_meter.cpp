#include "bench/sync_meter.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include "base/check.h"

namespace bench {

namespace {

std::atomic<std::int64_t> sync_count = 0;
std::atomic<std::int64_t> sync_nanoseconds = 0;

int timed(long number, int file) {
    const auto start = std::chrono::steady_clock::now();
    const long result = ::syscall(number, file);
    const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start;
    sync_count += 1;
    sync_nanoseconds += taken.count();
    return static_cast<int>(result);
}

}  // namespace

Syncs syncs_so_far() { return {sync_count, static_cast<double>(sync_nanoseconds) * 1e-9}; }

double probe_disk(const std::string& folder) {
    constexpr int kRounds = 200;
    std::string path = folder + "/sync-probe-XXXXXX";
    const int file = ::mkstemp(path.data());
    CHECK(file >= 0);
    ::unlink(path.c_str());
    const std::string block(4096, 'x');
    const Syncs before = syncs_so_far();
    for (int i = 0; i < kRounds; ++i) {
        CHECK(::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()));
        CHECK(::fdatasync(file) == 0);
    }
    ::close(file);
    return (syncs_so_far().seconds - before.seconds) / kRounds;
}

}  // namespace bench

extern "C" int fsync(int file) { return bench::timed(SYS_fsync, file); }
extern "C" int fdatasync(int file) { return bench::timed(SYS_fdatasync, file); }
