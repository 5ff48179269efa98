#include "engine/campaign_capacity.h"

#include "mailbox/mailboxes.h"

namespace engine {

int first_mails_ahead(
    const std::vector<campaign::MailboxLoad>& senders, const campaign::Limits& limits
) {
    constexpr base::Duration kDay = std::chrono::hours(24);
    const auto days = static_cast<int>((limits.drafts_ahead + kDay - base::Duration(1)) / kDay);
    int sum = 0;
    for (const campaign::MailboxLoad& load : senders) {
        if (load.warmup_days < limits.warmup_days_min && !limits.ignore_warmup_days) continue;
        const int cap = campaign::campaign_cap(load.sending_days, limits);
        sum += days * std::min(cap, limits.mailbox_per_day);
    }
    return sum;
}

base::Task<int> campaign_capacity(campaign::Context context) {
    const mailbox::Vault vault = context.vault;
    const campaign::Limits limits = context.limits;
    const base::Timestamp now = context.clock.now();
    const auto loads = co_await context.db.read(
        store::Role::campaign,
        [vault, limits, now](store::Connection& connection) {
            const auto role =
                limits.send_through_seeds ? mailbox::Role::seed : mailbox::Role::sender;
            std::vector<campaign::MailboxLoad> senders;
            campaign::LoadReader loads(connection, limits, now);
            for (const mailbox::Mailbox& one :
                 mailbox::list(connection, vault, limits.zone).mailboxes)
                if (one.role == role && one.status == mailbox::Status::active)
                    senders.push_back(loads.load_of(one));
            return senders;
        }
    );
    co_return first_mails_ahead(loads, limits);
}

}  // namespace engine
