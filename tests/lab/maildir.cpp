#include "tests/lab/maildir.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "base/text.h"
#include "tests/lab/process.h"

namespace lab {

namespace fs = std::filesystem;

namespace {

StoredMail read_mail(const fs::path& file, const std::string& folder, bool is_new) {
    StoredMail mail;
    mail.folder = folder;
    mail.path = file.string();
    mail.is_new = is_new;
    const std::string whole_name = file.filename().string();
    const std::size_t colon = whole_name.find(":2,");
    mail.name = whole_name.substr(0, colon);
    if (colon != std::string::npos) mail.flags = whole_name.substr(colon + 3);
    const std::string bytes = read_file(mail.path);
    const std::size_t end = std::min(bytes.find("\r\n\r\n"), bytes.find("\n\n"));
    mail.headers = bytes.substr(0, end);
    return mail;
}

void read_folder(const fs::path& place, const std::string& folder, std::vector<StoredMail>& out) {
    // new/ first: a mail moves from there to cur/, so that none is missed; `names` drops it when it
    // was caught in both.
    std::set<std::string> names;
    for (const char* part : {"new", "cur"}) {
        if (!fs::is_directory(place / part)) continue;
        for (const fs::directory_entry& entry : fs::directory_iterator(place / part)) {
            StoredMail mail = read_mail(entry.path(), folder, std::string_view(part) == "new");
            if (mail.headers.empty() && !fs::exists(entry.path())) continue;
            if (names.insert(mail.name).second) out.push_back(std::move(mail));
        }
    }
}

}  // namespace

std::vector<std::string> StoredMail::fields(std::string_view field_name) const {
    std::vector<std::string> out;
    bool inside = false;
    for (std::string& line : base::split(headers, '\n')) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.starts_with(' ') || line.starts_with('\t')) {
            if (inside) out.back() += line;
            continue;
        }
        const std::size_t colon = line.find(':');
        inside = colon != std::string::npos &&
                 base::equals_ignoring_case(line.substr(0, colon), field_name);
        if (inside) out.push_back(line.substr(colon + 1));
    }
    for (std::string& value : out) value = std::string(base::trim(value));
    return out;
}

std::string StoredMail::field(std::string_view field_name) const {
    const std::vector<std::string> all = fields(field_name);
    return all.empty() ? "" : all.front();
}

std::vector<StoredMail> read_maildir_at(const std::string& root) {
    std::vector<StoredMail> out;
    if (!fs::is_directory(root)) return out;
    read_folder(root, "INBOX", out);
    for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory() && name.starts_with('.'))
            read_folder(entry.path(), name.substr(1), out);
    }
    std::ranges::sort(out, {}, [](const StoredMail& mail) {
        return std::pair(mail.folder, mail.name);
    });
    return out;
}

std::string put_mail_at(
    const std::string& root, const std::string& raw, unsigned uid, unsigned gid
) {
    static int count = 0;
    const std::string name = std::to_string(getpid()) + "." + std::to_string(++count) + ".stranger";
    const std::string draft = root + "/tmp/" + name;
    write_file(draft, raw);
    if (chown(draft.c_str(), uid, gid) != 0) throw std::runtime_error("chown " + draft + " failed");
    fs::rename(draft, root + "/new/" + name);
    return name;
}

std::string bare_id(std::string_view message_id) {
    message_id = base::trim(message_id);
    if (message_id.starts_with('<')) message_id.remove_prefix(1);
    if (message_id.ends_with('>')) message_id.remove_suffix(1);
    return std::string(message_id);
}

}  // namespace lab
