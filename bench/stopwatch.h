// Wall time, CPU time of the process and syncs between two points.
#pragma once
#include <sys/resource.h>

#include <chrono>

#include "bench/paths.h"
#include "bench/sync_meter.h"

namespace bench {

class Stopwatch {
  public:
    Stopwatch() : start_(std::chrono::steady_clock::now()), cpu_(cpu_so_far()) {}

    void read_into(Measured& measured) const {
        const Syncs syncs = syncs_so_far();
        measured.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        measured.cpu_seconds = cpu_so_far() - cpu_;
        measured.syncs = syncs.count - syncs_.count;
        measured.sync_seconds = syncs.seconds - syncs_.seconds;
    }

  private:
    static double cpu_so_far() {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        };
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }

    std::chrono::steady_clock::time_point start_;
    double cpu_;
    Syncs syncs_ = syncs_so_far();
};

}  // namespace bench
