#include "mailbox/governor.h"

#include <algorithm>

#include "mailbox/presets.h"

namespace mailbox {

namespace {

// One account logs in ten times at once at most, then three times a minute.
constexpr std::chrono::seconds kAccountInterval{20};
constexpr int kAccountBurst = 10;
// While one try goes ahead after a pause, the others ask again this often.
constexpr std::chrono::seconds kProbePatience{5};
constexpr int kPausesMax = 4;  // 1, 2, 4, 8 times as long

base::Duration doubled(base::Duration first, int times, base::Duration max) {
    base::Duration out = first;
    for (int i = 0; i < times && out < max; ++i) out *= 2;
    return std::min(out, max);
}

}  // namespace

std::string_view to_string(Protocol protocol) {
    return protocol == Protocol::smtp ? "smtp" : "imap";
}

int usual_sessions(std::string_view provider, Protocol protocol) {
    const Preset* const preset = find_preset(provider);
    if (preset == nullptr) return 1;
    return protocol == Protocol::imap ? preset->sessions.imap : preset->sessions.smtp;
}

int SessionLimit::allowed(base::MonotonicTime now) const {
    if (lowered_ >= usual_) return usual_;
    const auto quiet = std::max(now - lowered_at_, base::Duration(0));
    const auto raised =
        static_cast<int>(std::min<base::Duration::rep>(quiet / raise_after_, usual_));
    return std::min(usual_, lowered_ + raised);
}

void SessionLimit::too_many(int held, base::MonotonicTime now) {
    lowered_ = std::clamp(held, 1, std::max(1, allowed(now) - 1));
    lowered_at_ = now;
}

base::Duration backoff(
    base::Duration first, base::Duration max, int failures, base::Random& random
) {
    const base::Duration whole = doubled(first, std::max(0, failures - 1), max);
    return random.between(whole / 2, whole);
}

base::Duration not_before(base::Duration asked, base::Random& random) {
    return random.between(asked, asked + asked / 4);
}

base::MonotonicTime Pace::next(base::MonotonicTime now) const {
    return std::max(now, next_ - interval_ * (burst_ - 1));
}

base::MonotonicTime Pace::reserve(base::MonotonicTime now) {
    const base::MonotonicTime at = next(now);
    next_ = std::max(next_, now) + interval_;
    return at;
}

base::MonotonicTime Breaker::ready_at(base::MonotonicTime now) const {
    if (now < until_) return until_;
    return probing_ ? now + kProbePatience : now;
}

void Breaker::begun(base::MonotonicTime) { probing_ = pauses_ > 0; }

bool Breaker::failed(base::MonotonicTime now) {
    const bool probe = probing_;
    probing_ = false;
    failures_.push_back(now);
    while (failures_.front() + settings_.breaker_window < now) failures_.pop_front();
    // Logins that were under way when the pause began add nothing to it.
    if (resting(now)) return false;
    if (!probe && static_cast<int>(failures_.size()) < settings_.breaker_failures) return false;
    pauses_ = std::min(pauses_ + 1, kPausesMax);
    until_ = now + settings_.breaker_pause * (1 << (pauses_ - 1));
    failures_.clear();
    return true;
}

void Breaker::succeeded() {
    failures_.clear();
    until_ = {};
    pauses_ = 0;
    probing_ = false;
}

void Breaker::abandoned() { probing_ = false; }

Governor::Governor(GovernorSettings settings, base::Random& random)
    : settings_(settings), random_(random) {}

Governor::Account& Governor::account_of(const AccountKey& key) {
    const auto place = std::pair(key.mailbox_id, key.protocol);
    const auto known = accounts_.find(place);
    if (known != accounts_.end()) return known->second;
    const int usual = usual_sessions(key.provider, key.protocol);
    Account fresh{{usual, settings_.raise_after}, {kAccountInterval, kAccountBurst}};
    return accounts_.emplace(place, fresh).first->second;
}

Governor::Host& Governor::host_of(const std::string& host) {
    const auto known = hosts_.find(host);
    if (known != hosts_.end()) return known->second;
    const int rate = std::max(1, settings_.logins_per_minute);
    const base::Duration interval = base::Duration(std::chrono::minutes(1)) / rate;
    return hosts_.emplace(host, Host{{interval, std::max(1, rate / 4)}, Breaker(settings_)})
        .first->second;
}

int Governor::sessions_allowed(const AccountKey& account, base::MonotonicTime now) {
    return account_of(account).limit.allowed(now);
}

Turn Governor::reserve(const AccountKey& account, base::MonotonicTime now) {
    Turn at = turn(account, now);
    const base::MonotonicTime own = account_of(account).pace.reserve(now);
    const base::MonotonicTime host = host_of(account.host).pace.reserve(now);
    const base::MonotonicTime paced = std::max(own, host);
    if (paced > at.at) {
        at.at = paced;
        at.why = own > host ? "this account has logged in too often within a minute"
                            : "logins to " + account.host + " are spread";
    }
    return at;
}

Turn Governor::turn(const AccountKey& account, base::MonotonicTime now) {
    const base::MonotonicTime host = host_of(account.host).breaker.ready_at(now);
    const base::MonotonicTime own = account_of(account).until;
    if (host > now && host >= own)
        return {host, "too many logins to " + account.host + " failed, so it is left alone"};
    if (own > now) return {own, "the server put this account's login off"};
    return {now, {}};
}

void Governor::give_back(const AccountKey& account) {
    account_of(account).pace.give_back();
    host_of(account.host).pace.give_back();
}

base::MonotonicTime Governor::next_place(const AccountKey& account, base::MonotonicTime now) {
    return std::max(account_of(account).pace.next(now), host_of(account.host).pace.next(now));
}

void Governor::begun(const AccountKey& account, base::MonotonicTime now) {
    host_of(account.host).breaker.begun(now);
}

void Governor::succeeded(const AccountKey& account) {
    Account& own = account_of(account);
    own.failures = 0;
    own.until = {};
    host_of(account.host).breaker.succeeded();
}

void Governor::abandoned(const AccountKey& account) { host_of(account.host).breaker.abandoned(); }

Governor::Answer Governor::failed(
    const AccountKey& account, const LoginFailure& failure, int held, base::MonotonicTime now
) {
    Account& own = account_of(account);
    Breaker& breaker = host_of(account.host).breaker;
    Answer answer{now, false, now};
    if (failure.too_many) own.limit.too_many(held, now);
    if (failure.too_many || failure.later) {
        ++own.failures;
        const base::Duration wait =
            failure.asked
                ? not_before(*failure.asked, random_)
                : backoff(settings_.backoff_first, settings_.backoff_max, own.failures, random_);
        own.until = std::max(own.until, now + wait);
        answer.account_until = own.until;
    }
    if (!failure.about_login) {
        breaker.abandoned();
        return answer;
    }
    answer.host_pauses = breaker.failed(now);
    answer.host_until = breaker.ready_at(now);
    return answer;
}

void Governor::forget(std::int64_t mailbox_id) {
    for (const Protocol protocol : {Protocol::smtp, Protocol::imap}) {
        const auto known = accounts_.find({mailbox_id, protocol});
        if (known == accounts_.end()) continue;
        known->second.failures = 0;
        known->second.until = {};
    }
}

}  // namespace mailbox
