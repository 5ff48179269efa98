#include "store/sqlite_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace store {
namespace {

constexpr std::string_view kPrefix = "sqlite:";

[[noreturn]] void refuse(StoreError::Kind kind, const std::string& text) {
    throw StoreError(kind, text);
}

std::string folder_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

bool writable(const std::string& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

// Locks on these do not hold what SQLite needs (sqlite.org/howtocorrupt.html section 2.1).
bool on_network(const std::string& folder) {
    struct statfs info{};
    if (::statfs(folder.c_str(), &info) != 0) return false;
    switch (static_cast<unsigned long>(info.f_type) & 0xffffffffUL) {
        case 0x6969UL:      // NFS
        case 0x517bUL:      // SMB
        case 0xff534d42UL:  // CIFS
        case 0xfe534d42UL:  // SMB2
            return true;
        default:
            return false;
    }
}

// False where it is there already.
bool make_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return false;
    if (file < 0)
        refuse(
            StoreError::Kind::permission,
            fmt::format("can't make {}: {}", path, std::strerror(errno))
        );
    ::close(file);
    return true;
}

void sync_to_disk(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!synced)
        refuse(
            StoreError::Kind::lost,
            fmt::format("the backup {} does not reach the disk: {}", path, std::strerror(errno))
        );
}

void check_folder(const std::string& folder) {
    struct stat info{};
    if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
        refuse(
            StoreError::Kind::other,
            fmt::format("the store's folder {} is missing: make it first", folder)
        );
    if (!writable(folder))
        refuse(
            StoreError::Kind::permission,
            fmt::format(
                "the store's folder {} can't be written (SQLite keeps its log there): chmod u+w {}",
                folder,
                folder
            )
        );
    if (on_network(folder))
        refuse(
            StoreError::Kind::other,
            fmt::format(
                "{} lies on a network file system, where SQLite is not safe: use a local disk or "
                "PostgreSQL",
                folder
            )
        );
}

}  // namespace

std::string sqlite_path(std::string_view url) { return std::string(url.substr(kPrefix.size())); }

void ready_file(const std::string& path, bool create) {
    struct stat info{};
    const bool there = ::stat(path.c_str(), &info) == 0;
    if (!there && !create)
        refuse(
            StoreError::Kind::other,
            fmt::format("there is no store at {}: run pilotlight init", path)
        );
    check_folder(folder_of(path));
    if (!there && make_file(path)) return;
    if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
        refuse(
            StoreError::Kind::other,
            fmt::format("{} is not a file: choose another path for the store", path)
        );
    if (!writable(path))
        refuse(
            StoreError::Kind::permission,
            fmt::format("the store {} can't be written: chmod u+w {}", path, path)
        );
}

void check_integrity(SqliteSession& session, const std::string& path) {
    std::string verdict;
    try {
        verdict = session.ask("PRAGMA quick_check(1)");
    } catch (const StoreError& error) {
        if (error.kind != StoreError::Kind::lost) throw;
        verdict = error.what();
    }
    if (verdict != "ok")
        refuse(
            StoreError::Kind::lost,
            fmt::format("{} is damaged ({}): restore a backup", path, verdict)
        );
}

std::string back_up(
    SqliteSession& session, const std::string& path, const std::string& folder, int version
) {
    const std::filesystem::path place = folder.empty() ? folder_of(path) : folder;
    const std::string name = std::filesystem::path(path).filename().string();
    std::string copy;
    for (int number = 1;; ++number) {
        copy = (place / fmt::format("{}.backup-{}-{}", name, version, number)).string();
        if (make_file(copy)) break;
    }
    session.copy_into(copy);
    sync_to_disk(copy);
    return copy;
}

}  // namespace store
