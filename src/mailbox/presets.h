// Mailbox providers as data (data/providers.json, which also says what each field means): servers,
// login, limits, folders, OAuth2 endpoints, and what the owner has to know and accept.
//
// Read once, at the first use; a file that is not complete ends the program there (a test reads
// it). Regional providers have one preset a region: zoho, zoho-eu, zoho-personal, zoho-personal-eu.
// Numbers are the providers' published ones; 0 is "not published".
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/email.h"
#include "net/dialer.h"

namespace mailbox {

struct PolicyLine {
    std::string text;
    std::string source;   // page, without https://
    std::string read_on;  // the day it was read, 2026-11-23
    // "text (source, read 2026-11-23)".
    std::string str() const;
};

// Where the owner's own client logs in (no client id is shipped). `{tenant}` in the URLs is
// replaced by `in_tenant`.
struct OAuthPreset {
    std::string authorize_url;
    std::string device_url;  // RFC 8628; empty: not for these scopes
    std::string token_url;
    std::string tenant;  // for `{tenant}` where the owner names none; empty: the URLs have none
    std::vector<std::string> scopes;
    std::vector<std::pair<std::string, std::string>> parameters;  // added to the authorize request
    std::string console;  // where the owner registers the client
    // The same with every `{tenant}` replaced: by `named`, or by `tenant` where that is empty.
    OAuthPreset in_tenant(std::string_view named = {}) const;
};

// How many sessions of an account we hold at most, and what the provider allows.
struct SessionLimits {
    int imap = 1;
    int imap_limit = 0;
    int smtp = 1;
    int mails_per_smtp_session = 0;
    int imap_megabytes_down_per_day = 0;
    int imap_megabytes_up_per_day = 0;
};

struct SendLimits {
    int mails_per_day = 0;
    int mails_per_hour = 0;
    int mails_per_minute = 0;
    int recipients_per_day = 0;
    int recipients_per_mail = 0;
    int new_recipients_per_day = 0;  // outside, or never written with before
    std::string source;
    std::string read_on;
};

enum class SentCopy {
    files_itself,  // mail sent by SMTP appears in Sent without our doing
    unknown,
};
enum class ImapLogin {
    address,
    local_part,  // the part before @ (iCloud)
};

struct Preset {
    std::string name;    // "gmail", "zoho-eu"
    std::string family;  // whose servers speak: "gmail", "zoho", "outlook", …
    std::string title;
    std::vector<std::string> domains;      // addresses of these domains are this provider's
    std::vector<std::string> mx_suffixes;  // so are domains whose mail goes to such hosts
    net::Endpoint smtp;
    net::Endpoint imap;
    std::vector<std::string> spam_folders;  // by name, where no folder is marked \Junk
    SentCopy sent_copy = SentCopy::unknown;
    bool takes_password = true;
    std::string password_help;       // what a working password is, and where to get it
    bool passwords_refused = false;  // OAuth2 only (Outlook.com)
    std::string passwords_refused_words;
    ImapLogin imap_login = ImapLogin::address;
    SessionLimits sessions;
    SendLimits limits;
    std::optional<OAuthPreset> oauth;
    std::vector<PolicyLine> policy;  // shown to the owner, who accepts it
};

const std::vector<Preset>& presets();
const Preset* find_preset(std::string_view name);
const Preset* preset_for(const base::Email& email);
// By the hosts that a domain's MX records name, best first; the longest ending of the first host
// that has one wins.
const Preset* preset_for_mx(const std::vector<std::string>& hosts);
// "zoho" for "zoho-eu"; a name that is no preset's is its own family.
std::string family_of(std::string_view provider);
// The user name for IMAP, where it differs from the one for SMTP, `login`.
std::string imap_login(std::string_view provider, const std::string& login);

}  // namespace mailbox
