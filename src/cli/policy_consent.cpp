#include "cli/policy_consent.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <map>

#include "base/text.h"

namespace cli {

bool at_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool says_yes(const std::string& question) {
    fmt::print(stderr, "{} [y/N] ", question);
    std::fflush(stderr);
    char answer[64] = {};
    if (std::fgets(answer, sizeof answer, stdin) == nullptr) return false;
    const std::string word = base::to_lower(base::trim(answer));
    return word == "y" || word == "yes";
}

std::string policy_text(const mailbox::Preset& preset) {
    std::string text;
    for (const mailbox::PolicyLine& line : preset.policy)
        text += fmt::format("  {}: {}\n", preset.title, line.str());
    return text;
}

base::Result<> accept_policy(const Invocation& invocation, const mailbox::Preset& preset) {
    if (preset.policy.empty()) return {};
    if (invocation.flag("--accept-policy")) return {};
    fmt::print(stderr, "What {} says about this use:\n{}", preset.title, policy_text(preset));
    if (invocation.json || !at_terminal())
        return base::fail(
            base::ErrorCode::invalid_input,
            "policy",
            fmt::format(
                "{} mailboxes take part with --accept-policy only: it says that you have read the "
                "lines above and decided",
                preset.title
            )
        );
    if (says_yes("Add the mailbox all the same?")) return {};
    return base::fail(
        base::ErrorCode::cancelled, "policy", "not added, since the policy was not accepted"
    );
}

Consent ask_each_provider(
    const std::vector<mailbox::Mailbox>& waiting, const Ask& ask, const Keep& keep
) {
    Consent consent;
    std::map<std::string, bool> answers;
    for (const mailbox::Mailbox& mailbox : waiting) {
        auto answer = answers.find(mailbox.provider);
        if (answer == answers.end()) {
            const base::Result<> given = ask(*mailbox::find_preset(mailbox.provider));
            if (!given) consent.refusal = given.error();
            answer = answers.emplace(mailbox.provider, given.has_value()).first;
            // Nobody sits there to be asked about the others.
            if (!given && given.error().code != base::ErrorCode::cancelled) return consent;
        }
        (answer->second ? consent.accepted : consent.declined).push_back(mailbox);
        if (answer->second) keep(mailbox);
    }
    return consent;
}

}  // namespace cli
