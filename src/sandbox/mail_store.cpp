#include "sandbox/mail_store.h"

#include "base/check.h"
#include "base/text.h"
#include "mime/message.h"

namespace sandbox {

namespace {

std::size_t find_body(std::string_view raw) {
    if (raw.starts_with("\r\n")) return 2;
    const std::size_t blank = raw.find("\r\n\r\n");
    return blank == std::string_view::npos ? raw.size() : blank + 4;
}

}  // namespace

std::shared_ptr<Mail> make_mail(std::string raw, base::Timestamp internal_date) {
    auto mail = std::make_shared<Mail>();
    mime::Message parsed = mime::read_headers(raw);
    mail->headers = std::move(parsed.headers);
    mail->subject = std::move(parsed.subject);
    if (parsed.message_id) mail->message_id = parsed.message_id->str();
    mail->sent_date = parsed.date;
    mail->body_at = find_body(raw);
    mail->raw = std::move(raw);
    mail->internal_date = internal_date;
    return mail;
}

const Entry* StoreFolder::find(std::uint32_t uid) const {
    const auto found = std::ranges::lower_bound(entries, uid, {}, &Entry::uid);
    return found != entries.end() && found->uid == uid ? &*found : nullptr;
}

MailStore::MailStore(std::vector<FolderLayout> folders, bool labels, std::uint32_t uidvalidity)
    : labels_(labels), last_copy_id_(std::uint64_t{uidvalidity} * 1'000'000'000) {
    for (FolderLayout& layout : folders) {
        StoreFolder folder;
        folder.layout = std::move(layout);
        folder.uidvalidity = uidvalidity++;
        folders_.push_back(std::move(folder));
    }
    // Accounts are 16 apart; what is made later must not meet the next one's, and grow all the
    // same.
    next_uidvalidity_ = uidvalidity + 1'000'000;
}

void MailStore::create(std::string name) {
    StoreFolder folder;
    folder.layout = {Use::own, name, name, {"\\HasNoChildren"}};
    folder.uidvalidity = next_uidvalidity_++;
    folders_.push_back(std::move(folder));
}

void MailStore::watch(const void* who, std::function<void()> on_change) {
    watchers_[who] = std::move(on_change);
}

void MailStore::tell_watchers() const {
    for (const auto& [who, on_change] : watchers_) on_change();
}

StoreFolder* MailStore::by_wire_name(std::string_view wire_name) {
    if (base::equals_ignoring_case(wire_name, "INBOX")) return by_use(Use::inbox);
    for (StoreFolder& folder : folders_)
        if (folder.layout.wire_name == wire_name && folder.layout.use != Use::none) return &folder;
    return nullptr;
}

StoreFolder* MailStore::by_name(std::string_view name) {
    for (StoreFolder& folder : folders_)
        if (folder.layout.name == name && folder.layout.use != Use::none) return &folder;
    return nullptr;
}

StoreFolder* MailStore::by_use(Use use) {
    for (StoreFolder& folder : folders_)
        if (folder.layout.use == use) return &folder;
    return nullptr;
}

bool MailStore::exclusive(const StoreFolder& folder) const {
    return folder.layout.use == Use::junk || folder.layout.use == Use::trash;
}

std::uint32_t MailStore::place(StoreFolder& folder, std::shared_ptr<Mail> mail) {
    for (const Entry& entry : folder.entries)
        if (entry.mail == mail) return entry.uid;
    folder.entries.push_back({folder.uidnext++, std::move(mail)});
    tell_watchers();
    return folder.entries.back().uid;
}

void MailStore::take_out(StoreFolder& folder, const Mail& mail) {
    const auto is_it = [&](const Entry& entry) { return entry.mail.get() == &mail; };
    if (std::erase_if(folder.entries, is_it) > 0) tell_watchers();
}

std::uint32_t MailStore::file(StoreFolder& folder, std::shared_ptr<Mail> mail) {
    if (mail->id == 0) mail->id = ++last_copy_id_;
    if (labels_ && !exclusive(folder)) place(*by_use(Use::all), mail);
    return place(folder, std::move(mail));
}

std::uint32_t MailStore::relabel(
    std::shared_ptr<Mail> mail, StoreFolder& from, StoreFolder& to, bool moving
) {
    for (StoreFolder& folder : folders_) {
        // Spam and trash are beside all labels: who is there is nowhere else.
        const bool leaves = exclusive(to) || exclusive(folder) ||
                            (moving && &folder == &from && from.layout.use != Use::all);
        if (leaves && &folder != &to) take_out(folder, *mail);
    }
    if (!exclusive(to)) place(*by_use(Use::all), mail);
    return place(to, std::move(mail));
}

MailStore::Moved MailStore::copy(
    StoreFolder& from, const std::vector<std::uint32_t>& uids, StoreFolder& to
) {
    Moved moved;
    for (const std::uint32_t uid : uids) {
        const Entry* entry = from.find(uid);
        if (entry == nullptr) continue;
        moved.from.push_back(uid);
        if (labels_) {
            moved.to.push_back(relabel(std::shared_ptr(entry->mail), from, to, false));
            continue;
        }
        auto copied = std::make_shared<Mail>(*entry->mail);
        copied->id = ++last_copy_id_;
        moved.to.push_back(place(to, std::move(copied)));
    }
    return moved;
}

MailStore::Moved MailStore::move(
    StoreFolder& from, const std::vector<std::uint32_t>& uids, StoreFolder& to
) {
    Moved moved;
    if (&from == &to) return moved;
    for (const std::uint32_t uid : uids) {
        const Entry* entry = from.find(uid);
        if (entry == nullptr) continue;
        const std::shared_ptr<Mail> mail = entry->mail;
        moved.from.push_back(uid);
        if (labels_) {
            moved.to.push_back(relabel(mail, from, to, true));
            continue;
        }
        take_out(from, *mail);
        moved.to.push_back(place(to, mail));
    }
    return moved;
}

void MailStore::remove(StoreFolder& folder, std::uint32_t uid) {
    const Entry* entry = folder.find(uid);
    if (entry == nullptr) return;
    const std::shared_ptr<Mail> mail = entry->mail;
    take_out(folder, *mail);
    // With labels, what leaves All Mail leaves everything and waits in the trash.
    if (labels_ && folder.layout.use == Use::all) relabel(mail, folder, *by_use(Use::trash), true);
}

std::vector<std::string> MailStore::labels_of(const Mail& mail, const StoreFolder& seen_in) const {
    std::vector<std::string> labels;
    for (const StoreFolder& folder : folders_) {
        if (&folder == &seen_in || folder.layout.use == Use::all) continue;
        const bool here = std::ranges::any_of(folder.entries, [&](const Entry& entry) {
            return entry.mail.get() == &mail;
        });
        if (!here) continue;
        if (folder.layout.use == Use::inbox) labels.push_back("\\Inbox");
        if (folder.layout.use == Use::sent) labels.push_back("\\Sent");
        if (folder.layout.use == Use::drafts) labels.push_back("\\Draft");
        if (folder.layout.use == Use::own) labels.push_back(folder.layout.wire_name);
    }
    return labels;
}

}  // namespace sandbox
