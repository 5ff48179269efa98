// What the suppress commands share: values that are addresses or whole domains, into the store.
#pragma once
#include <string>
#include <vector>

#include "campaign/suppression.h"
#include "engine/runtime.h"

namespace cli {

// The first field of every row of a file ("-": standard input), without the heading that a first
// line may be. invalid_input names every row (20 at most) that says something and can't be read as
// an address or a domain; else the errors of opening.
base::Result<std::vector<campaign::ToSuppress>> read_suppress_file(const std::string& path);

// All of them, in jobs, with every lead they stop. Returns how many were new.
std::int64_t suppress_all(
    engine::Runtime& runtime,
    const std::vector<campaign::ToSuppress>& values,
    const std::string& reason,
    const std::string& note
);

}  // namespace cli
