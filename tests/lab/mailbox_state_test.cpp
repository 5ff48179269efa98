// What the comparison of whole mailboxes finds, and what it lets pass.
#include "tests/lab/mailbox_state.h"

#include <stdexcept>

namespace lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

MailState mail(std::int64_t uid, const std::string& id, std::vector<std::string> flags = {}) {
    return {.uid = uid, .message_id = id, .digest = "digest of " + id, .flags = std::move(flags)};
}

MailboxState owners_mailbox() {
    MailboxState state;
    state.folders["INBOX"] = {
        .uidvalidity = 7, .mails = {mail(1, "a@x"), mail(2, "b@x", {"\\Seen"}), mail(5, "c@x")}
    };
    state.folders["Archive"] = {.uidvalidity = 8, .mails = {mail(1, "d@x")}};
    return state;
}

bool starts_with_ours(const MailState& state) { return state.message_id.starts_with("ours"); }

std::vector<std::string> compare(const MailboxState& before, const MailboxState& after) {
    return differences(before, after, starts_with_ours);
}

TEST(MailboxState, EqualMailboxesDoNotDiffer) {
    EXPECT_THAT(compare(owners_mailbox(), owners_mailbox()), IsEmpty());
}

TEST(MailboxState, NamesEveryDifferenceInWhatIsNotOurs) {
    struct Case {
        const char* what;
        std::function<void(MailboxState&)> change;
        const char* line;
    };
    const std::vector<Case> cases = {
        {"expunged", [](MailboxState& s) { s.erase("INBOX", "b@x"); }, "b@x (UID 2) is gone"},
        {"seen", [](MailboxState& s) { s.set_flags("INBOX", "a@x", {"\\Seen"}); }, "(\\Seen)"},
        {"unseen", [](MailboxState& s) { s.set_flags("INBOX", "b@x", {}); }, "has ()"},
        {"new UID", [](MailboxState& s) { s.find("INBOX", "c@x").uid = 9; }, "has UID 9"},
        {"added",
         [](MailboxState& s) { s.folders["INBOX"].mails.push_back(mail(6, "e@x")); },
         "e@x (UID 6) is new"},
        {"doubled",
         [](MailboxState& s) { s.folders["INBOX"].mails.push_back(mail(6, "a@x")); },
         "a@x (UID 6) is new"},
        {"made anew", [](MailboxState& s) { s.folders["INBOX"].uidvalidity = 70; }, "made anew"},
        {"folder gone", [](MailboxState& s) { s.folders.erase("Archive"); }, "folder is gone"},
        {"in a new folder",
         [](MailboxState& s) { s.folders["X"].mails.push_back(mail(1, "e@x")); },
         "so is its folder"},
        {"other bytes",
         [](MailboxState& s) { s.find("INBOX", "a@x").digest = "other"; },
         "a@x (UID 1) is gone"},
    };
    for (const Case& one : cases) {
        MailboxState after = owners_mailbox();
        one.change(after);
        const std::vector<std::string> found = compare(owners_mailbox(), after);
        ASSERT_FALSE(found.empty()) << one.what;
        EXPECT_THAT(found.front(), HasSubstr(one.line)) << one.what;
    }
}

TEST(MailboxState, SeesAnotherOrder) {
    MailboxState after = owners_mailbox();
    std::swap(after.find("INBOX", "a@x").uid, after.find("INBOX", "c@x").uid);
    EXPECT_THAT(
        compare(owners_mailbox(), after),
        ElementsAre(HasSubstr("has UID 5"), HasSubstr("has UID 1"), HasSubstr("order"))
    );
}

TEST(MailboxState, LetsOursComeGoAndChange) {
    MailboxState before = owners_mailbox();
    before.folders["INBOX"].mails.push_back(mail(6, "ours-1@x"));
    MailboxState after = owners_mailbox();
    after.folders["INBOX"].mails.push_back(mail(7, "ours-2@x", {"\\Seen"}));
    after.folders["Pilotlight"] = {.uidvalidity = 9, .mails = {mail(1, "ours-1@x", {"\\Seen"})}};
    EXPECT_THAT(compare(before, after), IsEmpty());
}

TEST(MailboxState, LetsPassWhatTheOwnerDidToo) {
    MailboxState before = owners_mailbox();
    before.erase("INBOX", "a@x");
    before.move("INBOX", "b@x", "Archive");
    before.set_flags("INBOX", "c@x", {"\\Flagged"});
    MailboxState after = owners_mailbox();
    after.folders["INBOX"].mails = {mail(5, "c@x", {"\\Flagged"})};
    after.folders["Archive"].mails.push_back(mail(2, "b@x", {"\\Seen"}));
    EXPECT_THAT(compare(before, after), IsEmpty());
    EXPECT_THAT(after.folders_of("b@x"), ElementsAre("Archive"));

    after.erase("Archive", "b@x");
    EXPECT_THAT(compare(before, after), ElementsAre(HasSubstr("b@x (UID 2) is gone")));
    EXPECT_THROW(before.erase("INBOX", "a@x"), std::out_of_range);
}

TEST(MailboxState, IsReadFromDoveadm) {
    const MailboxState state = parse_mailbox_state(
        R"([{"mailbox":"INBOX","uid":"5","flags":"\\Seen Later \\Recent","hdr.message-id":"<b@x>","text":"B"},)"
        R"({"mailbox":"INBOX","uid":"2","flags":"\\Recent","hdr.message-id":"<a@x>","text":"A"}])",
        R"([{"mailbox":"[Gmail]/Спам","uidvalidity":"11"},{"mailbox":"INBOX","uidvalidity":"12"}])"
    );
    ASSERT_EQ(state.folders.size(), 2U);
    EXPECT_EQ(state.folders.at("[Gmail]/Спам").uidvalidity, 11);
    EXPECT_THAT(state.folders.at("[Gmail]/Спам").mails, IsEmpty());
    const std::vector<MailState>& inbox = state.folders.at("INBOX").mails;
    ASSERT_EQ(inbox.size(), 2U);
    EXPECT_EQ(inbox[0].message_id, "a@x");
    EXPECT_THAT(inbox[0].flags, IsEmpty());
    EXPECT_THAT(inbox[1].flags, ElementsAre("Later", "\\Seen"));
    EXPECT_NE(inbox[0].digest, inbox[1].digest);
}

}  // namespace
}  // namespace lab
