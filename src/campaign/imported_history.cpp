#include "campaign/imported_history.h"

#include <algorithm>

namespace campaign {

namespace {

bool any_with(const std::vector<ImportedMail>& mails, std::string_view outcome) {
    return std::ranges::any_of(mails, [&](const ImportedMail& mail) {
        return mail.outcome == outcome;
    });
}

// Of the first mail; a later one's where the first does not name it.
std::int64_t sender_of(const std::vector<ImportedMail>& mails) {
    for (const ImportedMail& mail : mails)
        if (mail.mailbox_id != 0) return mail.mailbox_id;
    return 0;
}

}  // namespace

ImportedState state_after(
    const std::vector<ImportedMail>& mails, const std::vector<Step>& steps, base::Timestamp now
) {
    ImportedState state;
    if (mails.empty()) return state;
    state.sender_mailbox_id = sender_of(mails);
    const ImportedMail& last = mails.back();
    state.next_step = last.step + (last.in_doubt ? 0 : 1);
    if (any_with(mails, "replied")) {
        state.status = "replied";
        state.reason = "it had replied before the import";
    } else if (any_with(mails, "bounced")) {
        state.status = "bounced";
        state.reason = "a mail had bounced before the import";
    } else if (std::ranges::any_of(mails, &ImportedMail::in_doubt)) {
        state.status = "active";
        state.reason = "a mail was being sent when it was exported: decide whether it arrived";
    } else if (static_cast<std::size_t>(state.next_step) >= steps.size()) {
        state.status = "finished";
        state.reason = "all its mails had been sent before the import";
    } else {
        const Step& next = steps[static_cast<std::size_t>(state.next_step)];
        state.status = "active";
        state.reason = "it had been written to before the import";
        state.next_step_at = last.sent_at.value_or(now) + std::chrono::hours(24 * next.after_days);
    }
    return state;
}

}  // namespace campaign
