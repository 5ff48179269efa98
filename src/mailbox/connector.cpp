#include "mailbox/connector.h"

#include <fmt/format.h>

#include "base/log.h"
#include "mailbox/failure_policy.h"
#include "mailbox/pauses.h"
#include "mailbox/presets.h"
#include "mailbox/refusals.h"

namespace mailbox {

namespace {

constexpr std::chrono::seconds kQuitPatience{10};

base::Error not_our_turn(const AccountKey& account, std::string message) {
    return base::Error{
        base::ErrorCode::unavailable,
        fmt::format("{}.session", to_string(account.protocol)),
        std::move(message),
        {},
        0,
        {}
    };
}

// What the governor has to know of a session that could not be opened.
LoginFailure failure_of(const base::Error& error, const Verdict& verdict) {
    const std::string_view phase = phase_of(error);
    const bool spoken = error.reply_code != 0 || !error.server_words.empty();
    LoginFailure failure;
    failure.about_login = spoken && (phase == "auth" || phase == "login");
    failure.too_many = verdict.too_many_sessions;
    // A pause without an end is remembered as a refusal; one with an end is a wait like others.
    failure.later = spoken && verdict.wait.has_value();
    // The table's own number only for what is known to take so long: the rest doubles from little.
    if (verdict.consequence == Consequence::pause_mailbox || asked_wait(error.server_words))
        failure.asked = verdict.wait;
    return failure;
}

}  // namespace

// Sessions that say QUIT on their own; close_idle waits for them.
struct Connector::Closing {
    std::size_t open = 0;
    base::Completion<base::Unit>* all_closed = nullptr;

    static base::Task<> quit(SmtpSession session, base::MonotonicTime deadline) {
        if (session->usable()) co_await session->quit(deadline);
    }
    static void begin(
        const std::shared_ptr<Closing>& closing, SmtpSession session, base::MonotonicTime deadline
    ) {
        ++closing->open;
        base::start(quit(std::move(session), deadline), [closing](std::exception_ptr problem) {
            if (problem) base::log::warn("mailbox", "an idle session did not close in order");
            if (--closing->open == 0 && closing->all_closed != nullptr)
                std::exchange(closing->all_closed, nullptr)->complete({});
        });
    }
};

// A login under way: whatever ends it, the governor hears of it.
class Connector::Attempt {
  public:
    Attempt(Governor& governor, AccountKey account, base::MonotonicTime now)
        : governor_(governor), account_(std::move(account)) {
        governor_.begun(account_, now);
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() {
        if (!answered_) governor_.abandoned(account_);
    }
    void succeeded() {
        governor_.succeeded(account_);
        answered_ = true;
    }
    // Whoever says so tells the governor.
    void failed() { answered_ = true; }

  private:
    Governor& governor_;
    AccountKey account_;
    bool answered_ = false;
};

Connector::Connector(
    net::Dialer& dialer,
    base::Clock& clock,
    ConnectorSettings settings,
    TokenSource* tokens,
    base::Random* random
)
    : dialer_(dialer),
      clock_(clock),
      settings_(std::move(settings)),
      tokens_(tokens),
      random_(random != nullptr ? *random : own_random_),
      governor_(settings_.governor, random_),
      places_(clock),
      closing_(std::make_shared<Closing>()) {}

Connector::~Connector() {
    for (auto& [id, idle] : idle_) clock_.cancel(idle.timer);
}

AccountKey Connector::account_of(const Mailbox& mailbox, Protocol protocol) const {
    const net::Endpoint& server = protocol == Protocol::smtp ? mailbox.smtp : mailbox.imap;
    return {mailbox.id, protocol, server.host, mailbox.provider};
}

base::Result<> Connector::may_log_in(const Mailbox& mailbox) {
    if (!mailbox.can_log_in())
        return base::fail(
            base::ErrorCode::unauthenticated, "login", "no password is known for this mailbox"
        );
    const auto before = refused_.find(mailbox.id);
    if (before == refused_.end()) return {};
    const Refused& refused = before->second;
    if (mailbox.resumes > refused.resumes || mailbox.password != refused.password) {
        forget(mailbox.id);
        return {};
    }
    return std::unexpected(refused.error);
}

SmtpSession Connector::take_idle(std::int64_t mailbox_id) {
    const auto found = idle_.find(mailbox_id);
    if (found == idle_.end()) return {};
    clock_.cancel(found->second.timer);
    SmtpSession session = std::move(found->second.session);
    idle_.erase(found);
    return session->usable() ? std::move(session) : SmtpSession();
}

std::optional<Connector::Entered> Connector::enter_now(const AccountKey& account) {
    const SessionPlaces::Key key{account.mailbox_id, account.protocol};
    if (account.protocol == Protocol::smtp) {
        SmtpSession idle = take_idle(account.mailbox_id);
        if (idle) return Entered{{}, std::move(idle)};
    }
    const int allowed = governor_.sessions_allowed(account, clock_.monotonic());
    if (places_.held(key) >= allowed) return std::nullopt;
    Entered entered{places_.take(key), {}};
    if (places_.held(key) < allowed) places_.wake_first(key);
    return entered;
}

base::Task<base::Result<Connector::Entered>> Connector::enter(
    AccountKey account, base::MonotonicTime deadline
) {
    const SessionPlaces::Key key{account.mailbox_id, account.protocol};
    auto where = SessionPlaces::WaitAt::end;
    if (!places_.crowded(key))
        if (auto entered = enter_now(account)) co_return std::move(*entered);
    while (true) {
        const bool woken = co_await places_.wait(key, where, deadline);
        if (!woken) break;
        if (auto entered = enter_now(account)) co_return std::move(*entered);
        where = SessionPlaces::WaitAt::front;
    }
    co_return std::unexpected(not_our_turn(
        account,
        fmt::format(
            "all {} sessions of this account were in use until the deadline", places_.held(key)
        )
    ));
}

base::Task<base::Result<>> Connector::await_turn(AccountKey account, base::MonotonicTime deadline) {
    Turn turn = governor_.reserve(account, clock_.monotonic());
    while (turn.at > clock_.monotonic()) {
        if (turn.at > deadline) {
            governor_.give_back(account);
            const auto seconds =
                std::chrono::ceil<std::chrono::seconds>(turn.at - clock_.monotonic());
            co_return std::unexpected(not_our_turn(
                account, fmt::format("{}; it can log in in {} s", turn.why, seconds.count())
            ));
        }
        co_await clock_.sleep_until(turn.at);
        turn = governor_.turn(account, clock_.monotonic());
    }
    co_return base::Result<>();
}

base::Task<base::Result<Connector::Secret>> Connector::secret_of(
    Mailbox mailbox, base::MonotonicTime deadline
) {
    if (mailbox.login_method == LoginMethod::password) co_return Secret{*mailbox.password, false};
    if (tokens_ == nullptr)
        co_return base::fail(
            base::ErrorCode::unauthenticated,
            "login",
            "this mailbox logs in by OAuth2 and has no authorization yet; see `pilotlight mailbox "
            "authorize --help`"
        );
    base::Result<std::string> token = co_await tokens_->access_token(std::move(mailbox), deadline);
    if (!token) co_return base::pass_on(token);
    co_return Secret{std::move(*token), true};
}

base::Task<base::Result<Connector::Secret>> Connector::admit(
    Mailbox mailbox, AccountKey account, base::MonotonicTime deadline
) {
    const base::Result<> allowed = may_log_in(mailbox);
    if (!allowed) co_return base::pass_on(allowed);
    const base::Result<> turn = co_await await_turn(std::move(account), deadline);
    if (!turn) co_return base::pass_on(turn);
    co_return co_await secret_of(std::move(mailbox), deadline);
}

// A token may end before its time: withdrawn, or forgotten by its server. What a second one meets
// is about the account.
base::Task<bool> Connector::replace_token(Mailbox mailbox, Secret refused, base::Error error) {
    if (!refused.bearer || refused.replaced) co_return false;
    if (error.code != base::ErrorCode::unauthenticated) co_return false;
    base::log::info(
        "mailbox",
        "mailbox {}: its access token was refused before its time; it is replaced once",
        mailbox.id
    );
    co_await tokens_->discard(std::move(mailbox), std::move(refused.text));
    co_return true;
}

base::Task<base::Result<SmtpSession>> Connector::smtp(
    Mailbox mailbox, base::MonotonicTime deadline
) {
    const AccountKey account = account_of(mailbox, Protocol::smtp);
    auto entered = co_await enter(account, deadline);
    if (!entered) co_return base::pass_on(entered);
    if (held_) co_return base::fail(base::ErrorCode::cancelled, kHeldStage, *held_);
    if (entered->idle) co_return std::move(entered->idle);
    for (bool replaced = false;; replaced = true) {
        base::Result<Secret> secret = Secret{};
        ::smtp::SessionSettings settings;
        if (!settings_.ehlo_name.empty()) settings.ehlo_name = settings_.ehlo_name;
        if (settings_.log_in) {
            secret = co_await admit(mailbox, account, deadline);
            if (!secret) co_return base::pass_on(secret);
            secret->replaced = replaced;
            settings.credentials = ::smtp::Credentials{
                mailbox.login,
                secret->text,
                secret->bearer ? ::smtp::Login::bearer : ::smtp::Login::password
            };
        }
        Attempt attempt(governor_, account, clock_.monotonic());
        auto client = co_await ::smtp::Client::connect(
            dialer_, clock_, mailbox.smtp, std::move(settings), deadline
        );
        if (client) {
            attempt.succeeded();
            co_return SmtpSession(std::move(*client), std::move(entered->place));
        }
        const bool again = co_await replace_token(mailbox, std::move(*secret), client.error());
        if (again) continue;
        attempt.failed();
        co_await note_failure(mailbox, account, client.error());
        co_return base::pass_on(client);
    }
}

base::Task<base::Result<ImapSession>> Connector::imap(
    Mailbox mailbox, base::MonotonicTime deadline
) {
    const AccountKey account = account_of(mailbox, Protocol::imap);
    auto entered = co_await enter(account, deadline);
    if (!entered) co_return base::pass_on(entered);
    for (bool replaced = false;; replaced = true) {
        base::Result<Secret> secret = co_await admit(mailbox, account, deadline);
        if (!secret) co_return base::pass_on(secret);
        secret->replaced = replaced;
        ::imap::Credentials credentials{
            imap_login(mailbox.provider, mailbox.login),
            secret->text,
            secret->bearer ? ::imap::Login::bearer : ::imap::Login::password
        };
        Attempt attempt(governor_, account, clock_.monotonic());
        auto client = co_await ::imap::Client::connect(
            dialer_, clock_, mailbox.imap, std::move(credentials), deadline
        );
        if (client) {
            attempt.succeeded();
            co_return ImapSession(std::move(*client), std::move(entered->place));
        }
        const bool again = co_await replace_token(mailbox, std::move(*secret), client.error());
        if (again) continue;
        attempt.failed();
        co_await note_failure(mailbox, account, client.error());
        co_return base::pass_on(client);
    }
}

base::Task<> Connector::note_failure(Mailbox mailbox, AccountKey account, base::Error error) {
    const Verdict verdict = judge(error, mailbox.provider, mailbox.login_method);
    const LoginFailure failure = failure_of(error, verdict);
    const base::MonotonicTime now = clock_.monotonic();
    const int held = places_.held({account.mailbox_id, account.protocol}) - 1;
    const Governor::Answer answer = governor_.failed(account, failure, held, now);
    const auto wall = [&](base::MonotonicTime time) {
        return base::to_iso(clock_.now() + std::chrono::ceil<std::chrono::seconds>(time - now));
    };
    if (answer.account_until > now)
        base::log::warn(
            "mailbox",
            "mailbox {}: {} logins back off until {}: {}",
            mailbox.id,
            to_string(account.protocol),
            wall(answer.account_until),
            error.describe()
        );
    if (answer.host_pauses)
        base::log::warn(
            "mailbox",
            "{}: {} logins failed within {} minutes; no mailbox logs in there until {}",
            account.host,
            settings_.governor.breaker_failures,
            settings_.governor.breaker_window / std::chrono::minutes(1),
            wall(answer.host_until)
        );
    if (verdict.consequence == Consequence::pause_mailbox)
        co_await remember_refusal(std::move(mailbox), std::move(error));
}

// Before anything else can try this login again: first in memory, then for everyone.
base::Task<> Connector::remember_refusal(Mailbox mailbox, base::Error error) {
    const base::Timestamp now = clock_.now();
    const Pause pause = pause_for(
        mailbox, judge(error, mailbox.provider, mailbox.login_method), error, "sessions", now
    );
    if (!pause.until)
        refused_.insert_or_assign(
            mailbox.id, Refused{std::move(error), mailbox.password, mailbox.resumes}
        );
    const auto write = [pause, now](store::Connection& connection) {
        return mailbox::pause(connection, pause, now);
    };
    bool paused = true;
    if (db_ != nullptr) paused = co_await db_->run(store::Role::operator_, write);
    if (!paused) co_return;  // it was before, or the owner has acted since this login began
    base::log::warn(
        "mailbox",
        "mailbox {} is paused {}: {}{}",
        pause.mailbox_id,
        pause.until ? "until " + base::to_iso(*pause.until) : "until its owner acts",
        pause.reason,
        pause.reason.contains("; run: ") ? "" : "; then: pilotlight mailbox resume ADDRESS"
    );
}

void Connector::release(const Mailbox& mailbox, SmtpSession session) {
    if (!session || !session->usable()) return;
    const std::int64_t id = mailbox.id;
    quit_idle(id);
    const auto end = clock_.in(settings_.governor.smtp_idle_max);
    const auto timer = clock_.call_at(end, [this, id] { quit_idle(id); });
    idle_.insert_or_assign(id, Idle{std::move(session), timer});
    places_.wake_first({id, Protocol::smtp});
}

void Connector::quit_idle(std::int64_t mailbox_id) {
    const auto found = idle_.find(mailbox_id);
    if (found == idle_.end()) return;
    clock_.cancel(found->second.timer);
    SmtpSession session = std::move(found->second.session);
    idle_.erase(found);
    Closing::begin(closing_, std::move(session), clock_.in(kQuitPatience));
}

base::Task<> Connector::close_idle(base::MonotonicTime deadline) {
    while (!idle_.empty()) {
        auto first = idle_.begin();
        clock_.cancel(first->second.timer);
        SmtpSession session = std::move(first->second.session);
        idle_.erase(first);
        Closing::begin(closing_, std::move(session), deadline);
    }
    if (closing_->open == 0 || closing_->all_closed != nullptr) co_return;
    base::Completion<base::Unit> all_closed;
    closing_->all_closed = &all_closed;
    co_await all_closed;
}

void Connector::forget(std::int64_t mailbox_id) {
    refused_.erase(mailbox_id);
    governor_.forget(mailbox_id);
}

base::Duration Connector::login_wait(const Mailbox& mailbox, Protocol protocol) {
    const base::MonotonicTime now = clock_.monotonic();
    const auto next = governor_.next_place(account_of(mailbox, protocol), now);
    return std::max(next - now, base::Duration(0));
}

}  // namespace mailbox
