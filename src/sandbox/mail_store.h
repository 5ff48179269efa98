// What one account holds: folders, and messages in them. No protocol here.
//
// A message is one object; a folder's entry is a UID and a share of it. At a provider with labels
// the same message lies in several folders (INBOX and All Mail) and its flags are seen in all of
// them; elsewhere a copy is a message of its own. UIDs only grow; UIDVALIDITY never changes.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/time.h"
#include "sandbox/provider.h"

namespace sandbox {

struct Mail {
    std::uint64_t id = 0;  // X-GM-MSGID
    std::string raw;
    base::Timestamp internal_date;
    std::set<std::string> flags;  // as the client wrote them, system flags in canonical case
    std::string category;         // gmail's tab: "primary", "promotions"
    // Read once, for searching.
    std::vector<std::pair<std::string, std::string>> headers;  // names as sent, values unfolded
    std::string subject;                                       // decoded
    std::string message_id;                                    // without brackets
    std::optional<base::Timestamp> sent_date;
    std::size_t body_at = 0;  // where the body starts in `raw`
};

// Takes the bytes apart for searching and fetching.
std::shared_ptr<Mail> make_mail(std::string raw, base::Timestamp internal_date);

struct Entry {
    std::uint32_t uid = 0;
    std::shared_ptr<Mail> mail;
};

struct StoreFolder {
    FolderLayout layout;
    std::uint32_t uidvalidity = 0;
    std::uint32_t uidnext = 1;
    std::deque<Entry> entries;  // by UID

    const Entry* find(std::uint32_t uid) const;
};

class MailStore {
  public:
    // `uidvalidity` is that of the first folder; the others count on from it.
    MailStore(std::vector<FolderLayout> folders, bool labels, std::uint32_t uidvalidity);

    // In LIST order; folders stay at their addresses.
    std::deque<StoreFolder>& folders() { return folders_; }
    const std::deque<StoreFolder>& folders() const { return folders_; }
    // Null where there is none. INBOX in any case (RFC 3501 section 5.1).
    StoreFolder* by_wire_name(std::string_view wire_name);
    StoreFolder* by_name(std::string_view name);
    StoreFolder* by_use(Use use);

    // A folder of the owner's. The name is plain ASCII, and so is its wire name.
    void create(std::string name);
    // `on_change` is called whenever mail comes to or leaves a folder, until unwatch(who).
    void watch(const void* who, std::function<void()> on_change);
    void unwatch(const void* who) { watchers_.erase(who); }

    // New mail; the UID in `folder`. With labels, what is neither spam nor trash lies in All Mail
    // too.
    std::uint32_t file(StoreFolder& folder, std::shared_ptr<Mail> mail);
    // UIDs in the target, one for each of `uids` that exists.
    struct Moved {
        std::vector<std::uint32_t> from;
        std::vector<std::uint32_t> to;
    };
    Moved copy(StoreFolder& from, const std::vector<std::uint32_t>& uids, StoreFolder& to);
    Moved move(StoreFolder& from, const std::vector<std::uint32_t>& uids, StoreFolder& to);
    void remove(StoreFolder& folder, std::uint32_t uid);

    // Labels of a message as X-GM-LABELS names them, without that of the folder it is looked at in.
    std::vector<std::string> labels_of(const Mail& mail, const StoreFolder& seen_in) const;

  private:
    bool exclusive(const StoreFolder& folder) const;
    std::uint32_t place(StoreFolder& folder, std::shared_ptr<Mail> mail);
    void take_out(StoreFolder& folder, const Mail& mail);
    std::uint32_t relabel(
        std::shared_ptr<Mail> mail, StoreFolder& from, StoreFolder& to, bool moving
    );

    void tell_watchers() const;

    std::deque<StoreFolder> folders_;
    std::uint32_t next_uidvalidity_;
    std::map<const void*, std::function<void()>> watchers_;
    bool labels_;
    std::uint64_t last_copy_id_ = 0;
};

}  // namespace sandbox
