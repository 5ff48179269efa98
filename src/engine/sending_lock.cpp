#include "engine/sending_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "base/text.h"

namespace engine {

namespace {

std::string noted_pid(int file) {
    std::string pid(20, '\0');
    const ssize_t length = ::pread(file, pid.data(), pid.size(), 0);
    pid.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return std::string(base::trim(pid));
}

}  // namespace

base::Result<SendingLock> SendingLock::take(store::Database& db, const std::string& path) {
    base::Result<SendingLock> lock = take_file(path);
    if (!lock || db.engine() == "sqlite") return lock;
    const base::Result<> taken = lock->take_in_store(db);
    if (!taken) return base::pass_on(taken);
    return lock;
}

base::Result<> SendingLock::take_in_store(store::Database& db) {
    try {
        in_store_ = db.try_lock("pilotlight sending");
    } catch (const store::StoreError& error) {
        return base::fail(base::ErrorCode::storage, "lock", error.what());
    }
    if (in_store_) return {};
    return base::fail(
        base::ErrorCode::conflict,
        "lock",
        "another pilotlight, on another machine or with another key file, is sending with this "
        "store; wait for it, or stop it"
    );
}

base::Result<SendingLock> SendingLock::take_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return base::fail(
            base::ErrorCode::permission, "lock", "can't write " + path + ": is the folder writable?"
        );
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        const std::string holder = noted_pid(file);
        ::close(file);
        return base::fail(
            base::ErrorCode::conflict,
            "lock",
            "another pilotlight (process " + holder +
                ") is sending with this store; wait for it, or stop it"
        );
    }
    SendingLock lock(file);
    const std::string pid = std::to_string(::getpid()) + "\n";
    const bool noted = ::ftruncate(file, 0) == 0 && ::pwrite(file, pid.data(), pid.size(), 0) ==
                                                        static_cast<ssize_t>(pid.size());
    if (!noted)
        return base::fail(
            base::ErrorCode::storage, "lock", "can't write " + path + ": is the disk full?"
        );
    return lock;
}

std::optional<std::string> SendingLock::holder(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::nullopt;
    const bool free = ::flock(file, LOCK_SH | LOCK_NB) == 0;
    const std::string pid = free ? std::string() : noted_pid(file);
    ::close(file);
    return free ? std::nullopt : std::optional(pid);
}

SendingLock::SendingLock(SendingLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), in_store_(std::move(other.in_store_)) {}

SendingLock::~SendingLock() {
    if (file_ >= 0) ::close(file_);
}

std::string sending_lock_path(const std::string& store_url, const std::string& key_file) {
    constexpr std::string_view kSqlite = "sqlite:";
    const bool file = store_url.starts_with(kSqlite) && !store_url.starts_with("sqlite::");
    return (file ? store_url.substr(kSqlite.size()) : key_file) + ".sending";
}

}  // namespace engine
