#include "tests/lab/server_folder.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <stdexcept>

#include "base/text.h"

namespace lab {

namespace {

const std::string kTemplates = PILOTLIGHT_SOURCE_DIR "/lab";

unsigned find_group(const std::string& name) {
    const group* entry = getgrnam(name.c_str());
    if (entry == nullptr) throw std::runtime_error("the group " + name + " does not exist");
    return entry->gr_gid;
}

void own(const std::string& path, User user, mode_t mode) {
    if (chown(path.c_str(), user.uid, user.gid) != 0 || chmod(path.c_str(), mode) != 0)
        throw std::runtime_error(path + " cannot be given to its user");
}

void make_folder(const std::string& path, User user, mode_t mode) {
    if (mkdir(path.c_str(), mode) != 0) throw std::runtime_error(path + " cannot be made");
    own(path, user, mode);
}

std::string domain_of(const std::string& email) { return email.substr(email.find('@') + 1); }
std::string junk_address(const std::string& email) {
    return base::replace_all(email, "@", "+Junk@");
}

struct AccountFiles {
    std::string users;       // Dovecot's passwd-file
    std::string recipients;  // addresses that exist
    std::string aliases;     // where an account's mail goes instead
    std::string logins;      // which login may write as which address
    std::string slow;        // addresses whose mail is accepted slowly
    std::string domains;
};

AccountFiles account_files(const std::vector<Account>& accounts) {
    AccountFiles files;
    std::set<std::string> domains;
    for (const Account& account : accounts) {
        const std::string& email = account.email;
        files.users += email + ":{PLAIN}" + account.password + "\n";
        files.recipients += email + " mailbox\n";
        files.logins += email + " " + email + "\n";
        domains.insert(domain_of(email));
        if (account.slow_to_accept) files.slow += email + " sleep 1\n";
        if (!account.all_is_junk) continue;
        files.recipients += junk_address(email) + " mailbox\n";
        files.aliases += email + " " + junk_address(email) + "\n";
    }
    files.domains = base::join({domains.begin(), domains.end()}, " ");
    return files;
}

// A template with its @NAMES@ filled in.
void write_configuration(
    const std::string& from,
    const std::string& to,
    const std::vector<std::pair<std::string, std::string>>& names
) {
    std::string text = read_file(kTemplates + "/" + from);
    if (text.empty()) throw std::runtime_error(kTemplates + "/" + from + " cannot be read");
    for (const auto& [name, value] : names) text = base::replace_all(text, "@" + name + "@", value);
    write_file(to, text);
}

void make_postfix_folders(const std::string& place) {
    const User root;
    const User postfix = find_user("postfix");
    const User postdrop{postfix.uid, find_group("postdrop")};
    make_folder(place, root, 0755);
    make_folder(place + "/config", root, 0755);
    make_folder(place + "/data", postfix, 0700);
    const std::string queue = place + "/queue";
    make_folder(queue, root, 0755);
    make_folder(queue + "/pid", root, 0755);
    make_folder(queue + "/maildrop", postdrop, 0730);
    make_folder(queue + "/public", postdrop, 0710);
    for (const char* name :
         {"active",
          "bounce",
          "corrupt",
          "defer",
          "deferred",
          "flush",
          "hold",
          "incoming",
          "private",
          "saved",
          "trace"})
        make_folder(queue + "/" + name, postfix, 0700);
}

void make_maildir(const std::string& home, User mail) {
    make_folder(home, mail, 0700);
    make_folder(home + "/Maildir", mail, 0700);
    for (const char* part : {"tmp", "new", "cur"})
        make_folder(home + "/Maildir/" + part, mail, 0700);
}

void make_certificates(const std::string& folder) {
    const std::string log = folder + "/logs/certificates.log";
    Process maker = Process::start(
        {.arguments = {kTemplates + "/make_certificates", folder + "/tls"}, .err = log}
    );
    if (!maker.await_exit(std::chrono::seconds(30)) || maker.exit_code() != 0)
        throw std::runtime_error("lab/make_certificates failed:\n" + read_file(log));
}

}  // namespace

User find_user(const std::string& name) {
    const passwd* entry = getpwnam(name.c_str());
    if (entry == nullptr) throw std::runtime_error("the user " + name + " does not exist");
    return {entry->pw_uid, entry->pw_gid};
}

std::string make_private_folder() {
    std::string folder = "/tmp/pilotlight-lab-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr)
        throw std::runtime_error("no private folder can be made in /tmp");
    // The servers' users pass through it to what is theirs.
    own(folder, {}, 0711);
    return folder;
}

void write_server_folder(
    const std::string& folder, const Ports& ports, const std::vector<Account>& accounts
) {
    const User root;
    const User mail = find_user("mail");
    for (const char* part : {"/logs", "/tls", "/dovecot", "/dovecot/run", "/dovecot/state"})
        make_folder(folder + part, root, 0755);
    make_postfix_folders(folder + "/postfix");
    make_folder(folder + "/mail", mail, 0700);
    for (const Account& account : accounts) make_maildir(folder + "/mail/" + account.email, mail);
    make_certificates(folder);

    const AccountFiles files = account_files(accounts);
    write_file(folder + "/dovecot/users", files.users);
    own(folder + "/dovecot/users", {0, find_user("dovecot").gid}, 0640);
    write_file(folder + "/postfix/recipients", files.recipients);
    write_file(folder + "/postfix/aliases", files.aliases);
    write_file(folder + "/postfix/logins", files.logins);
    write_file(folder + "/postfix/slow", files.slow);
    const std::vector<std::pair<std::string, std::string>> names = {
        {"FOLDER", folder},
        {"DOMAINS", files.domains},
        {"SUBMISSION_PORT", std::to_string(ports.submission)},
        {"SMTPS_PORT", std::to_string(ports.smtps)},
        {"IMAP_PORT", std::to_string(ports.imap)},
        {"IMAPS_PORT", std::to_string(ports.imaps)},
    };
    write_configuration("postfix/main.cf", folder + "/postfix/config/main.cf", names);
    write_configuration("postfix/master.cf", folder + "/postfix/config/master.cf", names);
    write_configuration("dovecot/dovecot.conf", folder + "/dovecot/dovecot.conf", names);
}

}  // namespace lab
