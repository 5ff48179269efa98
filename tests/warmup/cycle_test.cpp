// What a cycle does: openings, first sightings, replies, the result.
#include "base/text.h"
#include "mime/message.h"
#include "tests/warmup/warmup_world.h"

namespace {

using tests::EmailRow;
using tests::ThreadRow;
using tests::WarmupWorld;

const sandbox::Delivered* delivered(const WarmupWorld& world, const std::string& message_id) {
    for (const sandbox::Delivered& mail : world.world.delivered())
        if (mail.message_id == message_id) return &mail;
    return nullptr;
}

// Every opening lies where the world has filed it and was first seen there: ground truth.
void expect_sightings_as_filed(WarmupWorld& world) {
    std::map<std::int64_t, ThreadRow> threads;
    for (const ThreadRow& thread : world.threads()) threads[thread.email_id] = thread;
    for (const EmailRow& row : world.openings()) {
        if (row.status != "accepted") continue;
        const sandbox::Delivered* mail = delivered(world, row.message_id);
        ASSERT_NE(mail, nullptr);
        if (!mail->filed_at) {
            EXPECT_FALSE(threads.contains(row.id));
            continue;
        }
        ASSERT_TRUE(threads.contains(row.id)) << row.to_ << " " << mail->folder;
        const ThreadRow& thread = threads[row.id];
        EXPECT_EQ(thread.placement, tests::placement_of(*mail)) << mail->folder;
        EXPECT_EQ(thread.folder_name, mail->folder);
        EXPECT_EQ(thread.original_message_id, row.message_id);
        EXPECT_EQ(thread.tab, mail->category == "promotions" ? "promotions" : "");
        EXPECT_EQ(thread.spf, "pass");
    }
}

}  // namespace

TEST(WarmupCycle, SendsOneOpeningASenderAndRecordsIt) {
    WarmupWorld world;
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 3);
    EXPECT_EQ(result.mailboxes, 6);
    EXPECT_EQ(result.mailboxes_failed, 0);
    EXPECT_TRUE(result.failures.empty());
    EXPECT_EQ(result.note, "");
    std::set<std::string> from;
    for (const EmailRow& row : world.openings()) {
        from.insert(row.from_);
        EXPECT_EQ(row.email_type, "warmup_bidirectional");
        EXPECT_EQ(row.status, "accepted");
        EXPECT_EQ(row.cycle, result.cycle);
        EXPECT_TRUE(row.message_id.ends_with("@co-one.test"));
        EXPECT_TRUE(row.send_key.starts_with("warmup:" + std::to_string(result.cycle) + ":"));
        EXPECT_TRUE(row.template_id.has_value());
        EXPECT_FALSE(row.raw.has_value());
    }
    EXPECT_EQ(from.size(), 3U);
    EXPECT_EQ(world.broken_promise(), "");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign"), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM email_drafts"), 0);
}

TEST(WarmupCycle, AnOpeningLooksLikeMailOfAPerson) {
    WarmupWorld world;
    world.send();
    for (const sandbox::Delivered& mail : world.world.delivered()) {
        const mime::Message message = mime::read_message(mail.raw);
        EXPECT_EQ(message.from.at(0).email, mail.from);
        EXPECT_TRUE(message.from.at(0).name.starts_with("Jörg sender"));
        EXPECT_EQ(message.leaves, (std::vector<std::string>{"text/plain", "text/html"}));
        EXPECT_TRUE(message.header("X-Mailer").empty());
        EXPECT_TRUE(message.header("Auto-Submitted").empty());
        EXPECT_FALSE(message.header("X-Abcdefgh").empty());
        EXPECT_TRUE(message.header("Date").ends_with(" +0200")) << message.header("Date");
        EXPECT_TRUE(message.in_reply_to.empty());
        for (const char* word : {"pilotlight", "localhost", "warmup"})
            EXPECT_EQ(base::to_lower(mail.raw).find(word), std::string::npos) << word;
    }
}

TEST(WarmupCycle, FindsEveryMailWhereTheProviderFiledIt) {
    WarmupWorld world({.seed = 5, .senders = 4, .gmail = 3, .outlook = 2});
    int inbox = 0;
    int spam = 0;
    int elsewhere = 0;
    for (int cycle = 0; cycle < 12; ++cycle) {
        const warmup::CycleResult result = world.cycle();
        inbox += result.placement.inbox;
        spam += result.placement.spam;
        elsewhere += result.placement.elsewhere;
        world.pass(std::chrono::hours(4));
    }
    expect_sightings_as_filed(world);
    std::map<std::string, int> filed;
    for (const EmailRow& row : world.openings())
        if (const auto* mail = delivered(world, row.message_id); mail->filed_at)
            ++filed[tests::placement_of(*mail)];
    EXPECT_EQ(inbox, filed["inbox"]);
    EXPECT_EQ(spam, filed["spam"]);
    EXPECT_EQ(elsewhere, filed["elsewhere"]);
    // The world is not so kind that one of them would not be tried.
    EXPECT_GT(filed["inbox"], 10);
    EXPECT_GT(filed["spam"], 3);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(WarmupCycle, FindsTheSpamFolderInEveryLanguageAndWhereNothingIsMarked) {
    // Outlook-like accounts in turn tell the use of their folders and do not.
    WarmupWorld world({.seed = 2, .kind = "harsh", .senders = 8, .gmail = 3, .outlook = 2});
    for (int cycle = 0; cycle < 8; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    expect_sightings_as_filed(world);
    std::map<std::int64_t, std::set<std::string>> spam;
    for (const EmailRow& row : world.openings())
        for (const ThreadRow& thread : world.threads())
            if (thread.email_id == row.id && thread.placement == "spam")
                spam[row.to_mailbox_id].insert(thread.folder_name);
    EXPECT_EQ(spam.size(), world.seeds.size());
}

TEST(WarmupCycle, GmailsTabIsRecordedAndCountsAsInbox) {
    WarmupWorld world({.seed = 3, .kind = "harsh", .senders = 6, .gmail = 2, .outlook = 0});
    int in_tab = 0;
    for (int cycle = 0; cycle < 10 && in_tab == 0; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
        for (const ThreadRow& thread : world.threads()) {
            if (thread.tab != "promotions") continue;
            ++in_tab;
            EXPECT_EQ(thread.placement, "inbox");
            EXPECT_EQ(delivered(world, thread.original_message_id)->category, "promotions");
        }
    }
    EXPECT_GT(in_tab, 0);
    expect_sightings_as_filed(world);
}

TEST(WarmupCycle, MailThatAFilterMovedIsElsewhere) {
    struct Case {
        int gmail;
        int outlook;
        const char* folder;
    };
    for (const Case& one :
         {Case{0, 1, "Archive"},
          Case{0, 1, "Deleted Items"},
          Case{1, 0, "[Gmail]/All Mail"},
          Case{1, 0, "[Gmail]/Trash"}}) {
        SCOPED_TRACE(one.folder);
        WarmupWorld world({.senders = 1, .gmail = one.gmail, .outlook = one.outlook});
        world.world.set_fault("zoho", sandbox::ServerFault{.refuse_connections = true});
        world.send();
        const EmailRow row = world.emails().at(0);
        ASSERT_EQ(row.status, "prepared");
        // As if it had been sent, and a filter of the owner's had filed it.
        world.change("UPDATE emails_warmup SET status = 'accepted', sent_at = created_at");
        world.world.deliver_from_outside(tests::address(row.to_), *row.raw, one.folder);
        const warmup::CycleResult result = world.look();
        EXPECT_EQ(result.placement.elsewhere, 1);
        EXPECT_EQ(result.placement.inbox + result.placement.spam, 0);
        EXPECT_EQ(world.threads().at(0).folder_name, one.folder);
        EXPECT_FALSE(result.placement.spam_rate().has_value());
    }
}

TEST(WarmupCycle, RepliesInTheThreadFromTheMailboxThatReceivedIt) {
    WarmupWorld world;
    const warmup::CycleResult result = world.cycle();
    std::map<std::string, EmailRow> openings;
    for (const EmailRow& row : world.openings()) openings[row.message_id] = row;
    const std::vector<EmailRow> replies = world.replies();
    EXPECT_EQ(static_cast<int>(replies.size()), result.replies);
    EXPECT_EQ(replies.size(), 3U);
    for (const EmailRow& reply : replies) {
        ASSERT_TRUE(reply.in_reply_to.has_value());
        const EmailRow& opening = openings[*reply.in_reply_to];
        EXPECT_EQ(reply.from_, opening.to_);
        EXPECT_EQ(reply.to_, opening.from_);
        EXPECT_EQ(reply.subject, "Re: " + opening.subject);
        EXPECT_EQ(reply.depth, 1);
        EXPECT_EQ(reply.send_key, "reply:" + opening.message_id + ":1");
        EXPECT_EQ(opening.outcome, "replied");
        const mime::Message sent = mime::read_message(delivered(world, reply.message_id)->raw);
        ASSERT_EQ(sent.in_reply_to.size(), 1U);
        EXPECT_EQ(sent.in_reply_to[0].str(), opening.message_id);
        ASSERT_EQ(sent.references.size(), 1U);
        EXPECT_EQ(sent.references[0].str(), opening.message_id);
        EXPECT_EQ(sent.subject, "Re: " + opening.subject);
    }
    for (const ThreadRow& thread : world.opening_threads()) {
        EXPECT_EQ(thread.reply_decision, "replied");
        EXPECT_TRUE(thread.reply_message_id.has_value());
    }
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(WarmupCycle, CountsAreThe250s) {
    WarmupWorld world({.senders = 4, .gmail = 2, .outlook = 1});
    world.world.set_fault(tests::address(world.senders[0]), {.greylist_once = true});
    world.world.set_fault(tests::address(world.senders[1]), {.drop_after_dot = 1});
    world.world.set_fault(tests::address(world.seeds[0]), {.drop_after_dot = 1});
    const warmup::CycleResult result = world.cycle();
    int sent = 0;
    int replies = 0;
    for (const EmailRow& row : world.emails())
        if (row.server_reply && row.server_reply->starts_with("250"))
            ++(row.email_type == "warmup_reply" ? replies : sent);
    EXPECT_EQ(result.sent, sent);
    EXPECT_EQ(result.replies, replies);
    EXPECT_EQ(result.sent, 2);
    EXPECT_EQ(
        world.count("SELECT sent FROM warmup_cycles ORDER BY id"), static_cast<std::int64_t>(sent)
    );
    EXPECT_EQ(
        world.count("SELECT replies FROM warmup_cycles ORDER BY id"),
        static_cast<std::int64_t>(replies)
    );
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(WarmupCycle, ASecondCycleFindsLateMail) {
    WarmupWorld world;
    const warmup::CycleResult first = world.cycle(std::chrono::seconds(0));
    EXPECT_EQ(first.sent, 3);
    EXPECT_EQ(first.placement.inbox + first.placement.spam + first.placement.elsewhere, 0);
    EXPECT_EQ(first.pending, 3);
    world.pass(std::chrono::minutes(20));
    const warmup::CycleResult second = world.look();
    EXPECT_EQ(second.sent, 0);
    EXPECT_EQ(second.placement.inbox + second.placement.spam + second.placement.elsewhere, 3);
    EXPECT_EQ(second.replies, 3);
    const warmup::CycleResult third = world.look();
    EXPECT_EQ(third.placement.inbox + third.placement.spam + third.placement.elsewhere, 0);
    EXPECT_EQ(third.replies, 0);
    expect_sightings_as_filed(world);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(WarmupCycle, TheWaitEndsWhenAllIsFoundAndAtItsEndOtherwise) {
    WarmupWorld world;
    base::MonotonicTime begun = world.loop.monotonic();
    world.cycle(std::chrono::hours(2));
    EXPECT_LT(world.loop.monotonic() - begun, std::chrono::minutes(10));
    // What was lost on its way in an earlier run does not prolong the next ones.
    world.change(
        "UPDATE emails_warmup SET message_id = 'lost@co-one.test', token = 'lost' WHERE id = 1"
    );
    world.change("DELETE FROM warmup_threads WHERE email_id = 1");
    begun = world.loop.monotonic();
    world.cycle(std::chrono::hours(2));
    EXPECT_LT(world.loop.monotonic() - begun, std::chrono::minutes(10));
    begun = world.loop.monotonic();
    EXPECT_GT(world.cycle(std::chrono::seconds(1)).pending, 0);
    EXPECT_LT(world.loop.monotonic() - begun, std::chrono::seconds(10));
}

TEST(WarmupCycle, OwnMailIsMarkedAsReadAndNothingElse) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.cycle();
    std::set<std::string> sent;
    for (const EmailRow& row : world.openings()) sent.insert(row.message_id);
    for (const sandbox::StoredMessage& mail :
         world.world.messages(tests::address(world.seeds[0]))) {
        if (sent.contains(mail.message_id))
            EXPECT_EQ(mail.flags, std::vector<std::string>{"\\Seen"}) << mail.folder;
    }
    const std::string written = world.dialer.written("imap.");
    for (const char* command : {"EXPUNGE", "COPY", "MOVE", "APPEND", "CREATE", "\\Deleted"})
        EXPECT_EQ(written.find(command), std::string::npos) << command;
}

TEST(WarmupCycle, TheSeedsOwnSentCopyIsNotTakenForFoundMail) {
    // All Mail shows the replies that the seed mailbox has sent; they carry our token.
    WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 0});
    for (int cycle = 0; cycle < 3; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    const auto all_mail = [&] {
        int own = 0;
        for (const auto& mail : world.world.messages(tests::address(world.seeds[0])))
            for (const EmailRow& reply : world.replies())
                own += mail.folder == "[Gmail]/All Mail" && mail.message_id == reply.message_id;
        return own;
    }();
    EXPECT_GT(all_mail, 0);
    std::set<std::int64_t> openings;
    for (const EmailRow& row : world.openings()) openings.insert(row.id);
    // A reply is found where it went, in the sender's mailbox, and never in All Mail of the seed.
    for (const ThreadRow& thread : world.threads())
        EXPECT_TRUE(
            openings.contains(thread.email_id) || thread.folder_name == "INBOX" ||
            thread.folder_name == "Spam"
        ) << thread.folder_name;
}

TEST(WarmupCycle, PairsTakeTurnsAndLoadIsEven) {
    WarmupWorld world({.senders = 3, .gmail = 2, .outlook = 1});
    for (int cycle = 0; cycle < 6; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    std::map<std::pair<std::string, std::string>, int> pairs;
    for (const EmailRow& row : world.openings()) ++pairs[{row.from_, row.to_}];
    EXPECT_EQ(pairs.size(), 9U);
    for (const auto& [pair, count] : pairs) EXPECT_EQ(count, 2) << pair.first << pair.second;
}

TEST(WarmupCycle, LogsItsNumbers) {
    WarmupWorld world;
    const warmup::CycleResult result = world.cycle();
    const std::string expected = fmt::format(
        "cycle {}: sent {}, replies {}, inbox {}, spam {}, spam rate ",
        result.cycle,
        result.sent,
        result.replies,
        result.placement.inbox,
        result.placement.spam
    );
    EXPECT_TRUE(std::ranges::any_of(world.log, [&](const base::log::Line& line) {
        return line.level == base::log::Level::info && line.text.starts_with(expected);
    })) << expected;
}

TEST(WarmupCycle, NothingConfiguredIsANoteAndZeros) {
    WarmupWorld world({.senders = 0, .gmail = 0, .outlook = 0});
    for (const warmup::CycleResult& result : {world.cycle(), world.send(), world.look()}) {
        EXPECT_NE(result.note.find("pilotlight mailbox add"), std::string::npos) << result.note;
        EXPECT_EQ(result.sent + result.replies + result.mailboxes + result.mailboxes_failed, 0);
    }
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM warmup_cycles"), 0);
    EXPECT_TRUE(world.model.questions.empty());
}

TEST(WarmupCycle, TheLedgerTellsWhyOfEveryStep) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.cycle();
    const EmailRow opening = world.openings().at(0);
    const std::string placement = world.threads().at(0).placement;
    EXPECT_EQ(
        world.ledger_of(opening.id),
        (std::vector<std::string>{
            "send an opening: this pair's turn in the cycle",
            "accepted: the server accepted the message",
            "found in " + placement + ": first sighting",
            "answer it: due",
        })
    );
}
