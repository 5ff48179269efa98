// Delivery over the sandbox's servers: every ending, and that nothing is ever accepted twice.
#include "delivery/delivery.h"

#include "mailbox/usage.h"
#include "mime/compose.h"
#include "tests/support/scripted_dialer.h"
#include "tests/warmup/warmup_world.h"

namespace {

using delivery::Ending;
using delivery::Report;
using sandbox::Fault;

constexpr auto kSide = delivery::Side::warmup;

// A server that takes the envelope and goes.
base::Task<> hang_up_at_data(std::unique_ptr<net::Stream> stream) {
    support::Peer peer(std::move(stream));
    co_await peer.say("220 drops.test\r\n");
    while (true) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line || line->starts_with("DATA")) break;
        std::string answer = "250 OK\r\n";
        if (line->starts_with("EHLO")) answer = "250-drops.test\r\n250 AUTH PLAIN\r\n";
        co_await peer.say(std::move(answer));
    }
    peer.close();
}

class DeliveryWorld : public testing::Test {
  protected:
    DeliveryWorld() : world({.senders = 2, .gmail = 1, .outlook = 0}) {}

    std::int64_t prepare(const std::string& from, const std::string& to) {
        const mailbox::Mailbox sender = world.mailbox(from);
        mime::Outgoing message;
        message.from = {sender.name, sender.email};
        message.to = {"", tests::address(to)};
        message.subject = "A note";
        message.text = "Hello,\n.\n..two dots\nhow are you?";
        message.message_id = base::MessageId::generate("co-one.test", world.random);
        message.date = world.loop.now();
        delivery::NewEmail email;
        email.email_type = "warmup_bidirectional";
        email.from = sender.email;
        email.to = message.to.email;
        email.from_mailbox_id = sender.id;
        email.subject = message.subject;
        email.message_id = message.message_id;
        email.send_key = "warmup:0:" + message.message_id.str();
        email.token = world.mint.mint(kSide, world.random.alphanumeric(16));
        email.raw = mime::compose(message, world.random).value();
        email.own_columns = {{"to_mailbox_id", store::to_value(world.mailbox(world.seeds[0]).id)}};
        return world.as(store::Role::warmup, [&](store::Connection& connection) {
            return delivery::prepare(connection, kSide, email, world.loop.now());
        });
    }
    std::int64_t prepare() { return prepare(world.senders[0], world.seeds[0]); }

    Report send(std::int64_t id, delivery::Delivery::Precondition precondition = {}) {
        delivery::Delivery delivery(world.store, world.connector, world.loop, kSide);
        const std::string from = row(id).from_;
        const base::MonotonicTime deadline = world.loop.in(std::chrono::seconds(90));
        return world.run(delivery.send(id, world.mailbox(from), std::move(precondition), deadline));
    }
    void hang_up() {
        const base::MonotonicTime deadline = world.loop.in(std::chrono::seconds(10));
        world.run(world.connector.close_idle(deadline));
    }
    tests::EmailRow row(std::int64_t id) {
        for (const tests::EmailRow& one : world.emails())
            if (one.id == id) return one;
        base::check_failed("the row is there", __FILE__, __LINE__);
    }
    std::int64_t used(std::int64_t mailbox_id) {
        return world.as(store::Role::warmup, [&](store::Connection& connection) {
            return mailbox::sent_in_last_day(connection, mailbox_id, world.loop.now());
        });
    }
    void fault(const Fault& fault) {
        world.world.set_fault(tests::address(world.senders[0]), fault);
    }
    std::size_t delivered() const { return world.world.delivered().size(); }

    tests::WarmupWorld world;
};

}  // namespace

TEST_F(DeliveryWorld, AcceptedMeansDeliveredOnceAndCounted) {
    const std::int64_t id = prepare();
    const std::string raw = row(id).raw.value();
    const Report report = send(id);
    EXPECT_EQ(report.ending, Ending::accepted);
    EXPECT_EQ(report.email_id, id);
    EXPECT_TRUE(report.server_reply.starts_with("250")) << report.server_reply;
    ASSERT_EQ(delivered(), 1U);
    EXPECT_EQ(world.world.delivered()[0].raw, raw);
    EXPECT_EQ(row(id).status, "accepted");
    EXPECT_EQ(row(id).server_reply, report.server_reply);
    EXPECT_EQ(used(world.mailbox(world.senders[0]).id), 1);
    EXPECT_EQ(
        world.ledger_of(id), std::vector<std::string>{"accepted: the server accepted the message"}
    );
}

TEST_F(DeliveryWorld, WhatIsNotPreparedIsNeverSent) {
    const std::int64_t id = prepare();
    send(id);
    EXPECT_EQ(send(id).ending, Ending::not_sent);
    EXPECT_EQ(send(id).error.code, base::ErrorCode::conflict);
    EXPECT_EQ(delivered(), 1U);
    EXPECT_EQ(row(id).status, "accepted");
    EXPECT_EQ(row(id).attempts, 0);
}

TEST_F(DeliveryWorld, AnUnknownRecipientIsRefusedForGood) {
    const std::int64_t id = prepare(world.senders[0], "nobody@gmail-like.test");
    const Report report = send(id);
    EXPECT_EQ(report.ending, Ending::refused);
    EXPECT_EQ(report.error.reply_code, 550);
    EXPECT_EQ(report.error.enhanced, "5.1.1");
    EXPECT_EQ(row(id).status, "refused");
    EXPECT_TRUE(row(id).server_reply->starts_with("550 5.1.1")) << *row(id).server_reply;
    EXPECT_EQ(used(world.mailbox(world.senders[0]).id), 0);
    EXPECT_EQ(world.ledger_of(id).size(), 1U);
    // The session goes on with the next message.
    EXPECT_EQ(send(prepare()).ending, Ending::accepted);
    EXPECT_EQ(world.dialer.dials(sandbox::smtp_endpoint("zoho").host), 1);
}

TEST_F(DeliveryWorld, TroubleWithTheAccountLeavesTheMessagePrepared) {
    // The mailbox logs in as one address and the row says another: 553 5.7.1 to MAIL.
    const std::int64_t id = prepare();
    world.change("UPDATE emails_warmup SET \"from\" = 'other@co-one.test'");
    delivery::Delivery delivery(world.store, world.connector, world.loop, kSide);
    const base::MonotonicTime deadline = world.loop.in(std::chrono::seconds(90));
    const Report report =
        world.run(delivery.send(id, world.mailbox(world.senders[0]), {}, deadline));
    EXPECT_EQ(report.error.reply_code, 553);
    EXPECT_EQ(report.ending, Ending::not_sent);
    EXPECT_EQ(row(id).status, "prepared");
    EXPECT_EQ(row(id).attempts, 1);
}

TEST_F(DeliveryWorld, GreylistedIsSentTheNextTimeWithTheSameBytes) {
    const std::int64_t id = prepare();
    const tests::EmailRow before = row(id);
    fault({.greylist_once = true});
    const Report report = send(id);
    EXPECT_EQ(report.ending, Ending::not_sent);
    EXPECT_EQ(report.error.reply_code, 451);
    EXPECT_EQ(row(id).status, "prepared");
    EXPECT_EQ(row(id).raw, before.raw);
    EXPECT_EQ(row(id).attempts, 1);
    EXPECT_EQ(delivered(), 0U);
    EXPECT_EQ(send(id).ending, Ending::accepted);
    ASSERT_EQ(delivered(), 1U);
    EXPECT_EQ(world.world.delivered()[0].message_id, before.message_id);
    EXPECT_EQ(world.ledger_of(id).size(), 2U);
}

TEST_F(DeliveryWorld, ADropBeforeTheTextIsNotSentAndMayBeSentAgain) {
    const std::int64_t id = prepare();
    support::ScriptedDialer dialer(world.loop, world.loop);
    mailbox::Mailbox from = world.mailbox(world.senders[0]);
    from.smtp = {"smtp.drops.test", 465, net::Tls::implicit};
    dialer.serve(from.smtp, hang_up_at_data);
    mailbox::Connector connector(dialer, world.loop, {});
    delivery::Delivery delivery(world.store, connector, world.loop, kSide);
    const base::MonotonicTime deadline = world.loop.in(std::chrono::seconds(90));
    const Report report = world.run(delivery.send(id, from, {}, deadline));
    EXPECT_EQ(report.ending, Ending::not_sent);
    EXPECT_EQ(report.error.code, base::ErrorCode::closed);
    EXPECT_EQ(row(id).status, "prepared");
    EXPECT_EQ(row(id).attempts, 1);
    EXPECT_EQ(send(id).ending, Ending::accepted);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST_F(DeliveryWorld, ADropUnseenBeforeTheDotIsInDoubtThoughNothingArrives) {
    // The server hangs up while it reads the text, and our dot runs after it: not provable.
    const std::int64_t id = prepare();
    fault({.drop_before_dot = 1});
    EXPECT_EQ(send(id).ending, Ending::in_doubt);
    EXPECT_EQ(row(id).status, "in_doubt");
    EXPECT_EQ(send(id).ending, Ending::not_sent);
    EXPECT_EQ(delivered(), 0U);
}

TEST_F(DeliveryWorld, ADropAfterTheDotIsInDoubtAndNeverSentAgain) {
    const std::int64_t id = prepare();
    fault({.drop_after_dot = 1});
    EXPECT_EQ(send(id).ending, Ending::in_doubt);
    EXPECT_EQ(row(id).status, "in_doubt");
    EXPECT_EQ(delivered(), 1U);
    EXPECT_EQ(send(id).ending, Ending::not_sent);
    EXPECT_EQ(delivered(), 1U);
    EXPECT_EQ(row(id).status, "in_doubt");
    EXPECT_EQ(world.ledger_of(id).size(), 1U);
}

TEST_F(DeliveryWorld, APreconditionThatRefusesKeepsTheDotBack) {
    const std::int64_t id = prepare();
    const Report report = send(id, [](store::Connection&) -> base::Result<> {
        return base::fail(base::ErrorCode::conflict, "test", "not any more");
    });
    EXPECT_EQ(report.ending, Ending::not_sent);
    EXPECT_EQ(report.error.message, "not any more");
    EXPECT_EQ(delivered(), 0U);
    EXPECT_EQ(row(id).status, "prepared");
    EXPECT_EQ(row(id).error_message->find("not any more") == std::string::npos, false);
    EXPECT_EQ(send(id).ending, Ending::accepted);
}

TEST_F(DeliveryWorld, ThePreconditionSeesTheRowBeforeItsIntent) {
    const std::int64_t id = prepare();
    std::string status;
    send(id, [&](store::Connection& connection) -> base::Result<> {
        status = delivery::find(connection, kSide, id)->status;
        return {};
    });
    EXPECT_EQ(status, "prepared");
}

TEST_F(DeliveryWorld, ARefusedLoginStopsThatMailboxOnly) {
    const std::int64_t first = prepare();
    const std::int64_t second = prepare();
    const std::int64_t other = prepare(world.senders[1], world.seeds[0]);
    fault({.refuse_login = true});
    const Report report = send(first);
    EXPECT_EQ(report.ending, Ending::not_sent);
    EXPECT_EQ(report.error.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(report.error.server_words, "Authentication Failed");
    EXPECT_EQ(row(first).status, "prepared");
    // After one 535 the account is not hammered.
    EXPECT_EQ(send(second).error.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(world.dialer.dials(sandbox::smtp_endpoint("zoho").host), 1);
    EXPECT_EQ(send(other).ending, Ending::accepted);
}

TEST_F(DeliveryWorld, AHangEndsAtTheDeadline) {
    const std::int64_t id = prepare();
    fault({.hang = true});
    const base::MonotonicTime begun = world.loop.monotonic();
    const Report report = send(id);
    EXPECT_EQ(report.ending, Ending::not_sent);
    EXPECT_EQ(report.error.code, base::ErrorCode::timed_out);
    EXPECT_LE(world.loop.monotonic() - begun, std::chrono::seconds(91));
    EXPECT_EQ(row(id).status, "prepared");
}

TEST_F(DeliveryWorld, AnIntentWithoutAnEndIsInDoubtAfterTheRestart) {
    const std::int64_t id = prepare();
    const std::int64_t untouched = prepare();
    // find, intent, then the store is gone: the result is not recorded.
    world.store.lose(3);
    EXPECT_THROW(send(id), store::StoreError);
    EXPECT_EQ(delivered(), 1U);
    EXPECT_EQ(row(id).status, "intent");
    world.store.lose(0);
    hang_up();
    delivery::Delivery delivery(world.store, world.connector, world.loop, kSide);
    EXPECT_EQ(world.run(delivery.recover()), 1);
    EXPECT_EQ(world.run(delivery.recover()), 0);
    EXPECT_EQ(row(id).status, "in_doubt");
    EXPECT_EQ(row(untouched).status, "prepared");
    EXPECT_EQ(send(id).ending, Ending::not_sent);
    EXPECT_EQ(delivered(), 1U);
}

TEST_F(DeliveryWorld, AStoreThatIsLostAtTheIntentKeepsTheDotBack) {
    const std::int64_t id = prepare();
    for (const tests::Loss loss : {tests::Loss::before, tests::Loss::after_commit}) {
        world.store.lose(2, loss);
        EXPECT_THROW(send(id), store::StoreError);
        world.store.lose(0);
        EXPECT_EQ(delivered(), 0U);
    }
}

namespace {

struct NamedFault {
    const char* name;
    Fault fault;
};

const NamedFault kFaults[] = {
    {"none", {}},
    {"refuse_login", {.refuse_login = true}},
    {"hang", {.hang = true}},
    {"greylist_once", {.greylist_once = true}},
    {"drop_before_dot", {.drop_before_dot = 1}},
    {"drop_before_dot, three times", {.drop_before_dot = 3}},
    {"drop_after_dot", {.drop_after_dot = 1}},
    {"drop_after_dot, twice", {.drop_after_dot = 2}},
};

class EveryFault : public DeliveryWorld {
  protected:
    // Sends what is prepared, three times over, as runs one after the other would.
    void send_the_rest() {
        for (int round = 0; round < 3; ++round) {
            world.connector.forget(world.mailbox(world.senders[0]).id);
            hang_up();
            for (const tests::EmailRow& one : world.emails())
                if (one.status == "prepared") send(one.id);
        }
    }
};

}  // namespace

TEST_F(EveryFault, AtAnyMailNeverDoublesOrLosesOne) {
    constexpr int kMails = 4;
    for (const auto& [name, bad] : kFaults) {
        for (int position = 0; position < kMails; ++position) {
            for (const bool fresh_session : {false, true}) {
                SCOPED_TRACE(std::string(name) + " at mail " + std::to_string(position));
                std::vector<std::int64_t> ids;
                for (int i = 0; i < kMails; ++i) ids.push_back(prepare());
                for (int i = 0; i < kMails; ++i) {
                    if (i == position && fresh_session) hang_up();
                    if (i == position) fault(bad);
                    send(ids[static_cast<std::size_t>(i)]);
                }
                fault({});
                send_the_rest();
                ASSERT_EQ(world.broken_promise(), "");
                for (const std::int64_t id : ids)
                    EXPECT_TRUE(row(id).status == "accepted" || row(id).status == "in_doubt")
                        << row(id).status;
            }
        }
    }
}

TEST_F(EveryFault, OfAWholeProviderLosesNothing) {
    for (const sandbox::ServerFault bad :
         {sandbox::ServerFault{.refuse_connections = true},
          sandbox::ServerFault{.hang_after_greeting = true}}) {
        const std::int64_t id = prepare();
        hang_up();
        world.world.set_fault("zoho", bad);
        EXPECT_EQ(send(id).ending, Ending::not_sent);
        EXPECT_EQ(row(id).status, "prepared");
        world.world.set_fault("zoho", sandbox::ServerFault{});
        EXPECT_EQ(send(id).ending, Ending::accepted);
    }
    EXPECT_EQ(world.broken_promise(), "");
}
