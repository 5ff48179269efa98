#include "inbound/folders.h"

namespace {

std::string described(const std::vector<inbound::WatchedFolder>& folders) {
    std::string out;
    for (const auto& folder : folders)
        out += std::string(inbound::to_string(folder.kind)) + "=" + folder.name + ";";
    return out;
}

}  // namespace

TEST(ChooseFolders, TrustsSpecialUseBeforeNames) {
    const std::vector<imap::Folder> folders = {
        {"INBOX", "/", {}},
        {"Spam", "/", {}},
        {"[Gmail]", "/", {"\\Noselect"}},
        {"[Gmail]/Courrier indésirable", "/", {"\\Junk"}},
        {"[Gmail]/Tous les messages", "/", {"\\All"}},
        {"[Gmail]/Corbeille", "/", {"\\Trash"}},
    };
    EXPECT_EQ(
        described(inbound::choose_folders(folders, {"Spam"})),
        "inbox=INBOX;spam=[Gmail]/Courrier indésirable;all=[Gmail]/Tous les messages;"
        "trash=[Gmail]/Corbeille;"
    );
}

TEST(ChooseFolders, FindsTheSpamFolderByNameWhereNothingIsMarked) {
    EXPECT_EQ(
        described(inbound::choose_folders(
            {{"INBOX", "/", {}},
             {"junk email", "/", {}},
             {"Archive", "/", {}},
             {"Deleted Items", "/", {}}},
            {"Junk Email"}
        )),
        "inbox=INBOX;spam=junk email;archive=Archive;trash=Deleted Items;"
    );
    EXPECT_EQ(
        described(inbound::choose_folders({{"INBOX", ".", {}}, {"INBOX.Spam", ".", {}}}, {})),
        "inbox=INBOX;spam=INBOX.Spam;"
    );
}

TEST(ChooseFolders, NeverTakesWhatCannotBeSelected) {
    EXPECT_EQ(
        described(inbound::choose_folders({{"Junk", "/", {"\\Noselect", "\\Junk"}}}, {"Junk"})),
        "inbox=INBOX;"
    );
}

TEST(SentFolder, IsTheMarkedOneElseOneOfACommonName) {
    EXPECT_EQ(
        inbound::sent_folder({{"Sent", "/", {}}, {"[Gmail]/Gesendet", "/", {"\\Sent"}}}),
        "[Gmail]/Gesendet"
    );
    EXPECT_EQ(inbound::sent_folder({{"INBOX", "/", {}}, {"Sent Items", "/", {}}}), "Sent Items");
    EXPECT_EQ(inbound::sent_folder({{"INBOX.sent", ".", {}}}), "INBOX.sent");
    EXPECT_EQ(
        inbound::sent_folder({{"Sent", "/", {"\\Noselect"}}, {"INBOX", "/", {}}}), std::nullopt
    );
}

TEST(OwnFolder, IsFoundOrNamedWhereTheServerTakesIt) {
    const auto named = [](const std::vector<imap::Folder>& folders) {
        const inbound::OwnFolder own = inbound::own_folder(folders, "Pilotlight");
        return own.name + (own.exists ? " is there" : " is to be made");
    };
    EXPECT_EQ(named({{"INBOX", "/", {}}, {"Sent", "/", {}}}), "Pilotlight is to be made");
    EXPECT_EQ(named({{"INBOX", "/", {}}, {"pilotlight", "/", {}}}), "pilotlight is there");
    EXPECT_EQ(
        named({{"INBOX", ".", {}}, {"INBOX.Sent", ".", {}}}), "INBOX.Pilotlight is to be made"
    );
    EXPECT_EQ(
        named({{"INBOX.Sent", ".", {}}, {"INBOX.Pilotlight", ".", {}}}), "INBOX.Pilotlight is there"
    );
    EXPECT_EQ(
        named({{"INBOX", ".", {}}, {"INBOX.Sent", ".", {}}, {"shared", ".", {}}}),
        "Pilotlight is to be made"
    );
    EXPECT_EQ(named({{"INBOX", "", {}}}), "Pilotlight is to be made");
}

TEST(HiddenFolders, AreThoseThatGmailDoesNotShow) {
    using inbound::FolderKind;
    const inbound::WatchedFolder inbox{"INBOX", FolderKind::inbox};
    const inbound::WatchedFolder spam{"[Gmail]/Spam", FolderKind::spam};
    const inbound::WatchedFolder all{"[Gmail]/All Mail", FolderKind::all};
    EXPECT_EQ(inbound::hidden_folders({inbox, spam, all}, true), "");
    EXPECT_EQ(inbound::hidden_folders({inbox, all}, true), "spam");
    EXPECT_EQ(inbound::hidden_folders({inbox, spam}, true), "all");
    EXPECT_EQ(inbound::hidden_folders({inbox}, true), "spam,all");
    EXPECT_EQ(inbound::hidden_folders({inbox}, false), "");
}
