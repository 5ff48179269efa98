// Folders and what is put into them: LIST, CREATE, APPEND, SELECT, IDLE; ENABLE, which changes how
// folders are named.
#include "base/text.h"
#include "sandbox/imap_server.h"
#include "sandbox/imap_words.h"

namespace sandbox {

namespace {

constexpr std::size_t kPatternBytesMax = 128;
constexpr std::size_t kNameBytesMax = 100;
constexpr std::size_t kFoldersMax = 100;

std::string name_on_wire(const std::string& name, bool quoting) {
    return quoting || name.find_first_of(" []()\"\\%*") != std::string::npos ? imap_quoted(name)
                                                                             : name;
}

// Names that are the same in UTF-8 and modified UTF-7: no more is needed here.
bool is_plain(std::string_view name) {
    return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
        return c >= 0x20 && c < 0x7f && !std::string_view("&%*\"\\").contains(c);
    });
}

struct Appending {
    std::string folder;
    std::set<std::string> flags;
    std::optional<base::Timestamp> date;
    std::string message;
};

// ` "Sent" (\Seen) " 1-Jun-2026 08:00:00 +0000" {5}…` (RFC 3501 section 6.3.11).
std::optional<Appending> read_append(ImapReader& reader) {
    Appending out;
    const auto folder = reader.space() ? reader.astring() : std::nullopt;
    if (!folder || !reader.space()) return std::nullopt;
    out.folder = *folder;
    if (reader.peek() == '(') {
        std::optional<std::set<std::string>> flags = read_flag_list(reader);
        if (!flags || !reader.space()) return std::nullopt;
        out.flags = std::move(*flags);
    }
    if (reader.peek() == '"') {
        const std::optional<std::string> date = reader.quoted();
        out.date = date ? parse_imap_date_time(*date) : std::nullopt;
        if (!out.date || !reader.space()) return std::nullopt;
    }
    std::optional<std::string> message = reader.literal();
    if (!message || !reader.at_end()) return std::nullopt;
    out.message = std::move(*message);
    return out;
}

}  // namespace

StoreFolder* ImapServer::folder_named(std::string_view name) {
    const bool utf8 = utf8_ && !base::equals_ignoring_case(name, "INBOX");
    return utf8 ? account_->mail.by_name(name) : account_->mail.by_wire_name(name);
}

ImapServer::Tagged ImapServer::enable(ImapReader& reader) {
    std::string enabled = "* ENABLED";
    while (reader.space()) {
        const std::optional<std::string> name = reader.atom();
        if (!name) return "BAD ENABLE wants capabilities";
        if (!base::equals_ignoring_case(*name, "UTF8=ACCEPT") || !offers("UTF8=ACCEPT")) continue;
        utf8_ = true;
        enabled += " UTF8=ACCEPT";
    }
    if (!reader.at_end()) return "BAD ENABLE wants capabilities";
    say(enabled);
    return "OK ENABLE completed";
}

ImapServer::Tagged ImapServer::create(ImapReader& reader) {
    auto name = reader.space() ? reader.astring() : std::nullopt;
    if (!name || !reader.at_end()) return "BAD CREATE wants a folder name";
    if (name->ends_with('/')) name->pop_back();
    if (folder_named(*name) != nullptr) return "NO " + provider_.imap_manner.already_exists;
    const bool reserved = provider_.labels && name->starts_with("[Gmail]");
    if (!is_plain(*name) || reserved || account_->mail.folders().size() >= kFoldersMax)
        return "NO [CANNOT] Folder can not be made";
    account_->mail.create(*name);
    return "OK CREATE completed";
}

ImapServer::Tagged ImapServer::append(ImapReader& reader) {
    std::optional<Appending> appending = read_append(reader);
    if (!appending) return "BAD APPEND wants a folder and a message";
    StoreFolder* folder = folder_named(appending->folder);
    if (folder == nullptr)
        return "NO [TRYCREATE] No folder " + base::printable(appending->folder, 80);
    auto mail = make_mail(std::move(appending->message), appending->date.value_or(office_.now()));
    mail->flags = std::move(appending->flags);
    const std::uint32_t uid = account_->mail.file(*folder, std::move(mail));
    tell_changes();
    return fmt::format("OK [APPENDUID {} {}] (Success)", folder->uidvalidity, uid);
}

ImapServer::Tagged ImapServer::idle() {
    idling_ = true;
    account_->mail.watch(this, [this] { nudge(); });
    say("+ idling");
    tell_changes();
    return {};
}

ImapServer::Tagged ImapServer::end_idle(const std::string& line) {
    idling_ = false;
    account_->mail.unwatch(this);
    tell_changes();
    return base::equals_ignoring_case(line, "DONE") ? "OK IDLE terminated" : "BAD Expected DONE.";
}

std::string ImapServer::take_news() {
    if (!idling_) return {};
    tell_changes();
    return std::exchange(out_.bytes, {});
}

ImapServer::Tagged ImapServer::list(ImapReader& reader) {
    const auto reference = reader.space() ? reader.astring() : std::nullopt;
    const auto pattern = reference && reader.space() ? reader.astring("%*") : std::nullopt;
    if (!pattern || !reader.at_end() || pattern->size() > kPatternBytesMax)
        return "BAD LIST wants a reference and a pattern";
    if (pattern->empty()) say("* LIST (\\Noselect) \"/\" \"\"");
    for (const StoreFolder& folder : account_->mail.folders()) {
        const FolderLayout& layout = folder.layout;
        const std::string& spelled = utf8_ ? layout.name : layout.wire_name;
        if (!list_matches(*reference + *pattern, spelled)) continue;
        const std::string name = name_on_wire(spelled, provider_.imap_manner.quotes_names);
        say("* LIST (" + base::join(layout.attributes, " ") + ") \"/\" " + name);
    }
    return "OK LIST completed";
}

ImapServer::Tagged ImapServer::select(ImapReader& reader, bool read_only) {
    const auto name = reader.space() ? reader.astring() : std::nullopt;
    if (!name || !reader.at_end()) return "BAD a folder name is wanted";
    selected_.reset();
    StoreFolder* folder = folder_named(*name);
    if (folder == nullptr)
        return "NO [NONEXISTENT] Unknown Mailbox: " + base::printable(*name, 80) + " (Failure)";
    selected_ = Selection{folder, read_only, {}};
    const std::string flags = "\\Answered \\Flagged \\Draft \\Deleted \\Seen";
    say("* FLAGS (" + flags + ")");
    say("* OK [PERMANENTFLAGS (" + (read_only ? "" : flags + " \\*") + ")] Flags permitted.");
    say("* OK [UIDVALIDITY " + std::to_string(folder->uidvalidity) + "] UIDs valid.");
    for (const Entry& entry : folder->entries) selected_->view.push_back(entry.uid);
    say("* " + std::to_string(selected_->view.size()) + " EXISTS");
    say("* 0 RECENT");
    say("* OK [UIDNEXT " + std::to_string(folder->uidnext) + "] Predicted next UID.");
    return std::string("OK [") + (read_only ? "READ-ONLY" : "READ-WRITE") + "] selected. (Success)";
}

ImapServer::Tagged ImapServer::close(bool expunging) {
    if (expunging && !selected_->read_only) expunge(std::nullopt);
    selected_.reset();
    return "OK closed";
}

}  // namespace sandbox
