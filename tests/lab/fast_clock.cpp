// The clock of pilotlight_fast: this file's engine::make_clock stands in the place of the shipped
// one (src/engine/clock.cpp), which the linker then leaves in its library.
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "engine/clock.h"
#include "tests/support/scaled_clock.h"

namespace engine {

namespace {

constexpr std::int64_t kFactor = 720;
// A lease of 10 minutes is 50 real seconds then, a look may be 75 real seconds old: enough for
// servers and a busy machine, and far less than the 6 real minutes between a mail and its
// follow-up.
constexpr std::int64_t kWorkFactor = 60;

}  // namespace

base::Duration work_span(base::Duration span) { return span * kWorkFactor; }

std::unique_ptr<base::Clock> make_clock(base::Clock& real, ClockFor purpose) {
    const char* since = std::getenv("PILOTLIGHT_FAST_SINCE");  // microseconds, UTC
    const auto micros = since == nullptr ? std::nullopt : base::parse_int(since);
    if (!micros) {
        std::fputs("pilotlight_fast: PILOTLIGHT_FAST_SINCE has to name its beginning\n", stderr);
        std::exit(2);
    }
    using Timers = support::ScaledClock::Timers;
    return std::make_unique<support::ScaledClock>(
        real,
        base::Timestamp{*micros},
        kFactor,
        purpose == ClockFor::network ? Timers::real : Timers::scaled
    );
}

}  // namespace engine
