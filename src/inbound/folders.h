// Which folders of a mailbox are watched, and what each is.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "imap/types.h"

namespace inbound {

enum class FolderKind { inbox, spam, all, archive, trash, sent };
std::string_view to_string(FolderKind kind);

struct WatchedFolder {
    std::string name;
    FolderKind kind = FolderKind::inbox;
};

// In the order in which they are searched: inbox, spam, then where mail goes that a filter or the
// owner moved. The spam folder is the one marked \Junk (RFC 6154), else the first of the provider's
// names, else a common name ("Spam", "Junk", "Junk Email", "Bulk Mail" and translations), compared
// without case.
std::vector<WatchedFolder> choose_folders(
    const std::vector<imap::Folder>& folders, const std::vector<std::string>& spam_names
);

// Where the account keeps what it has sent: the folder marked \Sent, else a common name; nothing
// where there is none.
std::optional<std::string> sent_folder(const std::vector<imap::Folder>& folders);

// The folder that handled mail is filed into.
struct OwnFolder {
    std::string name;     // with the server's prefix where everything lies below the inbox
    bool exists = false;  // else it is to be made
};
// `leaf` is the name that the settings give, such as "Pilotlight"; compared without case.
OwnFolder own_folder(const std::vector<imap::Folder>& folders, std::string_view leaf);
// Which of Gmail's folders are not among them, though every account has them: its settings hide
// them from IMAP ("Show in IMAP"). "", "spam", "all" or "spam,all"; "" for other providers, whose
// accounts may have no such folder at all.
std::string hidden_folders(const std::vector<WatchedFolder>& watched, bool is_gmail);

}  // namespace inbound
