// What the owner can do about a refusal that `mailbox check` meets: data/login_mends.json, by
// provider, step and the server's words. Where the table knows nothing, failure_policy does.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"
#include "mailbox/mailbox.h"

namespace mailbox {

// The mend for this error of a mailbox of this provider (preset name or ""); always some words. A
// refused login without a rule is told what a working password is there.
std::string mend_for(
    const base::Error& error, std::string_view provider, LoginMethod method = LoginMethod::password
);

// For tests: each rule's own sample, and the mend it has to lead to.
struct MendSample {
    base::Error error;
    std::string provider;
    std::string mend;
};
std::vector<MendSample> mend_samples();

}  // namespace mailbox
