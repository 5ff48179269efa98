// What the Sent folder teaches: provider's ids, mail in doubt, and what a person sends by hand.
#include <fmt/format.h>

#include "tests/returns/returns_world.h"

namespace {

using tests::raw_mail;
using tests::ReturnsWorld;
using tests::SentOut;

std::string copy_in_sent(const SentOut& mail, const std::string& message_id) {
    return fmt::format(
        "From: <{}>\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{}>\r\n"
        "List-Unsubscribe: <mailto:{}?subject=unsubscribe%20{}>\r\n\r\nHello\r\n",
        mail.from,
        mail.to,
        mail.subject,
        message_id,
        mail.from,
        mail.token
    );
}

std::string provider_id(ReturnsWorld& world) {
    return world.text(
        "SELECT COALESCE(provider_message_id, 'none') || ' ' || provider_id_proof "
        "FROM emails_campaign ORDER BY id"
    );
}

}  // namespace

TEST(SentFolder, ShowsTheIdThatTheProviderGaveOurMail) {
    ReturnsWorld world;
    world.world.set_files_sent(base::Email::parse("anna@co-one.test").value(), false);
    const SentOut mail = world.send(world.add_lead("bob@lead.test"));
    world.change(
        "UPDATE emails_campaign SET provider_message_id = 'hint@x', "
        "provider_id_proof = 'reply_250'"
    );
    world.comes_back(copy_in_sent(mail, "theirs@provider.test"), "Sent");
    EXPECT_EQ(world.look().human_mails, 0);
    EXPECT_EQ(provider_id(world), "theirs@provider.test sent_folder");
}

TEST(SentFolder, ThatWeFilledOurselvesTeachesNothing) {
    ReturnsWorld world;
    world.world.set_files_sent(base::Email::parse("anna@co-one.test").value(), false);
    const SentOut mail = world.send(world.add_lead("bob@lead.test"));
    world.change("UPDATE emails_campaign SET sent_copy = 'appended', status = 'in_doubt'");
    world.comes_back(copy_in_sent(mail, mail.message_id), "Sent");
    EXPECT_EQ(world.look().human_mails, 0);
    EXPECT_EQ(provider_id(world), "none ");
    EXPECT_EQ(world.text("SELECT status FROM emails_campaign ORDER BY id"), "in_doubt");
}

TEST(SentFolder, OfTheProviderSettlesWhatIsInDoubtEvenLater) {
    ReturnsWorld world;
    world.send(world.add_lead("bob@lead.test"));
    world.loop.advance(std::chrono::minutes(5));
    world.look();  // its copy is behind the cursor now
    world.change(
        "UPDATE emails_campaign SET status = 'in_doubt', sent_at = NULL, "
        "server_reply = NULL"
    );
    world.look();
    EXPECT_EQ(
        world.text("SELECT status || ': ' || server_reply FROM emails_campaign ORDER BY id"),
        "accepted: no reply recorded; its copy lies in the Sent folder"
    );
}

TEST(SentFolder, ThatIsEmptyProvesNothing) {
    ReturnsWorld world;
    world.world.set_files_sent(base::Email::parse("anna@co-one.test").value(), false);
    world.send(world.add_lead("bob@lead.test"));
    world.change("UPDATE emails_campaign SET status = 'in_doubt', sent_at = NULL");
    world.look();
    EXPECT_EQ(world.text("SELECT status FROM emails_campaign ORDER BY id"), "in_doubt");
}

TEST(SentFolder, CountsThePersonsMailByHourAndOnce) {
    ReturnsWorld world;
    world.send(world.add_lead("bob@lead.test"));  // its provider files a copy: ours
    world.loop.advance(std::chrono::minutes(90));
    const std::string warm = world.mint.mint(delivery::Side::warmup, "abcdefghij012345");
    for (int i = 0; i < 3; ++i)
        world.comes_back(
            raw_mail({"anna@co-one.test", "By hand", "Hi", {}, {}, {}}, "x@y.test"), "Sent"
        );
    world.comes_back(
        raw_mail(
            {"anna@co-one.test", "Warm", "Hi", {}, {}, "X-Abcdefgh: " + warm + "\r\n"}, "x@y.test"
        ),
        "Sent"
    );
    EXPECT_EQ(world.look().human_mails, 3);
    EXPECT_EQ(world.look().human_mails, 0);
    world.change("DELETE FROM imap_cursors");
    EXPECT_EQ(world.look().human_mails, 0);
    // All of it was dated 09:00.
    EXPECT_EQ(world.count("SELECT SUM(count) FROM mailbox_human_mail"), 3);
    EXPECT_EQ(
        world.count("SELECT hour FROM mailbox_human_mail ORDER BY hour"), 1'780'304'400 / 3600
    );
    // Renumbered, the folder is counted anew.
    world.change("UPDATE inbound_seen SET uidvalidity = uidvalidity + 1");
    world.change("UPDATE imap_cursors SET uidvalidity = uidvalidity + 1");
    EXPECT_EQ(world.look().human_mails, 3);
    EXPECT_EQ(world.count("SELECT SUM(count) FROM mailbox_human_mail"), 3);
}

// A lead's machine answers within seconds: what the copy in Sent teaches is known before the answer
// is judged, though both are new in one look.
TEST(SentFolder, IsReadBeforeTheAnswersThatNameItsIds) {
    ReturnsWorld world;
    world.world.set_files_sent(base::Email::parse("anna@co-one.test").value(), false);
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    world.comes_back(copy_in_sent(mail, "theirs@provider.test"), "Sent");
    world.comes_back(raw_mail(
        {"desk@helpdesk.test",
         "Ticket 4711 was opened",
         "We will be back.",
         {},
         "theirs@provider.test",
         "Auto-Submitted: auto-replied\r\n"},
        mail.from
    ));
    EXPECT_EQ(world.look().auto_replies, 1);
    ASSERT_EQ(world.replies().size(), 1U);
    EXPECT_EQ(world.replies()[0].matched_by, "provider_id");
    EXPECT_EQ(world.replies()[0].confidence, 95);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE wait_until IS NOT NULL"), 1);
}

TEST(SentFolder, OfGmailGivesTheThread) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    world.send(lead, "gus@gmail-like.test");
    world.loop.advance(std::chrono::minutes(5));
    world.look();
    EXPECT_NE(world.text("SELECT provider_thread_id FROM emails_campaign ORDER BY id"), "");
}
