// What the suppress commands share: values that are addresses or whole domains, into the store.
#pragma once
#include <string>
#include <vector>

#include "base/email.h"
#include "engine/runtime.h"

namespace cli {

// An address, or a domain with all below it.
struct ToSuppress {
    base::Email email;   // empty: a domain
    std::string domain;  // in ASCII
};
// "ann@example.com", "example.com", "@example.com"; invalid_input says what it is not.
base::Result<ToSuppress> read_suppressed(std::string_view text);

// All of them, in jobs, with every lead they stop. Returns how many were new.
std::int64_t suppress_all(
    engine::Runtime& runtime,
    const std::vector<ToSuppress>& values,
    const std::string& reason,
    const std::string& note
);

}  // namespace cli
