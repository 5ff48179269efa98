#include "engine/mail_watch.h"

#include "base/log.h"
#include "campaign/canary.h"
#include "campaign/reply_class.h"
#include "campaign/settle.h"
#include "mailbox/mailboxes.h"
#include "mailbox/pauses.h"
#include "warmup/participation.h"
#include "warmup/placement.h"

namespace engine {

namespace {

constexpr int kClassifiedAtOnce = 20;

bool is_watched(const mailbox::Mailbox& account) {
    return account.status == mailbox::Status::active ||
           (account.status == mailbox::Status::paused &&
            account.paused_by == mailbox::PausedBy::refusal);
}

}  // namespace

MailWatch::MailWatch(warmup::Context warmup_context, campaign::Context campaign_context)
    : campaign_(std::move(campaign_context)), warmup_(std::move(warmup_context)) {}

base::Task<std::vector<mailbox::Mailbox>> MailWatch::mailboxes(WatchResult& result) {
    const mailbox::Vault vault = campaign_.vault;
    const base::TimeZone zone = campaign_.limits.zone;
    const mailbox::Listing listing = co_await campaign_.db.read(
        store::Role::campaign,
        [vault, zone](store::Connection& connection) {
            return mailbox::list(connection, vault, zone);
        }
    );
    for (const std::string& problem : listing.problems) base::log::warn("watch", "{}", problem);
    std::vector<mailbox::Mailbox> watched;
    for (const mailbox::Mailbox& account : listing.mailboxes) {
        if (!is_watched(account)) continue;
        if (const auto reason = warmup::reason_to_leave_out(account))
            result.skipped.push_back({account.email.str(), *reason});
        else if (!account.can_log_in())
            result.skipped.push_back({account.email.str(), "no password is known"});
        else
            watched.push_back(account);
    }
    co_return watched;
}

base::Task<> MailWatch::look_into(
    mailbox::Mailbox account, warmup::Warmup& warmup, WatchResult& result
) {
    const std::string email = account.email.str();
    const auto note = [&result](const warmup::Sighting& sighting) {
        warmup::count_sighting(
            sighting.opening ? result.placement : result.reply_placement, sighting.placement
        );
    };
    const inbound::PassResult pass = co_await warmup.check_mailbox(std::move(account), note);
    ++result.mailboxes;
    if (pass.error) result.failures.push_back({email, *pass.error});
}

base::Task<WatchResult> MailWatch::look(std::function<bool()> wanted) {
    WatchResult result;
    const std::vector<mailbox::Mailbox> watched = co_await mailboxes(result);
    const bool canaries_out =
        co_await campaign_.db.read(store::Role::campaign, campaign::are_canaries_out);
    warmup::Context context = warmup_;
    context.further_sides.push_back(
        campaign::reply_handlers(campaign_, result.returns, canaries_out)
    );
    warmup::Warmup warmup(std::move(context));
    std::vector<base::Task<>> looks;
    for (const mailbox::Mailbox& account : watched)
        looks.push_back(look_into(account, warmup, result));
    co_await base::when_all(std::move(looks));
    const base::MonotonicTime deadline = campaign_.clock.in(std::chrono::seconds(10));
    co_await campaign_.connector.close_idle(deadline);
    co_await settle();
    result.classified =
        co_await campaign::classify_replies(campaign_, kClassifiedAtOnce, std::move(wanted));
    co_return result;
}

base::Task<> MailWatch::settle() {
    const campaign::Limits limits = campaign_.limits;
    const base::Timestamp now = campaign_.clock.now();
    co_await campaign_.db.run(store::Role::campaign, [limits, now](store::Connection& connection) {
        // What a Sent folder or an answer has proven takes its draft with it.
        campaign::settle(connection, limits, now);
        campaign::settle_canaries(connection, now);
    });
}

}  // namespace engine
