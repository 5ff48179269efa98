#include "inbound/folders.h"

#include <array>

#include "base/text.h"

namespace inbound {

namespace {

// Names that clients and providers use where they mark nothing; the last part of a path is
// compared.
constexpr std::array<std::string_view, 12> kSpamNames = {
    "spam",
    "junk",
    "junk email",
    "junk e-mail",
    "bulk mail",
    "bulk",
    "spamverdacht",
    "courrier indésirable",
    "correo no deseado",
    "posta indesiderata",
    "lixo eletrônico",
    "ongewenst",
};
constexpr std::array<std::string_view, 2> kArchiveNames = {"archive", "archiv"};
constexpr std::array<std::string_view, 4> kTrashNames = {
    "trash", "deleted items", "papierkorb", "deleted messages"
};

constexpr std::array<std::string_view, 9> kSentNames = {
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "gesendet",
    "gesendete elemente",
    "éléments envoyés",
    "enviados",
    "posta inviata",
};

bool selectable(const imap::Folder& folder) {
    return !folder.has("\\Noselect") && !folder.has("\\NonExistent");
}

std::string last_part(const imap::Folder& folder) {
    if (folder.delimiter.empty()) return folder.name;
    const std::size_t at = folder.name.rfind(folder.delimiter);
    return at == std::string::npos ? folder.name : folder.name.substr(at + folder.delimiter.size());
}

const imap::Folder* with_attribute(
    const std::vector<imap::Folder>& folders, std::string_view attribute
) {
    for (const imap::Folder& folder : folders)
        if (selectable(folder) && folder.has(attribute)) return &folder;
    return nullptr;
}

template <class Names>
const imap::Folder* with_name(const std::vector<imap::Folder>& folders, const Names& names) {
    for (const auto& name : names)
        for (const imap::Folder& folder : folders)
            if (selectable(folder) && (base::equals_ignoring_case(folder.name, name) ||
                                       base::equals_ignoring_case(last_part(folder), name)))
                return &folder;
    return nullptr;
}

}  // namespace

std::string_view to_string(FolderKind kind) {
    switch (kind) {
        case FolderKind::inbox:
            return "inbox";
        case FolderKind::spam:
            return "spam";
        case FolderKind::all:
            return "all";
        case FolderKind::archive:
            return "archive";
        case FolderKind::trash:
            return "trash";
        case FolderKind::sent:
            return "sent";
    }
    return "unknown";
}

std::vector<WatchedFolder> choose_folders(
    const std::vector<imap::Folder>& folders, const std::vector<std::string>& spam_names
) {
    std::vector<WatchedFolder> chosen = {{"INBOX", FolderKind::inbox}};
    const auto add = [&](const imap::Folder* folder, FolderKind kind) {
        if (folder == nullptr || base::equals_ignoring_case(folder->name, "INBOX")) return;
        for (const WatchedFolder& known : chosen)
            if (known.name == folder->name) return;
        chosen.push_back({folder->name, kind});
    };
    const imap::Folder* spam = with_attribute(folders, "\\Junk");
    if (spam == nullptr) spam = with_name(folders, spam_names);
    if (spam == nullptr) spam = with_name(folders, kSpamNames);
    add(spam, FolderKind::spam);
    add(with_attribute(folders, "\\All"), FolderKind::all);
    const imap::Folder* archive = with_attribute(folders, "\\Archive");
    add(archive != nullptr ? archive : with_name(folders, kArchiveNames), FolderKind::archive);
    const imap::Folder* trash = with_attribute(folders, "\\Trash");
    add(trash != nullptr ? trash : with_name(folders, kTrashNames), FolderKind::trash);
    return chosen;
}

std::optional<std::string> sent_folder(const std::vector<imap::Folder>& folders) {
    const imap::Folder* sent = with_attribute(folders, "\\Sent");
    if (sent == nullptr) sent = with_name(folders, kSentNames);
    return sent == nullptr ? std::nullopt : std::optional(sent->name);
}

OwnFolder own_folder(const std::vector<imap::Folder>& folders, std::string_view leaf) {
    const std::array<std::string_view, 1> names = {leaf};
    if (const imap::Folder* known = with_name(folders, names)) return {known->name, true};
    // Some servers keep every folder below the inbox and refuse one beside it.
    std::string prefix;
    for (const imap::Folder& folder : folders) {
        if (base::equals_ignoring_case(folder.name, "INBOX")) continue;
        const std::string below = "INBOX" + folder.delimiter;
        if (folder.delimiter.empty() || !base::starts_with_ignoring_case(folder.name, below))
            return {std::string(leaf), false};
        prefix = below;
    }
    return {prefix + std::string(leaf), false};
}

std::string hidden_folders(const std::vector<WatchedFolder>& watched, bool is_gmail) {
    if (!is_gmail) return {};
    std::vector<std::string> hidden;
    for (const FolderKind kind : {FolderKind::spam, FolderKind::all}) {
        const bool shown = std::ranges::any_of(watched, [kind](const WatchedFolder& folder) {
            return folder.kind == kind;
        });
        if (!shown) hidden.emplace_back(to_string(kind));
    }
    return base::join(hidden, ",");
}

}  // namespace inbound
