#include "engine/sending_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "base/text.h"

namespace engine {

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
        std::string holder(20, '\0');
        const ssize_t length = ::pread(file, holder.data(), holder.size(), 0);
        holder.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
        ::close(file);
        return base::fail(
            base::ErrorCode::conflict,
            "lock",
            "another pilotlight (process " + std::string(base::trim(holder)) +
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
