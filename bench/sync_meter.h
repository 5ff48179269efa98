// Counts what this process asks the disk to make durable. It replaces fsync and fdatasync of the
// C library for the whole program (SQLite included) by the same system calls with a stop-watch.
#pragma once
#include <cstdint>
#include <string>

namespace bench {

struct Syncs {
    std::int64_t count = 0;
    double seconds = 0;
};

// All syncs of this process so far, by any thread.
Syncs syncs_so_far();

// The mean seconds of an fdatasync after 4 kB appended to a new file in `folder`, over 200 of them.
double probe_disk(const std::string& folder);

}  // namespace bench
