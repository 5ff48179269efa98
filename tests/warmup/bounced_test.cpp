// Warmup mail that comes back as a delivery report, and mail in doubt that the Sent folder settles.
#include <fmt/format.h>

#include "tests/warmup/warmup_world.h"
#include "warmup/placement.h"

namespace {

using tests::EmailRow;
using tests::WarmupWorld;

std::string report_on(
    const EmailRow& mail,
    const std::string& message_id,
    const std::string& recipient,
    const std::string& action = "failed",
    const std::string& more = ""
) {
    return fmt::format(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: {0}\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <report{4}@mx.test>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        "Final-Recipient: rfc822; {1}\r\nAction: {3}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{2}>\r\nTo: {1}\r\n{5}"
        "--b--\r\n",
        mail.from_,
        recipient,
        message_id,
        action,
        mail.id,
        more
    );
}

// An opening that was accepted and is nowhere to be found.
EmailRow lost_opening(WarmupWorld& world) {
    world.send();
    return world.openings().at(0);
}

std::string outcome(WarmupWorld& world, std::int64_t id) {
    for (const EmailRow& row : world.emails())
        if (row.id == id) return row.outcome;
    return "none there";
}

std::string placement(WarmupWorld& world, std::int64_t id) {
    const base::Timestamp now = world.loop.now();
    return world.as(store::Role::operator_, [id, now](store::Connection& connection) {
        const auto mails = warmup::sent_between(
            connection, now - std::chrono::hours(24 * 40), now + std::chrono::hours(1)
        );
        for (const warmup::SentMail& mail : mails)
            if (mail.email_id == id) return std::string(warmup::placement_at(mail, now));
        return std::string("not sent");
    });
}

}  // namespace

TEST(WarmupBounces, ThatProveTheirMailGiveItThePlacementBounced) {
    for (const bool by_token : {false, true}) {
        WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
        const EmailRow mail = lost_opening(world);
        const std::string header = by_token ? "X-Abcdefgh: " + mail.token + "\r\n" : "";
        const std::string id = by_token ? "replaced@provider.test" : mail.message_id;
        world.world.deliver_from_outside(
            tests::address(mail.from_), report_on(mail, id, mail.to_, "failed", header), "INBOX"
        );
        world.look();
        EXPECT_EQ(outcome(world, mail.id), "bounced");
        const auto ledger = world.ledger_of(mail.id);
        EXPECT_TRUE(std::ranges::any_of(ledger, [](const std::string& line) {
            return line.starts_with("bounced: ");
        }));
    }
}

TEST(WarmupBounces, StandInThePlacementWhereTheMailWasNeverFound) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    const EmailRow mail = lost_opening(world);
    world.change("UPDATE emails_warmup SET outcome = 'bounced'");
    EXPECT_EQ(placement(world, mail.id), "bounced");
    world.pass(std::chrono::hours(30));
    EXPECT_EQ(placement(world, mail.id), "bounced");
    world.look();  // the seed mailbox has it after all: a sighting says more
    EXPECT_NE(placement(world, mail.id), "bounced");
}

TEST(WarmupBounces, ThatAreForgedOrOnlyDelayedChangeNothing) {
    WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 0});
    const EmailRow mail = lost_opening(world);
    const auto come = [&](const std::string& to, const std::string& raw) {
        world.world.deliver_from_outside(tests::address(to), raw, "INBOX");
        world.look();
        return outcome(world, mail.id);
    };
    EXPECT_NE(come(mail.from_, report_on(mail, "guess@co-one.test", mail.to_)), "bounced");
    EXPECT_NE(come(mail.from_, report_on(mail, mail.message_id, "other@x.test")), "bounced");
    EXPECT_NE(come(mail.from_, report_on(mail, mail.message_id, mail.to_, "delayed")), "bounced");
    const std::string other = world.senders[0] == mail.from_ ? world.senders[1] : world.senders[0];
    EXPECT_NE(come(other, report_on(mail, mail.message_id, mail.to_)), "bounced");
}

TEST(WarmupBounces, InSeedMailboxesAreNotRead) {
    WarmupWorld world({.senders = 1, .gmail = 0, .outlook = 1});
    const EmailRow mail = lost_opening(world);
    world.world.deliver_from_outside(
        tests::address(mail.to_), report_on(mail, "private@x.test", "friend@x.test"), "INBOX"
    );
    world.dialer.forget();
    // Nothing of ours has arrived yet: what would be read in full were the report.
    world.run(warmup::Warmup(world.context()).check_mailbox(world.mailbox(mail.to_)));
    EXPECT_EQ(world.dialer.written("imap.outlook").find("BODY.PEEK[]"), std::string::npos);
}

TEST(WarmupInDoubt, IsSettledByTheCopyThatTheProviderFiled) {
    WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 0});
    world.world.set_files_sent(tests::address(world.senders[0]), false);
    world.send();
    // What arrived is not looked for: only the senders' own folders tell.
    world.change("UPDATE emails_warmup SET status = 'in_doubt', sent_at = NULL");
    world.change("UPDATE mailboxes SET imap_url = 'imaps://imap.nowhere.test' WHERE role = 'seed'");
    world.look();
    for (const EmailRow& row : world.openings()) {
        const bool files = row.from_ == world.senders[1];
        EXPECT_EQ(row.status, files ? "accepted" : "in_doubt") << row.from_;
        if (files)
            EXPECT_EQ(
                row.server_reply.value_or(""), "no reply recorded; its copy lies in the Sent folder"
            );
    }
}
