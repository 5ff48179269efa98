// Handled warmup mail: when it is filed, what is never touched, and what is taken out of spam.
#include "tests/warmup/other_client.h"
#include "tests/warmup/warmup_world.h"

namespace {

using sandbox::StoredMessage;
using std::chrono::hours;
using std::chrono::minutes;
using tests::Deed;
using tests::EmailRow;
using tests::WarmupWorld;

// Where a message lies in an account, folder by folder, with its flags.
std::vector<std::string> places(
    const WarmupWorld& world, const std::string& account, const std::string& message_id
) {
    std::vector<std::string> found;
    for (const StoredMessage& mail : world.world.messages(tests::address(account))) {
        if (mail.message_id != message_id) continue;
        std::string line = mail.folder;
        for (const std::string& flag : mail.flags) line += " " + flag;
        found.push_back(line);
    }
    return found;
}

using Places = std::vector<std::string>;

// One opening and its reply, both found.
struct Exchange {
    explicit Exchange(WarmupWorld& world) {
        world.cycle();
        world.pass(minutes(20));
        world.look();
        opening = world.openings().at(0);
        reply = world.replies().at(0);
        EXPECT_EQ(world.threads().size(), 2U);
    }
    EmailRow opening;
    EmailRow reply;
};

std::unique_ptr<WarmupWorld> small_world(int gmail, int outlook) {
    return std::make_unique<WarmupWorld>(
        WarmupWorld::Options{.seed = 2, .senders = 1, .gmail = gmail, .outlook = outlook}
    );
}

// An opening as if it had been sent and filed in this folder of its seed mailbox.
EmailRow place_opening(WarmupWorld& world, const std::string& folder) {
    world.world.set_fault("zoho", sandbox::ServerFault{.refuse_connections = true});
    world.send();
    world.world.set_fault("zoho", sandbox::ServerFault{});
    const EmailRow row = world.openings().back();
    world.change(
        "UPDATE emails_warmup SET status = 'accepted', sent_at = created_at WHERE id = " +
        std::to_string(row.id)
    );
    world.world.deliver_from_outside(tests::address(row.to_), *row.raw, folder);
    return row;
}

}  // namespace

TEST(Filing, InASenderTheReplyAndTheSentCopyGoIntoOurFolderWhenTheyAreDue) {
    const auto world = small_world(1, 0);
    const Exchange one(*world);
    const std::string& sender = world->senders[0];
    EXPECT_EQ(places(*world, sender, one.reply.message_id), Places{"INBOX"});
    EXPECT_EQ(places(*world, sender, one.opening.message_id), Places{"Sent \\Seen"});
    world->look();
    EXPECT_EQ(world->look().filed, 0) << "not before half an hour";
    world->pass(minutes(100));
    EXPECT_EQ(world->look().filed, 2);
    EXPECT_EQ(places(*world, sender, one.reply.message_id), Places{"Pilotlight \\Seen"});
    EXPECT_EQ(places(*world, sender, one.opening.message_id), Places{"Pilotlight \\Seen"});
    EXPECT_EQ(world->look().filed, 0);
    // The seed mailbox is left as it was.
    const auto there = places(*world, world->seeds[0], one.opening.message_id);
    EXPECT_NE(std::ranges::find(there, "INBOX \\Seen"), there.end());
    EXPECT_EQ(world->dialer.written("imap.gmail").find("MOVE"), std::string::npos);
    const auto ledger = world->ledger_of(one.reply.id);
    EXPECT_NE(std::ranges::find(ledger, "filed: it is handled"), ledger.end());
}

TEST(Filing, IsDueHalfAnHourToAnHourAndAHalfAfterTheMailWasHandled) {
    WarmupWorld world({.seed = 4, .senders = 4, .gmail = 2, .outlook = 2});
    for (int i = 0; i < 4; ++i) {
        world.cycle();
        world.pass(hours(4));
    }
    world.look();
    EXPECT_GT(world.count("SELECT COUNT(*) FROM warmup_filings"), 20);
    const char* const received =
        "SELECT COUNT(*) FROM warmup_filings f JOIN warmup_threads t ON t.email_id = f.email_id "
        "WHERE f.what = 'received' AND (f.due_at < t.found_at + 1800000000 "
        "OR f.due_at > t.found_at + 5400000000)";
    EXPECT_EQ(world.count(received), 0);
    const char* const sent =
        "SELECT COUNT(*) FROM warmup_filings f JOIN emails_warmup e ON e.id = f.email_id "
        "WHERE f.what = 'sent' AND (f.due_at < e.sent_at + 1800000000 "
        "OR f.due_at > e.sent_at + 5400000000)";
    EXPECT_EQ(world.count(sent), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM warmup_filings WHERE done_at < due_at"), 0);
}

TEST(Filing, AtGmailTheInboxLabelIsTakenOff) {
    WarmupWorld world({.seed = 2, .senders = 0, .gmail = 0, .outlook = 1});
    world.add("anna@gmail-like.test", mailbox::Role::sender, "gmail");
    const Exchange one(world);
    EXPECT_EQ(
        places(world, world.senders[0], one.reply.message_id), (Places{"INBOX", "[Gmail]/All Mail"})
    );
    world.look();
    world.pass(minutes(100));
    EXPECT_EQ(world.look().filed, 2);
    EXPECT_EQ(
        places(world, world.senders[0], one.reply.message_id),
        (Places{"[Gmail]/All Mail \\Seen", "Pilotlight \\Seen"})
    );
    // What lies in All Mail only is no new sighting.
    world.look();
    EXPECT_EQ(world.threads().size(), 2U);
}

TEST(Filing, WhatAPersonHasAnsweredStarredOrLabelledIsNeverTouched) {
    for (const char* mark : {"\\Answered", "\\Flagged", "Work", "\\Deleted"}) {
        SCOPED_TRACE(mark);
        const auto world = small_world(0, 1);
        const Exchange one(*world);
        const std::string& sender = world->senders[0];
        tests::OtherClient owner(world->world, world->loop, "app password");
        owner.do_now({sender, "zoho", one.reply.message_id, "INBOX", Deed::Kind::mark, mark});
        owner.do_now({sender, "zoho", one.opening.message_id, "Sent", Deed::Kind::mark, mark});
        const auto before = places(*world, sender, one.reply.message_id);
        const auto sent_before = places(*world, sender, one.opening.message_id);
        world->look();
        world->pass(hours(3));
        EXPECT_EQ(world->look().filed, 0);
        EXPECT_EQ(places(*world, sender, one.reply.message_id), before);
        EXPECT_EQ(places(*world, sender, one.opening.message_id), sent_before);
        // Decided once: taking the star off again changes nothing.
        owner.do_now({sender, "zoho", one.reply.message_id, "INBOX", Deed::Kind::unmark, mark});
        world->pass(hours(3));
        EXPECT_EQ(world->look().filed, 0);
        EXPECT_EQ(places(*world, sender, one.reply.message_id), Places{"INBOX"});
    }
}

TEST(Filing, WhatAPersonHasMovedStaysWhereItWasPut) {
    const auto world = small_world(0, 1);
    const Exchange one(*world);
    const std::string& sender = world->senders[0];
    tests::OtherClient owner(world->world, world->loop, "app password");
    owner.do_now({sender, "zoho", one.reply.message_id, "INBOX", Deed::Kind::move, "Archive"});
    owner.do_now({sender, "zoho", one.opening.message_id, "Sent", Deed::Kind::expunge, ""});
    world->look();
    world->pass(hours(3));
    EXPECT_EQ(world->look().filed, 0);
    EXPECT_EQ(places(*world, sender, one.reply.message_id), Places{"Archive"});
    EXPECT_EQ(places(*world, sender, one.opening.message_id), Places{});
    EXPECT_EQ(
        world->count(
            "SELECT COUNT(*) FROM warmup_filings WHERE done_at IS NULL AND due_at < " +
            std::to_string(world->loop.now().micros)
        ),
        0
    );
}

TEST(Filing, WhatLiesInSpamIsLeftThere) {
    const auto world = small_world(0, 1);
    world->settings.file_in_seeds = true;
    const EmailRow row = place_opening(*world, "Junk Email");
    EXPECT_EQ(world->look().placement.spam, 1);
    world->look();
    world->pass(hours(3));
    world->look();
    EXPECT_EQ(places(*world, row.to_, row.message_id), Places{"Junk Email \\Seen"});
}

TEST(Filing, LeavesTheSendersMailWhereTheSettingSaysSo) {
    const auto world = small_world(1, 0);
    world->settings.file_in_senders = false;
    const Exchange one(*world);
    world->look();
    world->pass(hours(3));
    EXPECT_EQ(world->look().filed, 0);
    EXPECT_EQ(places(*world, world->senders[0], one.reply.message_id), Places{"INBOX"});
    const std::string written = world->dialer.written("imap.zoho");
    for (const char* command : {"MOVE", "CREATE", "STORE", "COPY", "APPEND", " SELECT "})
        EXPECT_EQ(written.find(command), std::string::npos) << command;
}

TEST(Filing, InSeedMailboxesOnlyWhereTheSettingSaysSo) {
    const auto world = small_world(0, 1);
    world->settings.file_in_seeds = true;
    const EmailRow row = place_opening(*world, "INBOX");
    world->look();
    world->look();
    world->pass(hours(3));
    EXPECT_GE(world->look().filed, 1);
    EXPECT_EQ(places(*world, row.to_, row.message_id), Places{"Pilotlight \\Seen"});
    EXPECT_EQ(world->threads().at(0).placement, "inbox");
    EXPECT_EQ(world->threads().at(0).folder_name, "INBOX");
}

TEST(Filing, IntoTheFolderThatTheSettingsName) {
    const auto world = small_world(0, 1);
    world->settings.folder = "Tidied mail";
    const Exchange one(*world);
    world->look();
    world->pass(hours(2));
    EXPECT_EQ(world->look().filed, 2);
    EXPECT_EQ(
        places(*world, world->senders[0], one.reply.message_id), Places{"Tidied mail \\Seen"}
    );
    // The folder is there now, and used again.
    world->cycle();
    world->pass(minutes(20));
    world->look();
    world->pass(hours(2));
    EXPECT_GT(world->look().filed, 0);
}

TEST(Filing, AServerThatMakesNoFolderIsAskedThreeTimesAndItsMailLeftAsItIs) {
    const auto world = small_world(0, 1);
    world->settings.folder = "Aufgeräumt";  // the sandbox makes no such folder
    const Exchange one(*world);
    world->look();
    world->pass(hours(2));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(world->look().filed, 0);
    EXPECT_EQ(places(*world, world->senders[0], one.reply.message_id), Places{"INBOX"});
    EXPECT_EQ(
        world->count("SELECT COUNT(*) FROM warmup_filings WHERE attempts = 3 AND done_at > 0 "
                     "AND result = 'refused: the folder can''t be made'"),
        2
    );
    EXPECT_EQ(world->broken_promise(), "");
}

TEST(Measuring, AMailboxIsWatchedAndNothingElse) {
    const auto world = small_world(0, 1);
    world->change(
        "UPDATE mailboxes SET mode = 'measure', rescue_accepted_at = 1 "
        "WHERE role = 'seed'"
    );
    world->settings.file_in_seeds = true;
    world->settings.rescue = true;
    const EmailRow in_spam = place_opening(*world, "Junk Email");
    const EmailRow in_inbox = place_opening(*world, "INBOX");
    const warmup::CycleResult result = world->look();
    EXPECT_EQ(result.placement.spam, 1);
    EXPECT_EQ(result.placement.inbox, 1);
    world->look();
    world->pass(hours(3));
    world->look();
    EXPECT_EQ(places(*world, in_spam.to_, in_spam.message_id), Places{"Junk Email"});
    EXPECT_EQ(places(*world, in_inbox.to_, in_inbox.message_id), Places{"INBOX"});
    EXPECT_TRUE(world->replies().empty());
    for (const auto& thread : world->threads())
        EXPECT_EQ(thread.reply_decision, "the mailbox only measures");
    const std::string written = world->dialer.written("imap.outlook");
    for (const char* command : {"MOVE", "CREATE", "STORE", "COPY", "APPEND", " SELECT "})
        EXPECT_EQ(written.find(command), std::string::npos) << command;
}

TEST(Rescue, NeedsTheSettingAndTheOwnersConsent) {
    for (const bool wanted : {false, true})
        for (const bool accepted : {false, true}) {
            SCOPED_TRACE(testing::Message() << wanted << accepted);
            const auto world = small_world(0, 1);
            world->settings.rescue = wanted;
            if (accepted)
                world->change("UPDATE mailboxes SET rescue_accepted_at = 1 WHERE role = 'seed'");
            const EmailRow row = place_opening(*world, "Junk Email");
            world->look();
            world->look();
            world->pass(hours(2));
            const int rescued = world->look().rescued;
            EXPECT_EQ(rescued, wanted && accepted ? 1 : 0);
            EXPECT_EQ(
                places(*world, row.to_, row.message_id),
                Places{wanted && accepted ? "INBOX \\Seen" : "Junk Email \\Seen"}
            );
            // The first sighting is final.
            EXPECT_EQ(world->threads().at(0).placement, "spam");
            world->look();
            EXPECT_EQ(world->threads().at(0).placement, "spam");
            EXPECT_EQ(world->threads().at(0).folder_name, "Junk Email");
        }
}

TEST(Rescue, TakesOneMailOfASenderADay) {
    const auto world = small_world(0, 1);
    world->settings.rescue = true;
    world->change("UPDATE mailboxes SET rescue_accepted_at = 1 WHERE role = 'seed'");
    for (int i = 0; i < 3; ++i) place_opening(*world, "Junk Email");
    int rescued = world->look().rescued;
    for (int i = 0; i < 4; ++i) {
        world->pass(minutes(70));
        rescued += world->look().rescued;
    }
    EXPECT_EQ(rescued, 1);
    world->pass(hours(24));
    rescued += world->look().rescued;
    world->pass(hours(2));
    rescued += world->look().rescued;
    EXPECT_EQ(rescued, 2);
}
