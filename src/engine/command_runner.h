// Runs a program of the owner's beside the loop, without blocking it: no shell, an environment of
// a plain PATH and LANG (no key of ours reaches it), its output limited, its time too.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"

namespace engine {

struct CommandLimits {
    base::Duration patience = std::chrono::seconds(30);
    std::size_t output_max = 64 * 1024;
};

struct CommandOutcome {
    int exit_status = -1;  // 128 + signal where one ended it
    std::string output;    // standard output, cut at the limit
};

// `command` is an absolute path and its arguments. not_found or permission where it does not start,
// timed_out (it is ended then, with what it started).
base::Task<base::Result<CommandOutcome>> run_command(
    base::Clock& clock, std::vector<std::string> command, CommandLimits limits = {}
);

}  // namespace engine
