// The numbers of a world by kind: how each provider judges and how long its mail takes.
// Read from data/sandbox/KIND.json, which is compiled in; a missing or wrong value is a broken
// invariant, since it is our own file.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "sandbox/opinion.h"

namespace sandbox {

// Seconds between acceptance and filing: lognormal, cut at both ends.
struct DelayParameters {
    double median_seconds = 0;
    double sigma = 0;
    double seconds_max = 0;
    base::Duration draw(base::Random& random) const;
};

struct ProviderData {
    OpinionParameters opinion;
    DelayParameters delay;
};

std::map<std::string, ProviderData> read_world_data(const std::string& kind);

}  // namespace sandbox
