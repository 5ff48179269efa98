#include "tests/lab/mail_servers.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "base/text.h"

namespace lab {

namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

constexpr const char* kRig = PILOTLIGHT_SOURCE_DIR "/lab/rig";
// A busy machine loads Rspamd's rules slowly; lab/rig itself gives up earlier.
constexpr auto kStartLimit = seconds(100);
constexpr auto kStopLimit = seconds(60);
constexpr int kPortTries = 3;

bool has_files(const std::string& folder) {
    // A queue file may vanish while it is looked at; that is no error.
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(folder, ignored))
        if (entry.is_regular_file(ignored)) return true;
    return false;
}

// Under /tmp: sockets lie in it, and their paths may have 107 bytes only. The servers' users pass
// through it to what is theirs.
std::string make_private_folder() {
    std::string folder = "/tmp/pilotlight-lab-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr || chmod(folder.c_str(), 0711) != 0)
        throw std::runtime_error("no private folder can be made in /tmp");
    return folder;
}

std::string plan_of(
    const std::vector<Account>& accounts,
    const Domains& domains,
    const std::vector<std::string>& lost_domains
) {
    boost::json::array account_list;
    for (const Account& account : accounts)
        account_list.push_back({
            {"email", account.email},
            {"password", account.password},
            {"filed_under", account.filed_under},
            {"slow_to_accept", account.slow_to_accept},
            {"provider", account.provider},
            {"refresh_token", account.refresh_token},
            {"files_sent", account.files_sent},
            {"vacation_days", account.vacation_days},
            {"vacation_words", account.vacation_words},
            {"refuses", account.refuses},
            {"full", account.full},
            {"redirected_to", account.redirected_to},
        });
    boost::json::object domain_table;
    for (const auto& [name, domain] : domains)
        domain_table[name] = {{"spf", domain.spf}, {"dkim", domain.dkim}, {"dmarc", domain.dmarc}};
    return boost::json::serialize(boost::json::object{
        {"accounts", account_list},
        {"domains", domain_table},
        {"lost_domains", boost::json::array(lost_domains.begin(), lost_domains.end())}
    });
}

std::map<std::string, std::uint16_t> read_ports(const std::string& file) {
    std::map<std::string, std::uint16_t> out;
    for (const auto& [name, port] : boost::json::parse(read_file(file)).at("ports").as_object())
        out[name] = port.to_number<std::uint16_t>();
    return out;
}

}  // namespace

std::optional<std::string> MailServers::missing() {
    if (const char* lab = std::getenv("LAB"); lab != nullptr && std::string_view(lab) == "0")
        return "lab skipped: LAB=0";
    if (geteuid() != 0) return "lab skipped: needs root";
    const std::vector<std::pair<const char*, const char*>> parts = {
        {"/usr/lib/postfix/sbin/master", "postfix"},
        {"/usr/sbin/dovecot", "dovecot-core"},
        {"/usr/lib/dovecot/imap", "dovecot-imapd"},
        {"/usr/lib/dovecot/lmtp", "dovecot-lmtpd"},
        {"/usr/lib/dovecot/modules/lib90_sieve_plugin.so", "dovecot-sieve"},
        {"/usr/bin/rspamd", "rspamd"},
        {"/usr/sbin/nsd", "nsd"},
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

std::unique_ptr<MailServers> MailServers::start(
    const std::vector<Account>& accounts,
    const Domains& domains,
    const std::vector<std::string>& lost_domains
) {
    for (int attempt = 1;; ++attempt) {
        try {
            return std::unique_ptr<MailServers>(new MailServers(accounts, domains, lost_domains));
        } catch (const std::runtime_error& error) {
            // A port was free when it was drawn and is another's now.
            const bool taken = std::string_view(error.what()).contains("ddress already in use");
            if (!taken || attempt == kPortTries) throw;
        }
    }
}

MailServers::MailServers(
    const std::vector<Account>& accounts,
    const Domains& domains,
    const std::vector<std::string>& lost_domains
)
    : folder_(make_private_folder()) {
    for (const Account& account : accounts) providers_[account.email] = account.provider;
    const std::string plan = folder_ + "/plan.json";
    const std::string words = folder_ + ".err";  // the folder itself goes away with the rig
    write_file(plan, plan_of(accounts, domains, lost_domains));
    rig_.emplace(Process::start(
        {.arguments = {"/usr/bin/python3", kRig, "run", folder_, plan},
         .err = words,
         .signal_when_orphaned = SIGTERM}
    ));
    const std::string facts = folder_ + "/rig.json";
    bool died = false;
    const bool ready = await(kStartLimit, [&] {
        died = rig_->await_exit(Limit::zero());
        return died || fs::exists(facts);
    });
    if (ready && !died) ports_ = read_ports(facts);
    const std::string why = read_file(words);
    fs::remove(words);
    if (!ready || died) {
        const std::string logs = log_tail();
        rig_.reset();
        fs::remove_all(folder_);
        throw std::runtime_error("lab/rig does not start:\n" + why + logs);
    }
}

MailServers::~MailServers() {
    if (!rig_->stop(kStopLimit))
        std::fprintf(stderr, "lab: a server had to be killed\n%s", log_tail().c_str());
    std::error_code error;
    fs::remove_all(folder_, error);
    if (error)
        std::fprintf(stderr, "lab: %s stays: %s\n", folder_.c_str(), error.message().c_str());
}

std::string MailServers::smtp_url(const std::string& provider) const {
    return "smtp+starttls://localhost:" + std::to_string(port(provider + ".submission"));
}
std::string MailServers::smtps_url(const std::string& provider) const {
    return "smtps://127.0.0.1:" + std::to_string(port(provider + ".smtps"));
}
std::string MailServers::imap_url(const std::string& provider) const {
    return "imaps://127.0.0.1:" + std::to_string(port(provider + ".imaps"));
}
std::string MailServers::imap_starttls_url(const std::string& provider) const {
    return "imap+starttls://localhost:" + std::to_string(port(provider + ".imap"));
}
std::string MailServers::ca_file() const { return folder_ + "/tls/ca.pem"; }

const std::string& MailServers::provider_of(const std::string& email) const {
    return providers_.at(email);
}

std::string MailServers::maildir(const std::string& email) const {
    return folder_ + "/mail/" + email + "/Maildir";
}

std::vector<StoredMail> MailServers::read_maildir(const std::string& email) const {
    return read_maildir_at(maildir(email));
}

std::string MailServers::doveadm(const std::string& email, const std::vector<std::string>& words)
    const {
    const std::string base = folder_ + "/doveadm";
    std::vector<std::string> arguments = {
        "/usr/bin/doveadm", "-c", folder_ + "/dovecot/" + provider_of(email) + "/dovecot.conf"
    };
    arguments.insert(arguments.end(), words.begin(), words.end());
    Process process =
        Process::start({.arguments = arguments, .out = base + ".out", .err = base + ".err"});
    if (!process.await_exit(kStopLimit) || process.exit_code() != 0)
        throw std::runtime_error(
            "doveadm " + base::join(words, " ") + " failed\n" + read_file(base + ".err")
        );
    return read_file(base + ".out");
}

MailboxState MailServers::mailbox_state(const std::string& email) const {
    return parse_mailbox_state(
        doveadm(
            email,
            {"-f", "json", "fetch", "-u", email, "mailbox uid flags hdr.message-id text", "ALL"}
        ),
        doveadm(email, {"-f", "json", "mailbox", "status", "-u", email, "uidvalidity", "*"})
    );
}

void MailServers::change_password(const std::string& email, const std::string& password) const {
    const std::string file = folder_ + "/dovecot/" + provider_of(email) + "/users";
    std::vector<std::string> lines = base::split(read_file(file), '\n');
    for (std::string& line : lines)
        if (line.starts_with(email + ":")) line = email + ":{PLAIN}" + password;
    // Written in place: the file keeps its owner, and Dovecot sees its new size.
    write_file(file, base::join(lines, "\n"));
}

std::string MailServers::put_stranger_mail(const std::string& email, const std::string& raw) const {
    const passwd* mail = getpwnam("mail");
    if (mail == nullptr) throw std::runtime_error("the user mail does not exist");
    return put_mail_at(maildir(email), raw, mail->pw_uid, mail->pw_gid);
}

bool MailServers::await_delivery(Limit limit) const {
    // In the order of a message's way, so that one that moves on meanwhile is not overlooked. A
    // second look: from the submission's queue it comes to the MX's, which is the same one.
    const std::string queue = folder_ + "/postfix/queue/";
    const auto is_empty = [&] {
        for (const char* part : {"maildrop", "incoming", "active", "deferred"})
            if (has_files(queue + part)) return false;
        return true;
    };
    return await(limit, [&] { return is_empty() && is_empty(); });
}

std::string MailServers::log_tail() const {
    std::string out;
    std::error_code ignored;  // no folder, no logs
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_ + "/logs", ignored))
        files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        const std::string text = read_file(file.string());
        if (!text.empty()) out += "--- " + file.filename().string() + "\n" + tail(text, 40);
    }
    return out;
}

}  // namespace lab
