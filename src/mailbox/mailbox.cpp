#include "mailbox/mailbox.h"

#include "mailbox/presets.h"

namespace mailbox {

std::string_view to_string(Role role) { return role == Role::sender ? "sender" : "seed"; }

std::string_view to_string(PausedBy cause) {
    switch (cause) {
        case PausedBy::nobody:
            return "";
        case PausedBy::owner:
            return "owner";
        case PausedBy::login:
            return "login";
        case PausedBy::refusal:
            return "refusal";
    }
    return "";
}

std::string_view to_string(LoginMethod method) {
    return method == LoginMethod::oauth2 ? "oauth2" : "password";
}

std::string_view to_string(Status status) {
    switch (status) {
        case Status::active:
            return "active";
        case Status::paused:
            return "paused";
        case Status::removed:
            return "removed";
    }
    return "unknown";
}

std::string_view to_string(Mode mode) { return mode == Mode::warmup ? "warmup" : "measure"; }

bool Mailbox::policy_settled() const {
    if (policy_accepted_at) return true;
    const Preset* preset = find_preset(provider);
    return preset == nullptr || preset->policy.empty();
}

}  // namespace mailbox
