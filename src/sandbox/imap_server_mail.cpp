// The commands of the selected state: UID SEARCH, FETCH, STORE, COPY, MOVE, EXPUNGE.
#include "base/text.h"
#include "sandbox/imap_fetch.h"
#include "sandbox/imap_search.h"
#include "sandbox/imap_server.h"
#include "sandbox/imap_words.h"

namespace sandbox {

namespace {

struct FlagChange {
    enum class Kind { add, remove, replace } kind = Kind::replace;
    bool silent = false;
    std::set<std::string> flags;
};

bool read_flags(ImapReader& reader, FlagChange& change) {
    if (reader.peek() == '(') {
        std::optional<std::set<std::string>> list = read_flag_list(reader);
        if (!list || !reader.at_end()) return false;
        change.flags = std::move(*list);
        return true;
    }
    do {
        std::optional<std::string> flag = settable_flag(reader);
        if (!flag) return false;
        change.flags.insert(std::move(*flag));
    } while (reader.space());
    return reader.at_end();
}

std::optional<FlagChange> parse_flag_change(ImapReader& reader) {
    FlagChange change;
    if (reader.eat('+')) {
        change.kind = FlagChange::Kind::add;
    } else if (reader.eat('-')) {
        change.kind = FlagChange::Kind::remove;
    }
    const std::optional<std::string> item = reader.atom();
    if (!item) return std::nullopt;
    change.silent = base::equals_ignoring_case(*item, "FLAGS.SILENT");
    if (!change.silent && !base::equals_ignoring_case(*item, "FLAGS")) return std::nullopt;
    if (!reader.space() || !read_flags(reader, change)) return std::nullopt;
    return change;
}

void apply(const FlagChange& change, std::set<std::string>& flags) {
    if (change.kind == FlagChange::Kind::replace) flags.clear();
    for (const std::string& flag : change.flags) {
        if (change.kind == FlagChange::Kind::remove) {
            flags.erase(flag);
        } else {
            flags.insert(flag);
        }
    }
}

std::string comma_list(const std::vector<std::uint32_t>& uids) {
    std::vector<std::string> words;
    for (const std::uint32_t uid : uids) words.push_back(std::to_string(uid));
    return base::join(words, ",");
}

}  // namespace

ImapServer::Tagged ImapServer::run_uid(ImapReader& reader) {
    const auto atom = reader.space() ? reader.atom() : std::nullopt;
    const std::string name = base::to_lower(atom.value_or(""));
    if (!reader.space()) return "BAD UID command wants arguments";
    Tagged answer = "BAD UID command not known";
    if (name == "search") answer = uid_search(reader);
    if (name == "fetch") answer = uid_fetch(reader);
    if (name == "store") answer = uid_store(reader);
    if (name == "copy" || name == "move") answer = uid_copy(reader, name == "move");
    if (name == "expunge") {
        const std::optional<NumberSet> set = reader.set();
        if (!set || !reader.at_end()) return "BAD UID EXPUNGE wants a set";
        if (selected_->read_only) return "NO [READ-ONLY] folder is read-only";
        expunge(set);
        answer = "OK UID EXPUNGE completed";
    }
    tell_changes();
    return answer;
}

ImapServer::Tagged ImapServer::uid_search(ImapReader& reader) {
    const SearchProgram program = parse_search(reader, provider_.labels);
    if (program.names_charset && utf8_) return "BAD no CHARSET with UTF8=ACCEPT";
    if (program.bad_charset) return "NO [BADCHARSET (UTF-8)] charset not supported";
    if (!program.matches) return "BAD could not parse the search criteria";
    const auto count = static_cast<std::uint32_t>(selected_->view.size());
    std::string found = "* SEARCH";
    for (std::uint32_t i = 0; i < count; ++i) {
        const Entry* entry = selected_->folder->find(selected_->view[i]);
        if (entry == nullptr) continue;
        const SearchSubject subject{*entry, i + 1, count, uid_max(), *selected_->folder};
        if (program.matches(subject)) found += " " + std::to_string(entry->uid);
    }
    say(found);
    return "OK SEARCH completed (Success)";
}

ImapServer::Tagged ImapServer::uid_fetch(ImapReader& reader) {
    const std::optional<NumberSet> set = reader.set();
    if (!set || !reader.space()) return "BAD UID FETCH wants a set and items";
    auto items = parse_fetch_items(reader, provider_.imap_manner, provider_.labels);
    if (!items) return "BAD could not parse the fetch items";
    const bool marks = sets_seen(*items) && !selected_->read_only;
    const bool tells_flags = std::ranges::any_of(*items, [](const FetchItem& item) {
        return item.what == FetchItem::What::flags;
    });
    if (marks && !tells_flags) items->push_back({.what = FetchItem::What::flags, .name = "FLAGS"});
    for (const std::uint32_t uid : known_uids(*set)) {
        const Entry* entry = selected_->folder->find(uid);
        if (marks) entry->mail->flags.insert("\\Seen");
        const std::string inside = fetch_answer(*items, *entry, account_->mail, *selected_->folder);
        say("* " + std::to_string(sequence_of(uid)) + " FETCH (" + inside + ")");
    }
    return "OK Success";
}

ImapServer::Tagged ImapServer::uid_store(ImapReader& reader) {
    const std::optional<NumberSet> set = reader.set();
    if (!set || !reader.space()) return "BAD UID STORE wants a set and flags";
    const std::optional<FlagChange> change = parse_flag_change(reader);
    if (!change) return "BAD could not parse the flags";
    if (selected_->read_only) return "NO [READ-ONLY] folder is read-only";
    for (const std::uint32_t uid : known_uids(*set)) {
        Mail& mail = *selected_->folder->find(uid)->mail;
        apply(*change, mail.flags);
        if (change->silent) continue;
        say(fmt::format("* {} FETCH (UID {} FLAGS {})", sequence_of(uid), uid, flag_list(mail)));
    }
    return "OK Success";
}

ImapServer::Tagged ImapServer::uid_copy(ImapReader& reader, bool moving) {
    const std::optional<NumberSet> set = reader.set();
    const auto name = set && reader.space() ? reader.astring() : std::nullopt;
    if (!name || !reader.at_end()) return "BAD a set and a folder name are wanted";
    if (moving && selected_->read_only) return "NO [READ-ONLY] folder is read-only";
    StoreFolder* target = folder_named(*name);
    if (target == nullptr) return "NO [TRYCREATE] No folder " + base::printable(*name, 80);
    StoreFolder& source = *selected_->folder;
    const std::vector<std::uint32_t> uids = known_uids(*set);
    if (source.layout.use == Use::junk && target->layout.use == Use::inbox)
        for (const std::uint32_t uid : uids)
            office_.note_rescue(*account_, *source.find(uid)->mail);
    const MailStore::Moved moved = moving ? account_->mail.move(source, uids, *target)
                                          : account_->mail.copy(source, uids, *target);
    if (moved.from.empty()) return "OK nothing to do";
    const std::string code = fmt::format(
        "[COPYUID {} {} {}]", target->uidvalidity, comma_list(moved.from), comma_list(moved.to)
    );
    if (!moving) return "OK " + code + " (Success)";
    say("* OK " + code + " Moved");
    return "OK (Success)";
}

void ImapServer::expunge(const std::optional<NumberSet>& uids) {
    StoreFolder& folder = *selected_->folder;
    for (const std::uint32_t uid : selected_->view) {
        const Entry* entry = folder.find(uid);
        if (entry == nullptr || !entry->mail->flags.contains("\\Deleted")) continue;
        if (!uids || uids->contains(uid, uid_max())) account_->mail.remove(folder, uid);
    }
}

std::uint32_t ImapServer::uid_max() const {
    return selected_->view.empty() ? 0 : selected_->view.back();
}

std::vector<std::uint32_t> ImapServer::known_uids(const NumberSet& set) const {
    std::vector<std::uint32_t> out;
    for (const std::uint32_t uid : selected_->view)
        if (set.contains(uid, uid_max()) && selected_->folder->find(uid) != nullptr)
            out.push_back(uid);
    return out;
}

std::uint32_t ImapServer::sequence_of(std::uint32_t uid) const {
    const auto found = std::ranges::lower_bound(selected_->view, uid);
    return static_cast<std::uint32_t>(found - selected_->view.begin()) + 1;
}

void ImapServer::tell_changes() {
    if (!selected_) return;
    std::vector<std::uint32_t>& view = selected_->view;
    for (std::size_t i = view.size(); i > 0; --i) {
        if (selected_->folder->find(view[i - 1]) != nullptr) continue;
        view.erase(view.begin() + static_cast<std::ptrdiff_t>(i - 1));
        say("* " + std::to_string(i) + " EXPUNGE");
    }
    const std::size_t known = view.size();
    for (const Entry& entry : selected_->folder->entries)
        if (view.empty() || entry.uid > view.back()) view.push_back(entry.uid);
    if (view.size() > known) say("* " + std::to_string(view.size()) + " EXISTS");
}

}  // namespace sandbox
