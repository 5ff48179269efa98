// cycle_bench --smtp PORT --imap PORT --ca FILE --store PATH [--sequential] < accounts
//
// One warmup cycle: every sender writes to ten seed mailboxes, each seed mailbox is looked into
// once its mail is there, every mail is answered. As the product does it, or with --sequential one
// thing after the other over a connection of its own for each mail. Accounts: "sender|seed email
// password" lines, ten seeds a sender. Prints one line of JSON.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <stdexcept>

#include "bench/options.h"
#include "bench/stopwatch.h"
#include "mailbox/mailboxes.h"
#include "net/asio_dialer.h"
#include "warmup/warmup.h"

namespace bench {

namespace {

constexpr auto kPatience = std::chrono::minutes(10);
constexpr int kOpenings = 10;  // of each sender
constexpr auto kRole = store::Role::warmup;

// Texts come from the local grammar then: a cycle's time is what is measured, not a model's.
class NoModel : public llm::ChatModel {
  public:
    base::Task<base::Result<llm::Answer>> ask(llm::Question) override {
        co_return base::fail(base::ErrorCode::unsupported, "bench", "no model is configured");
    }
    bool configured() const override { return false; }
    std::string provider() const override { return "groq"; }
    std::string base_url() const override { return ""; }
};

std::vector<mailbox::NewMailbox> read_accounts(const Options& options) {
    std::vector<mailbox::NewMailbox> out;
    std::string role;
    std::string email;
    std::string password;
    while (std::cin >> role >> email >> password) {
        mailbox::NewMailbox added;
        added.email = base::Email::parse(email).value();
        added.role = role == "seed" ? mailbox::Role::seed : mailbox::Role::sender;
        added.name = fmt::format("Person {}", out.size());
        added.smtp_url = "smtps://127.0.0.1:" + options.text("--smtp");
        added.imap_url = "imaps://127.0.0.1:" + options.text("--imap");
        added.password = password;
        out.push_back(std::move(added));
    }
    return out;
}

// All that a cycle needs, from a new store on.
class Bench {
  public:
    explicit Bench(const Options& options)
        : dialer_(loop_, {options.text("--ca")}),
          vault_(random_.bytes(32)),
          mint_(vault_.derive("token")) {
        store::OpenOptions open;
        open.url = "sqlite:" + options.text("--store");
        open.create = true;
        db_ = store::open_database(open, loop_);
        settings_.token_header = "X-Qwertyui";
        settings_.sends_per_cycle = kOpenings;
        add_mailboxes(read_accounts(options));
    }

    int in_parallel() {
        warmup::Warmup warmup(context());
        const warmup::CycleResult result =
            base::run_to_end(loop_, warmup.run_bidirectional_warmup_cycle(kPatience));
        base::run_to_end(loop_, connector_.close_idle(loop_.in(kPatience)));
        return check(result.sent, result.placement.inbox, result.replies);
    }

    int one_after_the_other() {
        warmup::Warmup warmup(context());
        const auto texts = base::run_to_end(loop_, warmup.generate_warmup_templates(5));
        int sent = 0;
        int found = 0;
        for (std::size_t i = 0; i < seeds_.size(); ++i, ++sent)
            send(warmup.send_warmup_email(
                sender_of(i), seeds_[i].email, texts[i % texts.size()].subject, texts[i % 5].body
            ));
        for (const mailbox::Mailbox& seed : seeds_) found += look(warmup, seed);
        for (std::size_t i = 0; i < seeds_.size(); ++i)
            send(warmup.send_reply_email(
                seeds_[i].email, sender_of(i), id_to(seeds_[i]), texts[i % texts.size()].body
            ));
        return check(sent, found, sent);
    }

  private:
    // All accounts are at one host here: the pace of logins there would be all that is measured.
    static mailbox::ConnectorSettings connector_settings() {
        mailbox::ConnectorSettings settings;
        settings.governor.logins_per_minute = 1'000'000;
        return settings;
    }

    warmup::Context context() {
        return {*db_, connector_, model_, loop_, random_, vault_, mint_, settings_};
    }
    base::Email sender_of(std::size_t seed) const { return senders_[seed % senders_.size()].email; }

    void add_mailboxes(const std::vector<mailbox::NewMailbox>& accounts) {
        base::run_to_end(
            loop_,
            db_->run(
                store::Role::operator_,
                [this, &accounts](store::Connection& connection) {
                    for (const mailbox::NewMailbox& one : accounts)
                        mailbox::add(connection, one, vault_, random_, loop_.now()).value();
                }
            )
        );
        const auto listing =
            base::run_to_end(loop_, db_->read(kRole, [this](store::Connection& connection) {
                return mailbox::list(connection, vault_, base::TimeZone());
            }));
        for (const mailbox::Mailbox& one : listing.mailboxes)
            (one.role == mailbox::Role::sender ? senders_ : seeds_).push_back(one);
        if (seeds_.size() != senders_.size() * kOpenings)
            throw std::invalid_argument("ten seed mailboxes a sender are needed");
    }

    // One mail, one connection.
    void send(base::Task<base::Result<delivery::Report>> task) {
        const auto report = base::run_to_end(loop_, std::move(task));
        if (!report) throw std::runtime_error(report.error().describe());
        if (report->ending != delivery::Ending::accepted)
            throw std::runtime_error(report->error.describe());
        base::run_to_end(loop_, connector_.close_idle(loop_.in(kPatience)));
    }

    int look(warmup::Warmup& warmup, const mailbox::Mailbox& seed) {
        for (;;) {
            const inbound::PassResult pass = base::run_to_end(loop_, warmup.check_mailbox(seed));
            if (pass.error) throw std::runtime_error(pass.error->describe());
            if (pass.found > 0) return pass.found;
        }
    }

    base::MessageId id_to(const mailbox::Mailbox& seed) {
        const std::optional<std::string> id =
            base::run_to_end(loop_, db_->read(kRole, [&seed](store::Connection& connection) {
                return connection.text(
                    "SELECT message_id FROM emails_warmup WHERE to_mailbox_id = :id",
                    store::values(seed.id)
                );
            }));
        return base::MessageId::parse(id.value()).value();
    }

    int check(int sent, int found, int replies) const {
        const int wanted = static_cast<int>(seeds_.size());
        if (sent != wanted || found != wanted || replies != wanted)
            throw std::runtime_error(
                fmt::format("sent {}, found {}, replies {} of {}", sent, found, replies, wanted)
            );
        return wanted;
    }

    net::AsioLoop loop_;
    net::AsioDialer dialer_;
    base::SystemRandom random_;
    mailbox::Vault vault_;
    delivery::TokenMint mint_;
    NoModel model_;
    warmup::Settings settings_;
    mailbox::Connector connector_{dialer_, loop_, connector_settings()};
    std::unique_ptr<store::Database> db_;
    std::vector<mailbox::Mailbox> senders_;
    std::vector<mailbox::Mailbox> seeds_;
};

void run(std::span<char*> arguments) {
    const Options options(arguments, {"--smtp", "--imap", "--ca", "--store"}, {"--sequential"});
    Bench bench(options);
    Measured measured;
    const Stopwatch stopwatch;
    const int mails =
        options.flag("--sequential") ? bench.one_after_the_other() : bench.in_parallel();
    stopwatch.read_into(measured);
    fmt::print(
        "{{\"mails\": {}, \"seconds\": {:.3f}, \"cpu_seconds\": {:.3f}}}\n",
        mails,
        measured.seconds,
        measured.cpu_seconds
    );
}

}  // namespace

}  // namespace bench

int main(int count, char** words) {
    return bench::run_main("cycle_bench", count, words, bench::run);
}
