#include "sandbox/opinion.h"

#include <cmath>

namespace sandbox {

namespace {

constexpr double kSpamMax = 0.95;

double days_between(base::Timestamp from, base::Timestamp to) {
    const std::chrono::duration<double, std::ratio<86400>> days = to - from;
    return std::max(0.0, days.count());
}

// 1 for a sender nobody knows, falling towards 0.
double distrust(
    const OpinionParameters& parameters, const SenderHistory& sender, base::Timestamp now
) {
    const double age = days_between(sender.first_mail.value_or(now), now);
    const double weight = sender.delivered / (sender.delivered + parameters.engagement_halfway);
    const double share =
        sender.delivered > 0 ? std::min(1.0, sender.engaged / sender.delivered) : 0.0;
    const double per_day =
        parameters.trust_per_day + parameters.trust_per_day_engaged * share * weight;
    return std::exp(-age * per_day);
}

double volume_penalty(const OpinionParameters& parameters, const SenderHistory& sender) {
    const double usual = std::max(
        parameters.volume_free_per_day, parameters.volume_jump_factor * sender.average_before
    );
    if (sender.mails_today <= usual) return 0;
    return parameters.volume_penalty * (sender.mails_today - usual) / sender.mails_today;
}

double repeat_penalty(const OpinionParameters& parameters, const MessageFeatures& message) {
    const double beyond = std::max(0.0, message.same_text_before - parameters.repeat_free);
    return std::min(parameters.repeat_penalty_max, parameters.repeat_penalty * beyond);
}

}  // namespace

Opinion judge(
    const OpinionParameters& parameters,
    const SenderHistory& sender,
    const MessageFeatures& message,
    base::Timestamp now
) {
    const double unknown = distrust(parameters, sender, now);
    const double account_age = days_between(sender.account_created, now);
    const double seniority = parameters.old_account_days > 0
                                 ? std::min(1.0, account_age / parameters.old_account_days)
                                 : 1.0;
    const double start = parameters.spam_start * (1 - parameters.old_account_bonus * seniority);
    double spam = parameters.spam_floor + std::max(0.0, start - parameters.spam_floor) * unknown;
    spam += volume_penalty(parameters, sender) + repeat_penalty(parameters, message);
    if (!message.authenticated) spam += parameters.unauthenticated_penalty;
    if (message.answers_receiver) spam *= parameters.answer_factor;
    Opinion opinion;
    opinion.spam = std::clamp(spam, 0.0, kSpamMax);
    opinion.promotions =
        message.answers_receiver ? 0.0 : parameters.promotions * (0.2 + 0.8 * unknown);
    opinion.elsewhere = message.answers_receiver ? 0.0 : parameters.elsewhere;
    opinion.vanish = parameters.vanish;
    return opinion;
}

Filing draw(const Opinion& opinion, base::Random& random) {
    // Two draws always, so that one message's fate never shifts the chance of the next.
    const double fate = random.uniform();
    const double tab = random.uniform();
    if (fate < opinion.vanish) return Filing::vanished;
    if (fate < opinion.vanish + opinion.elsewhere) return Filing::elsewhere;
    // The spam chance is of what is filed at all.
    const double rest =
        (fate - opinion.vanish - opinion.elsewhere) / (1 - opinion.vanish - opinion.elsewhere);
    if (rest < opinion.spam) return Filing::spam;
    return tab < opinion.promotions ? Filing::promotions : Filing::inbox;
}

}  // namespace sandbox
