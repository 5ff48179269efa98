// Every refusal at every phase (threats.md row 28): what becomes of the message and of its mailbox,
// in the store, from a server that says just that.
#include "delivery/delivery.h"
#include "tests/support/scripted_dialer.h"
#include "tests/warmup/warmup_world.h"

namespace {

using namespace std::chrono_literals;

constexpr auto kSide = delivery::Side::warmup;
const net::Endpoint kServer{"smtp.says-no.test", 465, net::Tls::implicit};

// Says `refusal` at `phase`, and what it should everywhere else.
base::Task<> refuse_at(
    std::unique_ptr<net::Stream> stream, std::string phase, std::string refusal
) {
    support::Peer peer(std::move(stream));
    const auto answer = [&](std::string_view now, std::string usual) {
        return now == phase ? refusal + "\r\n" : std::move(usual);
    };
    co_await peer.say(answer("connect", "220 smtp.says-no.test\r\n"));
    while (true) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line) co_return;
        std::string said = "250 2.0.0 ok\r\n";
        if (line->starts_with("EHLO"))
            said = answer("ehlo", "250-smtp.says-no.test\r\n250 AUTH PLAIN\r\n");
        if (line->starts_with("AUTH")) said = answer("auth", "235 2.7.0 welcome\r\n");
        if (line->starts_with("MAIL")) said = answer("mail", said);
        if (line->starts_with("RCPT")) said = answer("rcpt", said);
        if (line->starts_with("QUIT")) said = "221 2.0.0 bye\r\n";
        if (line->starts_with("DATA")) said = answer("data", "354 go on\r\n");
        const bool text_follows = said.starts_with("354");
        co_await peer.say(std::move(said));
        if (!text_follows) continue;
        while (true) {
            const std::optional<std::string> text = co_await peer.line();
            if (!text) co_return;
            if (*text == ".") break;
        }
        std::string last = answer("dot", "250 2.0.0 taken\r\n");
        co_await peer.say(std::move(last));
    }
}

class RefusalTest : public testing::Test {
  protected:
    struct Outcome {
        delivery::Report report;
        tests::EmailRow row;
        mailbox::Mailbox sender;
        std::size_t dials = 0;
    };
    Outcome send(const std::string& phase, const std::string& refusal) {
        world.change(
            "UPDATE mailboxes SET status = 'active', status_reason = '', paused_by = '', "
            "paused_until = NULL"
        );
        support::ScriptedDialer dialer(world.loop, world.loop);
        dialer.serve(kServer, [&](std::unique_ptr<net::Stream> stream) {
            return refuse_at(std::move(stream), phase, refusal);
        });
        mailbox::Connector connector(dialer, world.loop, {});
        connector.persist_pauses(*world.db);
        delivery::Delivery delivery(world.store, connector, world.loop, kSide);
        mailbox::Mailbox from = world.mailbox(world.senders[0]);
        from.smtp = kServer;
        from.provider = "gmail";
        const std::int64_t id = prepare(from);
        const base::MonotonicTime deadline = world.loop.in(90s);
        Outcome out;
        out.report = world.run(delivery.send(id, from, {}, deadline));
        const base::MonotonicTime soon = world.loop.in(10s);
        world.run(connector.close_idle(soon));
        for (const tests::EmailRow& one : world.emails())
            if (one.id == id) out.row = one;
        out.sender = world.mailbox(world.senders[0]);
        out.dials = dialer.dialed().size();
        EXPECT_TRUE(dialer.problems().empty());
        return out;
    }
    std::int64_t prepare(const mailbox::Mailbox& from) {
        delivery::NewEmail email;
        email.email_type = "warmup_bidirectional";
        email.from = from.email;
        email.to = tests::address(world.seeds[0]);
        email.from_mailbox_id = from.id;
        email.subject = "A note";
        email.message_id = base::MessageId::generate("co-one.test", world.random);
        email.send_key = "warmup:0:" + email.message_id.str();
        email.token = world.mint.mint(kSide, world.random.alphanumeric(16));
        email.raw = fmt::format(
            "From: <{}>\r\nTo: <{}>\r\nSubject: A note\r\nMessage-ID: {}\r\n\r\nHello\r\n",
            email.from.str(),
            email.to.str(),
            email.message_id.bracketed()
        );
        email.own_columns = {{"to_mailbox_id", store::to_value(world.mailbox(world.seeds[0]).id)}};
        return world.as(store::Role::warmup, [&](store::Connection& connection) {
            return delivery::prepare(connection, kSide, email, world.loop.now());
        });
    }
    // One letter: R again later, P mailbox paused for a time, O until its owner acts, F given up.
    static char letter(const Outcome& out) {
        const bool paused = out.sender.status == mailbox::Status::paused;
        if (out.row.status == "refused") return paused ? '?' : 'F';
        if (out.row.status != "prepared") return '?';
        if (paused) return out.sender.paused_until ? 'P' : 'O';
        return out.row.not_before ? 'R' : '?';
    }

    tests::WarmupWorld world{{.senders = 1, .gmail = 1, .outlook = 0}};
};

const std::vector<std::string> kPhases = {"connect", "ehlo", "auth", "mail", "rcpt", "data", "dot"};

}  // namespace

TEST_F(RefusalTest, EachCodeAtEachPhaseHasItsConsequence) {
    struct Case {
        const char* refusal;
        const char* letters;  // one for each phase
    };
    for (const Case& one : std::vector<Case>{
             {"421 4.7.0 Try again later, closing connection.", "RRRRRRR"},
             {"450 4.2.1 The account is receiving mail too quickly.", "RRRRRRR"},
             {"451 4.3.0 Mail server temporarily rejected message.", "RRRRRRR"},
             {"452 4.5.3 Your message has too many recipients.", "RRRRRRR"},
             {"454 4.7.0 Too many login attempts, please try again later.", "RRRRRRR"},
             {"421 4.7.0 Too many concurrent SMTP connections", "RRRRRRR"},
             {"550 5.4.5 Daily user sending limit exceeded.", "PPPPPPP"},
             {"550 5.7.1 Message refused by policy", "RROPPPP"},
             {"550 5.1.1 The email account that you tried to reach does not exist.", "RROPFFF"},
             {"550 5.1.8 Access denied, bad outbound sender.", "OOOOOOO"},
             {"550 5.7.501 Access denied, spam abuse detected", "OOOOOOO"},
             {"552 5.3.4 Message size exceeds fixed limit", "RROFFFF"},
             {"554 Transaction failed", "RROPFFF"},
         }) {
        for (std::size_t i = 0; i < kPhases.size(); ++i) {
            SCOPED_TRACE(std::string(one.refusal) + " at " + kPhases[i]);
            const Outcome out = send(kPhases[i], one.refusal);
            EXPECT_EQ(std::string(1, letter(out)), std::string(1, one.letters[i]));
            EXPECT_EQ(out.report.ending == delivery::Ending::refused, one.letters[i] == 'F');
            EXPECT_EQ(out.dials, 1U);
            const bool bounce = out.report.verdict.blame == mailbox::Blame::recipient;
            if (kPhases[i] != "rcpt") EXPECT_FALSE(bounce);
            // What is not given up keeps its bytes; nothing is ever lost or counted as sent.
            EXPECT_EQ(out.row.raw.has_value(), out.row.status == "prepared");
            EXPECT_FALSE(out.row.sent_at);
            const std::string code = std::string(one.refusal).substr(0, 3);
            if (out.sender.status == mailbox::Status::paused)
                EXPECT_NE(out.sender.status_reason.find(code), std::string::npos);
        }
    }
}

TEST_F(RefusalTest, WaitsAsLongAsItWasTold) {
    const auto wait = [&](const std::string& refusal) {
        const Outcome out = send("dot", refusal);
        return *out.row.not_before - world.loop.now();
    };
    EXPECT_GE(wait("451 4.7.1 Busy, try again in 50 minutes"), 50min);
    EXPECT_LE(wait("451 4.7.1 Busy, try again in 50 minutes"), 63min);
    EXPECT_GE(wait("451 4.7.1 Busy"), 14min);
    EXPECT_LE(wait("451 4.7.1 Busy"), 23min);
    // A quota opens again within a day (rolling), for the message as for its mailbox.
    const Outcome quota = send("rcpt", "550 5.4.5 Daily user sending limit exceeded.");
    EXPECT_EQ(*quota.row.not_before, *quota.sender.paused_until);
    EXPECT_GE(*quota.sender.paused_until, world.loop.now() + 23h);
    EXPECT_LE(*quota.sender.paused_until, world.loop.now() + 24h);
}

TEST_F(RefusalTest, ABlockedAccountIsPausedToldAndAfterwardsSendsWhatWaited) {
    const Outcome out = send("dot", "550 5.4.5 Daily user sending limit exceeded.");
    EXPECT_TRUE(out.report.mailbox_paused);
    EXPECT_EQ(world.warnings("mailbox 1 is paused: Gmail's daily sending limit"), 1);
    const std::vector<std::string> told = world.ledger_of(out.row.id);
    ASSERT_FALSE(told.empty());
    EXPECT_NE(told.back().find("its mailbox is paused; put off until"), std::string::npos)
        << told.back();
    // Its one sender rests, so the next cycle has nothing to do; the message waits on.
    const warmup::CycleResult idle = world.cycle();
    EXPECT_EQ(idle.mailboxes_paused, 1);
    EXPECT_NE(idle.note.find("pilotlight mailbox list"), std::string::npos) << idle.note;
    EXPECT_EQ(world.emails().at(0).status, "prepared");
    world.pass(25h);
    const warmup::CycleResult after = world.cycle();
    EXPECT_EQ(after.sent, 2);  // what waited, and the cycle's own
    EXPECT_EQ(world.mailbox(world.senders[0]).status, mailbox::Status::active);
    EXPECT_EQ(
        world.count(
            "SELECT COUNT(*) FROM ledger WHERE subject_kind = 'mailbox' AND decision = 'resumed'"
        ),
        1
    );
}
