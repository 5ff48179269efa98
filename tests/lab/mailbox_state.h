// Everything that an owner sees of a mailbox: each message's folder, place in it, UID and flags;
// for comparing a whole mailbox before and after the program worked in it.
//
//   const MailboxState before = servers->mailbox_state(email);
//   …                                              // the program works; the owner too, perhaps
//   EXPECT_THAT(differences(before, servers->mailbox_state(email), is_ours), IsEmpty());
//
// What the owner did meanwhile is done to `before` as well: `erase`, `move`, `set_flags`. A move
// gives the message a new UID at the end of its folder, as on the server. \Recent is no flag of the
// owner's (RFC 9051 has none) and is left out. Plain values: nothing here speaks to a server.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lab {

struct MailState {
    std::int64_t uid = 0;
    std::string message_id;          // without brackets
    std::string digest;              // of the whole message's bytes
    std::vector<std::string> flags;  // and keywords, sorted, without \Recent
    bool moved = false;              // by the owner meanwhile: its UID is not known

    bool operator==(const MailState&) const = default;
};

struct FolderState {
    std::int64_t uidvalidity = 0;
    std::vector<MailState> mails;  // in the order of their UIDs
};

struct MailboxState {
    std::map<std::string, FolderState> folders;  // names in UTF-8, "/" between levels

    // The first message of that Message-ID in that folder; throws std::out_of_range without one.
    MailState& find(const std::string& folder, const std::string& message_id);
    void erase(const std::string& folder, const std::string& message_id);
    void move(const std::string& from, const std::string& message_id, const std::string& to);
    void set_flags(
        const std::string& folder, const std::string& message_id, std::vector<std::string> flags
    );
    // How many messages of that Message-ID lie anywhere, and in which folders.
    std::vector<std::string> folders_of(const std::string& message_id) const;
};

using IsOurs = std::function<bool(const MailState&)>;

// One line for each difference in what is not ours: gone, new, other flags, another UID, another
// order, a folder that is gone or whose UIDVALIDITY changed. A new folder is one too unless only
// mail of ours (or none) lies in it.
std::vector<std::string> differences(
    const MailboxState& before, const MailboxState& after, const IsOurs& is_ours
);

// What `doveadm -f json fetch "mailbox uid flags hdr.message-id text"` and `doveadm -f json mailbox
// status uidvalidity` print. Throws std::runtime_error where it is something else.
MailboxState parse_mailbox_state(const std::string& mails_json, const std::string& folders_json);

}  // namespace lab
