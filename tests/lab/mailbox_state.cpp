#include "tests/lab/mailbox_state.h"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "base/crypto.h"
#include "base/text.h"
#include "tests/lab/maildir.h"

namespace lab {

namespace {

std::string text_of(const boost::json::value& entry, std::string_view key) {
    return std::string(entry.at(key).as_string());
}

std::int64_t number_of(const boost::json::value& entry, std::string_view key) {
    const std::string text = text_of(entry, key);
    const std::optional<std::int64_t> number = base::parse_int(text);
    if (!number) throw std::runtime_error("doveadm gave no number: " + text);
    return *number;
}

std::vector<std::string> flags_of(const std::string& text) {
    std::vector<std::string> flags = base::split(text, ' ');
    std::erase_if(flags, [](const std::string& flag) {
        return flag.empty() || flag == "\\Recent";
    });
    std::ranges::sort(flags);
    return flags;
}

std::vector<MailState>::iterator position(FolderState& folder, const std::string& message_id) {
    const auto found = std::ranges::find(folder.mails, message_id, &MailState::message_id);
    if (found == folder.mails.end())
        throw std::out_of_range("no message " + message_id + " lies there");
    return found;
}

std::vector<MailState> without_ours(const FolderState& folder, const IsOurs& is_ours) {
    std::vector<MailState> out;
    std::ranges::remove_copy_if(folder.mails, std::back_inserter(out), is_ours);
    return out;
}

std::string words(const std::string& folder, const MailState& mail) {
    return folder + ": " + mail.message_id + " (UID " + std::to_string(mail.uid) + ") ";
}

// Messages are told apart by their bytes: two copies of one are two.
std::vector<MailState>::iterator take_match(std::vector<MailState>& from, const MailState& wanted) {
    const auto fits = [&](const MailState& mail) {
        return mail.digest == wanted.digest && (wanted.moved || mail.uid == wanted.uid);
    };
    const auto exact = std::ranges::find_if(from, fits);
    if (exact != from.end()) return exact;
    return std::ranges::find(from, wanted.digest, &MailState::digest);
}

void compare_folder(
    const std::string& name,
    const std::vector<MailState>& before,
    std::vector<MailState> after,
    std::vector<std::string>& out
) {
    std::vector<std::int64_t> order;
    for (const MailState& mail : before) {
        const auto match = take_match(after, mail);
        if (match == after.end()) {
            out.push_back(words(name, mail) + "is gone");
            continue;
        }
        if (!mail.moved && match->uid != mail.uid)
            out.push_back(words(name, mail) + "has UID " + std::to_string(match->uid));
        if (match->flags != mail.flags)
            out.push_back(
                words(name, mail) + "had the flags (" + base::join(mail.flags, " ") +
                ") and has (" + base::join(match->flags, " ") + ")"
            );
        if (!mail.moved) order.push_back(match->uid);
        after.erase(match);
    }
    if (!std::ranges::is_sorted(order)) out.push_back(name + ": the order is another");
    for (const MailState& mail : after) out.push_back(words(name, mail) + "is new");
}

}  // namespace

MailState& MailboxState::find(const std::string& folder, const std::string& message_id) {
    return *position(folders.at(folder), message_id);
}

void MailboxState::erase(const std::string& folder, const std::string& message_id) {
    FolderState& place = folders.at(folder);
    place.mails.erase(position(place, message_id));
}

void MailboxState::move(
    const std::string& from, const std::string& message_id, const std::string& to
) {
    MailState mail = find(from, message_id);
    FolderState& target = folders.at(to);
    erase(from, message_id);
    mail.moved = true;
    target.mails.push_back(std::move(mail));
}

void MailboxState::set_flags(
    const std::string& folder, const std::string& message_id, std::vector<std::string> flags
) {
    std::ranges::sort(flags);
    find(folder, message_id).flags = std::move(flags);
}

std::vector<std::string> MailboxState::folders_of(const std::string& message_id) const {
    std::vector<std::string> out;
    for (const auto& [name, folder] : folders)
        for (const MailState& mail : folder.mails)
            if (mail.message_id == message_id) out.push_back(name);
    return out;
}

std::vector<std::string> differences(
    const MailboxState& before, const MailboxState& after, const IsOurs& is_ours
) {
    std::vector<std::string> out;
    for (const auto& [name, folder] : before.folders) {
        const auto now = after.folders.find(name);
        if (now == after.folders.end()) {
            out.push_back(name + ": the folder is gone");
            continue;
        }
        if (now->second.uidvalidity != folder.uidvalidity)
            out.push_back(name + ": the folder was made anew");
        compare_folder(
            name, without_ours(folder, is_ours), without_ours(now->second, is_ours), out
        );
    }
    for (const auto& [name, folder] : after.folders)
        if (!before.folders.contains(name))
            for (const MailState& mail : without_ours(folder, is_ours))
                out.push_back(words(name, mail) + "is new, and so is its folder");
    return out;
}

MailboxState parse_mailbox_state(const std::string& mails_json, const std::string& folders_json) {
    MailboxState state;
    for (const boost::json::value& entry : boost::json::parse(folders_json).as_array())
        state.folders[text_of(entry, "mailbox")].uidvalidity = number_of(entry, "uidvalidity");
    for (const boost::json::value& entry : boost::json::parse(mails_json).as_array()) {
        MailState mail;
        mail.uid = number_of(entry, "uid");
        mail.message_id = bare_id(text_of(entry, "hdr.message-id"));
        mail.digest = base::hex_encode(base::sha256(text_of(entry, "text")));
        mail.flags = flags_of(text_of(entry, "flags"));
        state.folders[text_of(entry, "mailbox")].mails.push_back(std::move(mail));
    }
    for (auto& [name, folder] : state.folders) std::ranges::sort(folder.mails, {}, &MailState::uid);
    return state;
}

}  // namespace lab
