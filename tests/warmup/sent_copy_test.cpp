// sent_copy = auto in the mail world: learning by looking, and appending where nobody files.
#include "mime/message.h"
#include "tests/warmup/warmup_world.h"

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using tests::EmailRow;
using tests::WarmupWorld;

class SentCopy : public testing::Test {
  protected:
    SentCopy() { world.settings.file_in_senders = false; }
    void provider_files(bool files) {
        world.world.set_files_sent(tests::address(world.senders[0]), files);
    }
    std::vector<sandbox::StoredMessage> sent_folder() const {
        std::vector<sandbox::StoredMessage> copies;
        for (const auto& mail : world.world.messages(tests::address(world.senders[0])))
            if (mail.folder == "Sent") copies.push_back(mail);
        return copies;
    }
    int copies_of(const EmailRow& row) const {
        int copies = 0;
        for (const auto& mail : sent_folder()) copies += mail.message_id == row.message_id;
        return copies;
    }
    std::string filed_by() {
        const auto text = world.as(store::Role::operator_, [](store::Connection& connection) {
            return connection.text(
                "SELECT filed_by FROM sent_folders WHERE mailbox_id = 1 ORDER BY mailbox_id"
            );
        });
        return text.value_or("unknown");
    }
    // A cycle, and a look after more than ten minutes.
    void cycle_and_look() {
        world.cycle();
        world.pass(minutes(15));
        world.look();
        world.pass(hours(4));
    }
    WarmupWorld world{{.seed = 5, .senders = 1, .gmail = 1, .outlook = 0}};
};

}  // namespace

TEST_F(SentCopy, AProviderThatFilesIsLeftToIt) {
    cycle_and_look();
    EXPECT_EQ(filed_by(), "provider");
    cycle_and_look();
    EXPECT_EQ(world.dialer.written("imap.").find("APPEND"), std::string::npos);
    for (const EmailRow& row : world.openings()) EXPECT_EQ(copies_of(row), 1);
}

TEST_F(SentCopy, WhereNobodyFilesTheLaterMailsAreAppended) {
    provider_files(false);
    world.cycle(minutes(1));
    EXPECT_EQ(filed_by(), "unknown") << "ten minutes are not over";
    world.pass(minutes(15));
    world.look();
    EXPECT_EQ(filed_by(), "nobody");
    EXPECT_TRUE(sent_folder().empty());
    world.pass(hours(4));
    cycle_and_look();
    cycle_and_look();
    const std::vector<EmailRow> rows = world.openings();
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(copies_of(rows[0]), 0);
    EXPECT_EQ(copies_of(rows[1]), 1);
    EXPECT_EQ(copies_of(rows[2]), 1);
    for (const EmailRow& row : {rows[1], rows[2]}) {
        EXPECT_EQ(row.sent_copy, "appended");
        EXPECT_FALSE(row.raw.has_value()) << "the bytes are let go";
    }
    // Byte for byte what was sent, read, under its date.
    for (const auto& copy : sent_folder()) {
        EXPECT_EQ(copy.flags, std::vector<std::string>{"\\Seen"});
        const auto mail = std::ranges::find(
            world.world.delivered(), copy.message_id, &sandbox::Delivered::message_id
        );
        ASSERT_NE(mail, world.world.delivered().end());
        EXPECT_EQ(copy.raw, mail->raw);
        EXPECT_LT(copy.internal_date - mail->accepted_at, minutes(1));
    }
}

TEST_F(SentCopy, OnlyWhatHasItsRecorded250IsAppended) {
    provider_files(false);
    cycle_and_look();
    ASSERT_EQ(filed_by(), "nobody");
    world.world.set_fault(tests::address(world.senders[0]), {.drop_after_dot = 1});
    cycle_and_look();
    const EmailRow row = world.openings().back();
    EXPECT_EQ(row.sent_copy, "none");
    EXPECT_TRUE(sent_folder().empty());
}

TEST_F(SentCopy, IsLearnedAgainAMonthLater) {
    provider_files(false);
    cycle_and_look();
    ASSERT_EQ(filed_by(), "nobody");
    cycle_and_look();
    provider_files(true);
    world.pass(hours(24 * 30));
    cycle_and_look();
    EXPECT_EQ(filed_by(), "provider");
    EXPECT_EQ(copies_of(world.openings().back()), 1) << "the provider's alone";
    // And back: what was appended meanwhile teaches nothing.
    provider_files(false);
    world.pass(hours(24 * 30));
    cycle_and_look();
    EXPECT_EQ(filed_by(), "nobody");
    cycle_and_look();
    EXPECT_EQ(world.openings().back().sent_copy, "appended");
    EXPECT_EQ(filed_by(), "nobody");
}

TEST_F(SentCopy, IsLeftAloneWhereTheOwnerWantsNone) {
    provider_files(false);
    cycle_and_look();
    world.settings.sent_copies = false;
    cycle_and_look();
    cycle_and_look();
    EXPECT_EQ(filed_by(), "unknown");
    EXPECT_TRUE(sent_folder().empty());
}

TEST_F(SentCopy, CopiesThatWeAppendedAreFiledLikeTheOthers) {
    provider_files(false);
    cycle_and_look();
    world.settings.file_in_senders = true;
    cycle_and_look();
    world.look();
    world.pass(hours(2));
    world.look();
    EXPECT_TRUE(sent_folder().empty());
    int filed = 0;
    for (const auto& mail : world.world.messages(tests::address(world.senders[0])))
        filed += mail.folder == "Pilotlight" && mail.message_id == world.openings()[1].message_id;
    EXPECT_EQ(filed, 1);
}

TEST_F(SentCopy, WhoDiesAtAnyJobAppendsOnce) {
    for (long job = 1;; ++job) {
        SCOPED_TRACE(job);
        WarmupWorld dying({.seed = 5, .senders = 1, .gmail = 1, .outlook = 0});
        dying.settings.file_in_senders = false;
        const base::Email sender = tests::address(dying.senders[0]);
        dying.world.set_files_sent(sender, false);
        dying.change(
            "INSERT INTO sent_folders (mailbox_id, filed_by, learned_at) VALUES (1, "
            "'nobody', " +
            std::to_string(dying.loop.now().micros) + ")"
        );
        dying.store.lose(job);
        bool died = false;
        try {
            dying.cycle(std::chrono::seconds(30));
        } catch (const store::StoreError&) {
            died = true;
        }
        dying.store.lose(0);
        const base::MonotonicTime deadline = dying.loop.in(std::chrono::seconds(10));
        dying.run(dying.connector.close_idle(deadline));
        dying.pass(minutes(15));
        dying.cycle();
        dying.pass(minutes(15));
        dying.look();
        std::map<std::string, int> copies;
        for (const auto& mail : dying.world.messages(sender))
            if (mail.folder == "Sent") ++copies[mail.message_id];
        for (const EmailRow& row : dying.openings()) {
            const bool answered = row.server_reply && row.server_reply->starts_with("250");
            EXPECT_EQ(copies[row.message_id], answered ? 1 : 0) << row.status;
        }
        EXPECT_EQ(dying.broken_promise(), "");
        if (!died || testing::Test::HasFailure()) break;
    }
}
