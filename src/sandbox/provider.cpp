#include "sandbox/provider.h"

#include "base/check.h"

namespace sandbox {

namespace {

Provider zoho() {
    Provider out;
    out.name = "zoho";
    out.host_domain = "zoho-like.test";
    out.smtp = {"smtp.zoho-like.test", 587, net::Tls::starttls};
    out.imap = {"imap.zoho-like.test", 993, net::Tls::implicit};
    out.smtp_manner = {
        .greeting = "mx.zoho-like.test SMTP Server ready",
        .accepted = "Message received",
        .login_refused = "535 Authentication Failed",
        .keywords = {"SIZE 53477376"},
        .mechanisms = {"LOGIN", "PLAIN", "XOAUTH2"},
        .pipelining = false,
        .message_bytes_max = 53'477'376,
    };
    out.imap_manner = {
        .greeting = "IMAP4 Server - Zoho-like Mail IMAP4rev1 Server",
        .capabilities_before =
            "IMAP4rev1 UNSELECT CHILDREN MOVE UIDPLUS ID SASL-IR "
            "AUTH=PLAIN SPECIAL-USE",
        .capabilities_after = "IMAP4rev1 UNSELECT CHILDREN IDLE MOVE UIDPLUS ID SPECIAL-USE",
        .login_done = "Success",
        .login_refused = "[AUTHENTICATIONFAILED] Invalid credentials(Failure)",
        .too_many_sessions = "[ALERT] Too many simultaneous connections. (Failure)",
        .already_exists = "[ALREADYEXISTS] Mailbox already exists",
        .mechanisms = {"PLAIN"},
        .announces = ImapManner::Announces::code,
        .quotes_names = true,
        .upper_case_sections = false,
        .sessions_max = 3,
    };
    return out;
}

Provider gmail() {
    Provider out;
    out.name = "gmail";
    out.host_domain = "gmail-like.test";
    out.smtp = {"smtp.gmail-like.test", 465, net::Tls::implicit};
    out.imap = {"imap.gmail-like.test", 993, net::Tls::implicit};
    out.labels = true;
    out.challenges_tokens = true;
    out.smtp_manner = {
        .greeting = "smtp.gmail-like.test ESMTP - gsmtp",
        .accepted = "2.0.0 OK - gsmtp",
        .login_refused =
            "535-5.7.8 Username and Password not accepted. For more information, go to\r\n"
            "535 5.7.8  https://support.gmail-like.test/mail/?p=BadCredentials - gsmtp",
        .keywords = {"SIZE 35882577", "8BITMIME", "ENHANCEDSTATUSCODES", "PIPELINING", "SMTPUTF8"},
        .mechanisms = {"LOGIN", "PLAIN", "XOAUTH2", "OAUTHBEARER"},
        .pipelining = true,
        .message_bytes_max = 35'882'577,
    };
    out.imap_manner = {
        .greeting = "Gimap-like ready for requests from 127.0.0.1",
        .capabilities_before =
            "IMAP4rev1 UNSELECT ID CHILDREN X-GM-EXT-1 IDLE AUTH=XOAUTH2 AUTH=PLAIN "
            "AUTH=OAUTHBEARER SASL-IR",
        .capabilities_after =
            "IMAP4rev1 UNSELECT ID CHILDREN X-GM-EXT-1 UIDPLUS MOVE IDLE ENABLE UTF8=ACCEPT "
            "SPECIAL-USE APPENDLIMIT=35651584",
        .login_done = "authenticated (Success)",
        .login_refused = "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        .too_many_sessions = "[ALERT] Too many simultaneous connections. (Failure)",
        .already_exists = "[ALREADYEXISTS] Duplicate folder name (Failure)",
        .mechanisms = {"PLAIN", "XOAUTH2", "OAUTHBEARER"},
        .announces = ImapManner::Announces::untagged,
        .quotes_names = true,
        .upper_case_sections = false,
        .sessions_max = 15,
    };
    return out;
}

Provider outlook() {
    Provider out;
    out.name = "outlook";
    out.host_domain = "outlook-like.test";
    out.smtp = {"smtp.outlook-like.test", 587, net::Tls::starttls};
    out.imap = {"imap.outlook-like.test", 993, net::Tls::implicit};
    out.smtp_manner = {
        .greeting = "smtp.outlook-like.test Microsoft-like ESMTP MAIL Service ready",
        .accepted = "2.0.0 OK [Hostname=smtp.outlook-like.test]",
        .login_refused = "535 5.7.3 Authentication unsuccessful [smtp.outlook-like.test]",
        .keywords =
            {"SIZE 157286400", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"},
        .mechanisms = {"LOGIN", "XOAUTH2"},
        .pipelining = true,
        .message_bytes_max = 157'286'400,
    };
    out.imap_manner = {
        .greeting = "The Microsoft-like Exchange IMAP4 service is ready.",
        .capabilities_before =
            "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN "
            "IDLE LITERAL+",
        .capabilities_after =
            "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN "
            "IDLE LITERAL+",
        .login_done = "LOGIN completed.",
        .login_refused = "LOGIN failed.",
        .too_many_sessions = "[UNAVAILABLE] Connection count limit reached.",
        .already_exists = "Mailbox already exists.",
        .mechanisms = {"PLAIN", "XOAUTH2"},
        .announces = ImapManner::Announces::nothing,
        .quotes_names = false,
        .upper_case_sections = true,
        .sessions_max = 16,
    };
    return out;
}

// Leaf, and the use attribute where the provider tells it.
std::vector<std::string> leaf(std::string use = {}) {
    std::vector<std::string> out = {"\\HasNoChildren"};
    if (!use.empty()) out.push_back(std::move(use));
    return out;
}

std::vector<FolderLayout> gmail_folders(std::string_view language) {
    struct Names {
        std::string all, all_wire, trash, trash_wire, sent, sent_wire, drafts, drafts_wire;
    };
    Names names{
        "All Mail", "All Mail", "Trash", "Trash", "Sent Mail", "Sent Mail", "Drafts", "Drafts"
    };
    if (language == "de")
        names = {
            "Alle Nachrichten",
            "Alle Nachrichten",
            "Papierkorb",
            "Papierkorb",
            "Gesendet",
            "Gesendet",
            "Entwürfe",
            "Entw&APw-rfe"
        };
    if (language == "fr")
        names = {
            "Tous les messages",
            "Tous les messages",
            "Corbeille",
            "Corbeille",
            "Messages envoyés",
            "Messages envoy&AOk-s",
            "Brouillons",
            "Brouillons"
        };
    const std::string top = "[Gmail]/";
    return {
        {Use::inbox, "INBOX", "INBOX", leaf()},
        {Use::none, "[Gmail]", "[Gmail]", {"\\HasChildren", "\\Noselect"}},
        {Use::all, top + names.all, top + names.all_wire, leaf("\\All")},
        {Use::drafts, top + names.drafts, top + names.drafts_wire, leaf("\\Drafts")},
        {Use::sent, top + names.sent, top + names.sent_wire, leaf("\\Sent")},
        {Use::junk, top + "Spam", top + "Spam", leaf("\\Junk")},
        {Use::trash, top + names.trash, top + names.trash_wire, leaf("\\Trash")},
    };
}

std::vector<FolderLayout> outlook_folders(bool special_use) {
    const auto use = [&](const char* attribute) { return leaf(special_use ? attribute : ""); };
    return {
        {Use::archive, "Archive", "Archive", use("\\Archive")},
        {Use::trash, "Deleted Items", "Deleted Items", use("\\Trash")},
        {Use::drafts, "Drafts", "Drafts", use("\\Drafts")},
        {Use::inbox, "INBOX", "INBOX", leaf()},
        {Use::junk, "Junk Email", "Junk Email", use("\\Junk")},
        {Use::sent, "Sent Items", "Sent Items", use("\\Sent")},
    };
}

std::vector<FolderLayout> zoho_folders() {
    return {
        {Use::inbox, "INBOX", "INBOX", leaf()},
        {Use::drafts, "Drafts", "Drafts", leaf("\\Drafts")},
        {Use::sent, "Sent", "Sent", leaf("\\Sent")},
        {Use::junk, "Spam", "Spam", leaf("\\Junk")},
        {Use::trash, "Trash", "Trash", leaf("\\Trash")},
        {Use::archive, "Archive", "Archive", leaf("\\Archive")},
    };
}

}  // namespace

const std::vector<Provider>& providers() {
    static const std::vector<Provider> all = {gmail(), outlook(), zoho()};
    return all;
}

const Provider& provider(std::string_view name) {
    for (const Provider& candidate : providers())
        if (candidate.name == name) return candidate;
    base::check_failed("provider is one of gmail, outlook, zoho", __FILE__, __LINE__);
}

std::vector<FolderLayout> folder_layout(
    const Provider& provider, std::string_view language, bool special_use
) {
    if (provider.name == "gmail") return gmail_folders(language);
    return provider.name == "outlook" ? outlook_folders(special_use) : zoho_folders();
}

}  // namespace sandbox
