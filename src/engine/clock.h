// Which clocks the program runs by, decided when it is linked: the real one of its loop. A test
// build of the program (tests/lab/fast_clock.cpp) brings a definition of its own, in which days
// pass in minutes; nothing of that is in the shipped binary.
#pragma once
#include <memory>

#include "base/clock.h"

namespace engine {

enum class ClockFor {
    work,     // what is due when
    network,  // sessions with servers, whose timers are deadlines
};
// Null: `real` itself.
std::unique_ptr<base::Clock> make_clock(base::Clock& real, ClockFor purpose);

// How long by the working clock a piece of real work may take that is meant to take `span` at most:
// a claim's lease, the age of a look into a mailbox. The span itself; where days pass in minutes
// and servers take their real time, more.
base::Duration work_span(base::Duration span);

}  // namespace engine
