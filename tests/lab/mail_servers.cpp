#include "tests/lab/mail_servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <stdexcept>

#include "base/text.h"
#include "tests/lab/server_folder.h"

namespace lab {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr const char* kPostfixMaster = "/usr/lib/postfix/sbin/master";
constexpr const char* kDovecot = "/usr/sbin/dovecot";
constexpr auto kStartLimit = seconds(30);
constexpr auto kStopLimit = seconds(20);
constexpr int kPortTries = 3;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool is_free(std::uint16_t port) {
    const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0) throw std::runtime_error("no socket can be made");
    const sockaddr_in address = loopback(port);
    const bool bound =
        bind(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(handle);
    return bound;
}

// Below the range from which the kernel gives ports to outgoing connections, so that none of those
// can take it before the server does. Another server may; `start` then tries again.
std::uint16_t draw_port() {
    std::random_device chance;
    std::uniform_int_distribution<int> range(15000, 29999);
    for (;;) {
        const auto port = static_cast<std::uint16_t>(range(chance));
        if (is_free(port)) return port;
    }
}

// The first bytes that a server says; empty where it does not listen or says nothing for a second.
std::string greeting(std::uint16_t port) {
    const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0) throw std::runtime_error("no socket can be made");
    const timeval limit{1, 0};
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const sockaddr_in address = loopback(port);
    char bytes[256];
    ssize_t size = -1;
    if (connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        size = recv(handle, bytes, sizeof bytes, 0);
    close(handle);
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : "";
}

bool has_files(const std::string& folder) {
    // A queue file may vanish while it is looked at; that is no error.
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(folder, ignored))
        if (entry.is_regular_file(ignored)) return true;
    return false;
}

}  // namespace

std::optional<std::string> MailServers::missing() {
    if (const char* lab = std::getenv("LAB"); lab != nullptr && std::string_view(lab) == "0")
        return "lab skipped: LAB=0";
    if (geteuid() != 0) return "lab skipped: needs root";
    const std::vector<std::pair<const char*, const char*>> parts = {
        {kPostfixMaster, "postfix"},
        {kDovecot, "dovecot-core"},
        {"/usr/lib/dovecot/imap", "dovecot-imapd"},
        {"/usr/lib/dovecot/lmtp", "dovecot-lmtpd"},
        {"/usr/bin/openssl", "openssl"},
        {"/usr/bin/python3", "python3"},
    };
    std::vector<std::string> packages;
    for (const auto& [file, package] : parts)
        if (!fs::exists(file)) packages.emplace_back(package);
    if (packages.empty()) return std::nullopt;
    return "lab skipped: needs the packages " + base::join(packages, ", ") +
           " (tools/setup test installs them)";
}

std::unique_ptr<MailServers> MailServers::start(const std::vector<Account>& accounts) {
    for (int attempt = 1;; ++attempt) {
        try {
            return std::unique_ptr<MailServers>(new MailServers(accounts));
        } catch (const std::runtime_error& error) {
            const bool taken = std::string_view(error.what()).contains("Address already in use");
            if (!taken || attempt == kPortTries) throw;
        }
    }
}

MailServers::MailServers(const std::vector<Account>& accounts)
    : folder_(make_private_folder()), ports_{draw_port(), draw_port(), draw_port(), draw_port()} {
    try {
        write_server_folder(folder_, ports_, accounts);
        start_keeper();
        // Dovecot first: Postfix asks it for its login mechanisms before it greets.
        start_dovecot();
        start_postfix();
    } catch (const std::runtime_error& error) {
        const std::string words = std::string(error.what()) + "\n" + log_tail();
        postfix_.reset();
        dovecot_.reset();
        keeper_.reset();
        fs::remove_all(folder_);
        throw std::runtime_error(words);
    }
}

MailServers::~MailServers() {
    const bool gently = postfix_->stop(kStopLimit) && dovecot_->stop(kStopLimit);
    if (!gently) std::fprintf(stderr, "lab: a server had to be killed\n%s", log_tail().c_str());
    keeper_.reset();
    std::error_code error;
    fs::remove_all(folder_, error);
    if (error)
        std::fprintf(stderr, "lab: %s stays: %s\n", folder_.c_str(), error.message().c_str());
}

void MailServers::start_keeper() {
    keeper_.emplace(Process::start(
        {.arguments = {PILOTLIGHT_SOURCE_DIR "/lab/keeper", folder_},
         .signal_when_orphaned = SIGTERM}
    ));
}

void MailServers::start_dovecot() {
    dovecot_.emplace(Process::start(
        {.arguments = {kDovecot, "-F", "-c", folder_ + "/dovecot/dovecot.conf"},
         .folder = folder_,
         .out = folder_ + "/logs/dovecot.out",
         .err = folder_ + "/logs/dovecot.err",
         .signal_when_orphaned = 0}
    ));
    await_greeting(*dovecot_, ports_.imap, "* OK");
}

void MailServers::start_postfix() {
    // -d keeps it in the session that we made; its own log service writes to maillog_file.
    postfix_.emplace(Process::start(
        {.arguments = {kPostfixMaster, "-d", "-c", folder_ + "/postfix/config"},
         .environment = {{"MAIL_CONFIG", folder_ + "/postfix/config"}},
         .folder = folder_,
         .out = folder_ + "/logs/postfix.out",
         .err = folder_ + "/logs/postfix.err",
         .signal_when_orphaned = 0}
    ));
    await_greeting(*postfix_, ports_.submission, "220 ");
}

void MailServers::await_greeting(Process& master, std::uint16_t port, const std::string& start)
    const {
    bool died = false;
    const bool greeted = await(kStartLimit, [&] {
        died = master.await_exit(Limit::zero());
        return died || greeting(port).starts_with(start);
    });
    if (died)
        throw std::runtime_error(
            "a mail server ended with status " + std::to_string(master.exit_code())
        );
    if (!greeted) throw std::runtime_error("no mail server greets on port " + std::to_string(port));
}

std::string MailServers::smtp_url() const {
    return "smtp+starttls://localhost:" + std::to_string(ports_.submission);
}
std::string MailServers::smtps_url() const {
    return "smtps://127.0.0.1:" + std::to_string(ports_.smtps);
}
std::string MailServers::imap_url() const {
    return "imaps://127.0.0.1:" + std::to_string(ports_.imaps);
}
std::string MailServers::imap_starttls_url() const {
    return "imap+starttls://localhost:" + std::to_string(ports_.imap);
}
std::string MailServers::ca_file() const { return folder_ + "/tls/ca.pem"; }

std::string MailServers::maildir(const std::string& email) const {
    return folder_ + "/mail/" + email + "/Maildir";
}

std::vector<StoredMail> MailServers::read_maildir(const std::string& email) const {
    return read_maildir_at(maildir(email));
}

void MailServers::change_password(const std::string& email, const std::string& password) const {
    const std::string file = folder_ + "/dovecot/users";
    std::vector<std::string> lines = base::split(read_file(file), '\n');
    for (std::string& line : lines)
        if (line.starts_with(email + ":")) line = email + ":{PLAIN}" + password;
    // Written in place: the file keeps its owner, and Dovecot sees its new size.
    write_file(file, base::join(lines, "\n"));
}

std::string MailServers::put_stranger_mail(const std::string& email, const std::string& raw) const {
    const User mail = find_user("mail");
    return put_mail_at(maildir(email), raw, mail.uid, mail.gid);
}

bool MailServers::await_delivery(Limit limit) const {
    // In the order of a message's way, so that one that moves on meanwhile is not overlooked.
    const std::string queue = folder_ + "/postfix/queue/";
    return await(limit, [&] {
        for (const char* part : {"maildrop", "incoming", "active", "deferred"})
            if (has_files(queue + part)) return false;
        return true;
    });
}

std::string MailServers::log_tail() const {
    std::string out;
    for (const char* name : {"dovecot.err", "dovecot.log", "postfix.err", "postfix.log"}) {
        const std::string text = read_file(folder_ + "/logs/" + name);
        if (!text.empty()) out += "--- " + std::string(name) + "\n" + tail(text, 40);
    }
    return out;
}

}  // namespace lab
