// A whole mail world in memory: three providers with SMTP and IMAP servers, their delays, folders
// and spam opinion, on a virtual clock. Nothing here knows who uses it.
//
//   VirtualLoop loop(start);
//   World world({.seed = 7, .kind = "kind", .start = start}, loop);
//   world.add_account({email, "secret", "gmail", created_at});
//   … smtp::Client::connect(world.dialer(), loop, smtp_endpoint("gmail"), …) …
//
// Life cycle: accounts first, then connections; the loop outlives the world. When the world ends,
// its side of every open connection is closed and mail on its way is lost. Everything follows from
// the settings and from what clients do: same seed, same actions, same bytes. Errors: a wrong
// setting (unknown kind or provider, an address twice) is a broken invariant (CHECK).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/email.h"
#include "base/time.h"
#include "net/dialer.h"
#include "sandbox/fault.h"
#include "sandbox/virtual_loop.h"

namespace sandbox {

struct WorldSettings {
    std::uint64_t seed = 1;
    std::string kind = "kind";  // one of world_kinds()
    base::Timestamp start;      // when the story begins; folders get their UIDVALIDITY from it
};

struct AccountSpec {
    base::Email email;
    std::string password;
    std::string provider;        // "zoho", "gmail" or "outlook"
    base::Timestamp created_at;  // receivers trust older senders a little more
    // Language of the folder names at gmail: "en", "de" or "fr"; empty: taken in turn.
    std::string language = {};
    std::string access_token = {};  // for XOAUTH2 and OAUTHBEARER; empty: no token is taken
    bool takes_password = true;     // false: tokens only, as Outlook.com has it
};

// A message that a server accepted (250 to the dot, or the fault `drop_after_dot` in its place).
struct Delivered {
    std::string message_id;  // without brackets
    base::Email from;
    base::Email to;
    std::string raw;  // as the client sent it, dots unstuffed
    base::Timestamp accepted_at;
    std::optional<base::Timestamp> filed_at;  // none while it is on its way
    std::string folder;     // UTF-8 name, of the first filing; empty: vanished or on its way
    std::string category;   // gmail's tab of an INBOX mail: "primary", "promotions"
    bool spam = false;      // filed in the spam folder
    bool vanished = false;  // accepted and never filed
};

// A message as it lies in a folder; at gmail one message lies in several.
struct StoredMessage {
    std::string folder;  // UTF-8
    std::uint32_t uid = 0;
    std::vector<std::string> flags;  // sorted
    std::string message_id;          // without brackets
    base::Timestamp internal_date;
    std::string raw;  // with what the provider put on top
};

// Where the servers of a provider ("zoho", "gmail", "outlook") listen.
net::Endpoint smtp_endpoint(std::string_view provider);
net::Endpoint imap_endpoint(std::string_view provider);
// The values WorldSettings::kind may have.
std::vector<std::string> world_kinds();

class PostOffice;

class World {
  public:
    World(WorldSettings settings, VirtualLoop& loop);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void add_account(AccountSpec account);
    // Reaches the servers of all providers; every other host is unknown (network error).
    net::Dialer& dialer();

    // Ground truth, in the order of acceptance.
    const std::vector<Delivered>& delivered() const;
    // What a mailbox holds, by folder in LIST order, then by UID. The account must exist.
    std::vector<StoredMessage> messages(const base::Email& account) const;
    // SHA-256 in hex over all bytes that clients wrote on SMTP connections, in the order they were
    // read.
    std::string smtp_digest() const;
    std::uint64_t smtp_bytes() const;

    // Puts a stranger's mail into a folder (UTF-8 name) at once; unread, not part of delivered().
    void deliver_from_outside(base::Email to, std::string raw, std::string folder);
    // Whether the provider files what this account sends in its Sent folder (so it is unless told).
    void set_files_sent(const base::Email& account, bool files);
    // From now on this account's sessions misbehave so; Fault{} mends it.
    void set_fault(const base::Email& account, Fault fault);
    // The same for all servers of a provider, before it is known whose session it is.
    void set_fault(std::string_view provider, ServerFault fault);
    // The token the account takes from now on: the one before has run out.
    void set_access_token(const base::Email& account, std::string access_token);

  private:
    class Network;
    std::unique_ptr<PostOffice> office_;
    std::unique_ptr<Network> network_;
};

}  // namespace sandbox
