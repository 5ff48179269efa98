// What lies in a Maildir (Maildir++ as Dovecot keeps it), read from its files and nothing else.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lab {

struct StoredMail {
    std::string folder;   // "INBOX", "Junk", …
    std::string path;     // of the file
    std::string name;     // the file's name before its flags: it stays when flags change
    bool is_new = false;  // still in new/: no IMAP session has looked at the folder
    std::string flags;    // "S" seen, "R" answered, "F" flagged, …; "" in new/
    std::string headers;  // raw, with the line ends of the file, without the empty line

    // The unfolded values of all fields of that name (compared without case), in order.
    std::vector<std::string> fields(std::string_view field_name) const;
    // The first of them; empty where there is none.
    std::string field(std::string_view field_name) const;
    bool seen() const { return flags.contains('S'); }
};

// All mail of all folders, ordered by folder and name; a mail that moves from new/ to cur/
// meanwhile is listed once. Empty where there is no such Maildir.
std::vector<StoredMail> read_maildir_at(const std::string& root);
// Writes `raw` as new mail of the inbox, as a delivery agent does, and returns its name.
std::string put_mail_at(
    const std::string& root, const std::string& raw, unsigned uid, unsigned gid
);

// "<a@b>" → "a@b", without blanks around it.
std::string bare_id(std::string_view message_id);

}  // namespace lab
