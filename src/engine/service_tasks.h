// What `serve` does, and how often: the one table of its tasks. Whoever adds a part of the program
// that runs by itself adds a row here.
#pragma once
#include "config/settings.h"
#include "engine/runtime.h"
#include "engine/service.h"

namespace engine {

// Names, beats and deadlines alone, for whoever only shows them (`status`); nothing to run.
std::vector<ServiceTask> planned_tasks(const config::Settings& settings);

// Ready to run on this runtime, which outlives them.
std::vector<ServiceTask> service_tasks(Runtime& runtime);

}  // namespace engine
