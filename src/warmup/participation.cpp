#include "warmup/participation.h"

namespace warmup {

std::optional<std::string> reason_to_leave_out(const mailbox::Mailbox& account) {
    if (!account.policy_settled())
        return "the policy of its provider is not accepted yet: pilotlight mailbox accept " +
               account.email.str();
    if (!account.can_log_in())
        return "its password is not known: pilotlight mailbox password " + account.email.str() +
               " --password-env VAR";
    return std::nullopt;
}

}  // namespace warmup
