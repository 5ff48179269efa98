// The demo's story as text for people, and as data.
#pragma once
#include <string>

#include "cli/demo_world.h"

namespace cli {

std::string demo_text(const DemoStory& story);
std::string demo_json(const DemoStory& story);

}  // namespace cli
