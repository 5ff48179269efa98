// Reads data/providers.json, which is compiled in.
#pragma once
#include <vector>

#include "mailbox/presets.h"

namespace mailbox {

// In the order of the file, the regions of a provider other than its first after all others. Every
// field must be there and of its kind (CHECK, or an exception of Boost.JSON).
std::vector<Preset> read_presets();

}  // namespace mailbox
