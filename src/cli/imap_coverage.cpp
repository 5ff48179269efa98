#include "cli/imap_coverage.h"

#include <fmt/format.h>

#include <map>

#include "warmup/participation.h"

namespace cli {

namespace {

std::string provider_of(const SeedFacts& seed) {
    return seed.mailbox.provider.empty() ? "other" : seed.mailbox.provider;
}

// Why it is not watched; nothing where it is.
std::optional<std::string> reason_of(
    const SeedFacts& seed, std::optional<base::Timestamp> last_cycle
) {
    const mailbox::Mailbox& mailbox = seed.mailbox;
    const std::string& email = mailbox.email.str();
    if (mailbox.status != mailbox::Status::active) {
        const std::string why =
            mailbox.status_reason.empty() ? std::string() : " (" + mailbox.status_reason + ")";
        // Some reasons name what to do themselves, as "run: pilotlight mailbox authorize …".
        if (why.find("pilotlight mailbox") != std::string::npos) return "it is paused" + why;
        return "it is paused" + why + ": pilotlight mailbox resume " + email;
    }
    if (const auto reason = warmup::reason_to_leave_out(mailbox)) return reason;
    if (!mailbox.hidden_folders.empty())
        return "Gmail hides from IMAP: " + mailbox.hidden_folders + ": pilotlight mailbox check " +
               email;
    if (!last_cycle || mailbox.created_at > *last_cycle) return std::nullopt;
    if (seed.searched_at && *seed.searched_at >= *last_cycle) return std::nullopt;
    return "the last cycle could not look into it: pilotlight mailbox check " + email;
}

std::string adds_of(const SeedFacts& seed, const ProviderCoverage& provider) {
    const std::string share = fmt::format(
        "{} watched by {} of {} seed mailboxes instead of {}",
        provider.provider,
        provider.watched + 1,
        provider.configured,
        provider.watched
    );
    if (seed.sent == 0) return share;
    return fmt::format(
        "{}; the placement of {} of {} mails that went to it", share, seed.unknown, seed.sent
    );
}

}  // namespace

ImapCoverage coverage_of(
    const std::vector<SeedFacts>& seeds, std::optional<base::Timestamp> last_cycle
) {
    ImapCoverage coverage;
    std::map<std::string, ProviderCoverage> providers;
    for (const SeedFacts& seed : seeds) {
        ProviderCoverage& provider = providers[provider_of(seed)];
        provider.provider = provider_of(seed);
        const int watched = reason_of(seed, last_cycle) ? 0 : 1;
        ++provider.configured;
        ++coverage.configured;
        provider.watched += watched;
        coverage.watched += watched;
    }
    for (const SeedFacts& seed : seeds)
        if (const auto reason = reason_of(seed, last_cycle))
            coverage.unwatched.push_back(
                {seed.mailbox.email.str(),
                 provider_of(seed),
                 *reason,
                 adds_of(seed, providers.at(provider_of(seed)))}
            );
    for (const auto& [name, provider] : providers) coverage.providers.push_back(provider);
    return coverage;
}

}  // namespace cli
