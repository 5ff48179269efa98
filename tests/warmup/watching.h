// A mailbox of the sandbox that is watched, with a handler that keeps what it is given.
#pragma once
#include "base/text.h"
#include "inbound/watcher.h"
#include "sandbox/world.h"
#include "tests/support/scripted_dialer.h"
#include "tests/warmup/notes_handler.h"
#include "tests/warmup/recording_dialer.h"

namespace tests {

inline constexpr base::Timestamp kWatchStart{1'780'300'800'000'000};  // 2026-06-01T08:00:00Z

class Watching : public testing::Test {
  protected:
    Watching() : db_(open_in_memory(loop_)) {
        account("seed@gmail-like.test", "gmail");
        account("seed@outlook-like.test", "outlook");
        use("seed@gmail-like.test", "gmail");
    }
    void account(const std::string& email, const std::string& provider) {
        world_.add_account(
            {base::Email::parse(email).value(), "secret", provider, kWatchStart, "en"}
        );
    }
    // The mailbox that is watched from here on, by a fresh watcher.
    void use(const std::string& email, const std::string& provider) {
        mailbox_.id = 7;
        mailbox_.email = base::Email::parse(email).value();
        mailbox_.login = email;
        mailbox_.password = "secret";
        mailbox_.provider = provider;
        mailbox_.imap = sandbox::imap_endpoint(provider);
        fresh_watcher(dialer_);
    }
    void fresh_watcher(net::Dialer& dialer) {
        connector_ =
            std::make_unique<mailbox::Connector>(dialer, loop_, mailbox::ConnectorSettings{});
        watcher_ = std::make_unique<inbound::Watcher>(
            mailbox_,
            *connector_,
            *db_,
            loop_,
            std::vector<inbound::Handler*>{&notes_},
            inbound::WatchSettings{"X-Abcdefgh", {"Spam", "Junk Email"}}
        );
    }
    void deliver(const std::string& message_id, const std::string& folder, bool ours = true) {
        world_.deliver_from_outside(mailbox_.email, small_mail(message_id), folder);
        if (ours) notes_.ours[message_id] = static_cast<std::int64_t>(notes_.ours.size()) + 1;
    }
    inbound::PassResult pass() {
        const base::MonotonicTime deadline = loop_.in(std::chrono::seconds(90));
        return base::run_to_end(loop_, watcher_->pass(deadline));
    }
    std::vector<std::string> flags_of(const std::string& message_id) const {
        for (const sandbox::StoredMessage& one : world_.messages(mailbox_.email))
            if (one.message_id == message_id) return one.flags;
        return {"not there"};
    }
    std::int64_t cursor(const std::string& folder) {
        const auto read = [folder](store::Connection& connection) {
            return connection.integer(
                "SELECT last_uid FROM imap_cursors WHERE folder = :folder ORDER BY folder",
                store::values(folder)
            );
        };
        return base::run_to_end(loop_, db_->read(store::Role::warmup, read));
    }
    void change(const std::string& sql) {
        base::run_to_end(loop_, db_->run(store::Role::owner, [sql](store::Connection& connection) {
            connection.execute(sql);
        }));
    }
    // Another client of the mailbox deletes a message for good.
    void expunge(const std::string& folder, std::uint32_t uid) {
        base::run_to_end(loop_, expunge_by_hand(world_.dialer(), loop_, mailbox_, folder, uid));
    }
    static base::Task<> expunge_by_hand(
        net::Dialer& dialer,
        base::Clock& clock,
        mailbox::Mailbox of,
        std::string folder,
        std::uint32_t uid
    ) {
        const base::MonotonicTime deadline = clock.in(std::chrono::seconds(10));
        auto stream = co_await dialer.dial(of.imap, deadline);
        support::Peer peer(std::move(*stream));
        const std::vector<std::string> commands = {
            "a LOGIN " + of.login + " " + *of.password,
            "b SELECT \"" + folder + "\"",
            "c UID STORE " + std::to_string(uid) + " +FLAGS (\\Deleted)",
            "d EXPUNGE",
            "e LOGOUT",
        };
        const std::string all = base::join(commands, "\r\n") + "\r\n";
        co_await peer.say(all);
        const std::string answers = co_await peer.rest();
        CHECK(answers.find("d OK") != std::string::npos);
    }

    sandbox::VirtualLoop loop_{kWatchStart};
    sandbox::World world_{{1, "kind", kWatchStart}, loop_};
    RecordingDialer dialer_{world_.dialer()};
    std::unique_ptr<store::Database> db_;
    mailbox::Mailbox mailbox_;
    NotesHandler notes_;
    std::unique_ptr<mailbox::Connector> connector_;
    std::unique_ptr<inbound::Watcher> watcher_;
};

}  // namespace tests
