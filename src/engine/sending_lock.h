// Only one process at a time may send for a store: whoever starts a cycle treats intents without a
// result as left by a crash, so nobody else may be in the middle of a send, on this machine or,
// where the store is on a server, on another.
#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "store/database.h"

namespace engine {

// An advisory lock on a file (flock(2)), and on PostgreSQL one in the store too. Given back when
// the process ends, however it ends.
class SendingLock {
  public:
    // conflict where another process holds it (names its pid on this machine), permission where the
    // file can't be made, storage where the server can't be asked. May block for 2 s.
    static base::Result<SendingLock> take(store::Database& db, const std::string& path);
    // The process of this machine that holds the lock on this file, as it says itself; nothing
    // where none does.
    static std::optional<std::string> holder(const std::string& path);
    SendingLock(SendingLock&& other) noexcept;
    SendingLock& operator=(SendingLock&&) = delete;
    ~SendingLock();

  private:
    explicit SendingLock(int file) : file_(file) {}
    static base::Result<SendingLock> take_file(const std::string& path);
    base::Result<> take_in_store(store::Database& db);

    int file_;
    std::unique_ptr<store::StoreLock> in_store_;
};

// Beside the store's file; for a store on a server, beside the key file.
std::string sending_lock_path(const std::string& store_url, const std::string& key_file);

}  // namespace engine
