// imap_check --port PORT --ca FILE --store PATH --mails N < "login password" lines
//
// One check pass over all these mailboxes, as the product makes it: log in over TLS, list the
// folders, look into each watched one, read what is ours and mark it as read, log out. Each mailbox
// must show N messages that bear the token header. What is left out is what a side does with a
// message once it is read. Prints one line of JSON.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <stdexcept>

#include "bench/options.h"
#include "bench/stopwatch.h"
#include "inbound/watcher.h"
#include "mailbox/mailboxes.h"
#include "net/asio_dialer.h"

namespace bench {

namespace {

constexpr auto kPatience = std::chrono::minutes(5);
constexpr auto kTokenHeader = "X-Qwertyui";
constexpr std::size_t kMailboxesAtOnce = 32;  // as many as the peer has threads

// Takes every message with a token for its own, and reads it as every side does.
class TokenHandler : public inbound::Handler {
  public:
    store::Role role() const override { return store::Role::warmup; }

    base::Task<std::vector<inbound::Choice>> recognise(
        std::int64_t, std::vector<inbound::Candidate> candidates
    ) override {
        std::vector<inbound::Choice> choices;
        for (const inbound::Candidate& one : candidates)
            choices.push_back(
                one.token.empty() ? inbound::Choice()
                                  : inbound::Choice{inbound::Reading::full, ++rows_}
            );
        co_return choices;
    }

    base::Task<inbound::Handled> handle(inbound::Incoming incoming) override {
        text_bytes_ += incoming.message.text.size();
        co_return inbound::Handled{true, true};
    }

    std::size_t text_bytes() const { return text_bytes_; }

  private:
    std::int64_t rows_ = 0;
    std::size_t text_bytes_ = 0;
};

class Bench {
  public:
    explicit Bench(const Options& options)
        : dialer_(loop_, {options.text("--ca")}),
          connector_(dialer_, loop_, connector_settings()),
          mails_each_(options.number<int>("--mails")) {
        store::OpenOptions open;
        open.url = "sqlite:" + options.text("--store");
        open.create = true;
        db_ = store::open_database(open, loop_);
        add_mailboxes(options.number<std::uint16_t>("--port"));
    }

    // Messages found.
    int check_all() {
        std::vector<base::Task<>> lanes;
        for (std::size_t i = 0; i < kMailboxesAtOnce; ++i) lanes.push_back(check_some());
        base::run_to_end(loop_, base::when_all(std::move(lanes)));
        if (handler_.text_bytes() == 0) throw std::runtime_error("the messages have no text");
        return found_;
    }

    std::size_t mailboxes() const { return mailboxes_.size(); }

  private:
    // It is the clients that are compared, not how kindly they spread their logins.
    static mailbox::ConnectorSettings connector_settings() {
        mailbox::ConnectorSettings settings;
        settings.governor.logins_per_minute = 1'000'000;
        return settings;
    }

    void add_mailboxes(std::uint16_t port) {
        const mailbox::Vault vault(random_.bytes(32));
        std::vector<mailbox::NewMailbox> added;
        std::string login;
        std::string password;
        while (std::cin >> login >> password) {
            mailbox::NewMailbox one;
            one.email = base::Email::parse(login).value();
            one.role = mailbox::Role::seed;
            one.imap_url = fmt::format("imaps://127.0.0.1:{}", port);
            one.smtp_url = "smtps://127.0.0.1:1";  // nothing is sent
            one.password = password;
            added.push_back(std::move(one));
        }
        const auto add = [&](store::Connection& connection) {
            for (const mailbox::NewMailbox& one : added)
                mailbox::add(connection, one, vault, random_, loop_.now()).value();
        };
        base::run_to_end(loop_, db_->run(store::Role::operator_, add));
        const auto list = [&vault](store::Connection& connection) {
            return mailbox::list(connection, vault, base::TimeZone());
        };
        mailboxes_ = base::run_to_end(loop_, db_->read(store::Role::warmup, list)).mailboxes;
    }

    base::Task<> check_some() {
        while (next_ < mailboxes_.size()) {
            const std::size_t mine = next_++;
            co_await check(mailboxes_[mine]);
        }
    }

    base::Task<> check(mailbox::Mailbox mailbox) {
        const base::MonotonicTime deadline = loop_.in(kPatience);
        inbound::Watcher watcher(mailbox, connector_, *db_, loop_, {&handler_}, {kTokenHeader, {}});
        const inbound::PassResult pass = co_await watcher.pass(deadline);
        co_await watcher.close(deadline);
        if (pass.error) throw std::runtime_error(pass.error->describe());
        if (pass.found != mails_each_)
            throw std::runtime_error(fmt::format("{} found in a mailbox", pass.found));
        found_ += pass.found;
    }

    net::AsioLoop loop_;
    net::AsioDialer dialer_;
    base::SystemRandom random_;
    mailbox::Connector connector_;
    TokenHandler handler_;
    std::unique_ptr<store::Database> db_;
    std::vector<mailbox::Mailbox> mailboxes_;
    int mails_each_;
    std::size_t next_ = 0;
    int found_ = 0;
};

void run(std::span<char*> arguments) {
    const Options options(arguments, {"--port", "--ca", "--store", "--mails"});
    Bench bench(options);
    Measured measured;
    const Stopwatch stopwatch;
    const int mails = bench.check_all();
    stopwatch.read_into(measured);
    fmt::print(
        "{{\"mailboxes\": {}, \"mails\": {}, \"seconds\": {:.3f}, \"cpu_seconds\": {:.3f}}}\n",
        bench.mailboxes(),
        mails,
        measured.seconds,
        measured.cpu_seconds
    );
}

}  // namespace

}  // namespace bench

int main(int count, char** words) {
    return bench::run_main("imap_check", count, words, bench::run);
}
