#include "sandbox/mail_store.h"

#include "sandbox/test_world.h"

namespace sandbox {
namespace {

using test::kStart;
using ::testing::ElementsAre;

MailStore gmail_store() {
    const Provider& gmail = provider("gmail");
    return MailStore(folder_layout(gmail, "en", true), true, 100);
}
MailStore outlook_store() {
    const Provider& outlook = provider("outlook");
    return MailStore(folder_layout(outlook, "", true), false, 100);
}
std::shared_ptr<Mail> mail(std::string_view id) {
    return make_mail(test::message(test::kSender, test::kGmail, id), kStart);
}
// "INBOX:1" for every place where the message with this id lies.
std::vector<std::string> places(MailStore& store, std::string_view id) {
    std::vector<std::string> out;
    for (const StoreFolder& folder : store.folders())
        for (const Entry& entry : folder.entries)
            if (entry.mail->message_id == id)
                out.push_back(folder.layout.name + ":" + std::to_string(entry.uid));
    return out;
}

TEST(MailStore, ReadsWhatSearchingNeeds) {
    const auto read = make_mail(
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nX-Long: a\r\n b\r\nMessage-ID: "
        "<a@b.test>\r\n\r\nbody",
        kStart
    );
    EXPECT_EQ(read->subject, "Grüße");
    EXPECT_EQ(read->message_id, "a@b.test");
    EXPECT_EQ(read->raw.substr(read->body_at), "body");
    EXPECT_EQ(make_mail("no header at all", kStart)->body_at, 16u);
    EXPECT_EQ(make_mail("", kStart)->body_at, 0u);
}

TEST(MailStore, ShowsAnInboxMessageInAllMailToo) {
    MailStore store = gmail_store();
    store.file(*store.by_use(Use::inbox), mail("a"));
    store.file(*store.by_use(Use::junk), mail("b"));
    store.file(*store.by_use(Use::all), mail("c"));
    EXPECT_THAT(places(store, "a"), ElementsAre("INBOX:1", "[Gmail]/All Mail:1"));
    EXPECT_THAT(places(store, "b"), ElementsAre("[Gmail]/Spam:1"));
    EXPECT_THAT(places(store, "c"), ElementsAre("[Gmail]/All Mail:2"));
    store.by_use(Use::inbox)->entries.front().mail->flags.insert("\\Seen");
    EXPECT_TRUE(store.by_use(Use::all)->entries.front().mail->flags.contains("\\Seen"));
}

TEST(MailStore, TakesMailOutOfSpamIntoInboxAndAllMail) {
    MailStore store = gmail_store();
    store.file(*store.by_use(Use::junk), mail("a"));
    const auto moved = store.move(*store.by_use(Use::junk), {1, 7}, *store.by_use(Use::inbox));
    EXPECT_THAT(moved.from, ElementsAre(1));
    EXPECT_THAT(moved.to, ElementsAre(1));
    EXPECT_THAT(places(store, "a"), ElementsAre("INBOX:1", "[Gmail]/All Mail:1"));
}

TEST(MailStore, SpamAndTrashAreBesideAllLabels) {
    MailStore store = gmail_store();
    store.file(*store.by_use(Use::inbox), mail("a"));
    store.copy(*store.by_use(Use::inbox), {1}, *store.by_use(Use::junk));
    EXPECT_THAT(places(store, "a"), ElementsAre("[Gmail]/Spam:1"));
    store.copy(*store.by_use(Use::junk), {1}, *store.by_use(Use::trash));
    EXPECT_THAT(places(store, "a"), ElementsAre("[Gmail]/Trash:1"));
    store.remove(*store.by_use(Use::trash), 1);
    EXPECT_TRUE(places(store, "a").empty());
}

TEST(MailStore, ArchivesByTakingTheInboxLabelOff) {
    MailStore store = gmail_store();
    store.file(*store.by_use(Use::inbox), mail("a"));
    store.move(*store.by_use(Use::inbox), {1}, *store.by_use(Use::all));
    EXPECT_THAT(places(store, "a"), ElementsAre("[Gmail]/All Mail:1"));
    store.remove(*store.by_use(Use::all), 1);
    EXPECT_THAT(places(store, "a"), ElementsAre("[Gmail]/Trash:1"));
}

TEST(MailStore, NamesLabelsWithoutTheFolderItIsLookedAtIn) {
    MailStore store = gmail_store();
    const auto one = mail("a");
    store.file(*store.by_use(Use::inbox), one);
    EXPECT_THAT(store.labels_of(*one, *store.by_use(Use::all)), ElementsAre("\\Inbox"));
    EXPECT_TRUE(store.labels_of(*one, *store.by_use(Use::inbox)).empty());
}

TEST(MailStore, CopiesAreMessagesOfTheirOwnWithoutLabels) {
    MailStore store = outlook_store();
    store.file(*store.by_use(Use::inbox), mail("a"));
    store.copy(*store.by_use(Use::inbox), {1}, *store.by_use(Use::archive));
    store.by_use(Use::archive)->entries.front().mail->flags.insert("\\Seen");
    EXPECT_FALSE(store.by_use(Use::inbox)->entries.front().mail->flags.contains("\\Seen"));
    store.move(*store.by_use(Use::inbox), {1}, *store.by_use(Use::junk));
    EXPECT_THAT(places(store, "a"), ElementsAre("Archive:1", "Junk Email:1"));
    store.file(*store.by_use(Use::inbox), mail("b"));
    EXPECT_THAT(places(store, "b"), ElementsAre("INBOX:2")) << "UIDs are never used again";
}

TEST(MailStore, GivesEveryFolderAUidvalidityOfItsOwn) {
    MailStore store = outlook_store();
    std::set<std::uint32_t> seen;
    for (const StoreFolder& folder : store.folders()) seen.insert(folder.uidvalidity);
    EXPECT_EQ(seen.size(), store.folders().size());
}

TEST(MailStore, FindsFoldersByBothNames) {
    MailStore store(folder_layout(provider("gmail"), "de", true), true, 1);
    EXPECT_EQ(store.by_name("[Gmail]/Entwürfe"), store.by_wire_name("[Gmail]/Entw&APw-rfe"));
    EXPECT_NE(store.by_name("[Gmail]/Entwürfe"), nullptr);
    EXPECT_EQ(store.by_wire_name("inbox"), store.by_use(Use::inbox));
    EXPECT_EQ(store.by_wire_name("[Gmail]"), nullptr) << "can't be selected";
}

}  // namespace
}  // namespace sandbox
