// Only one process at a time may send for a store: whoever starts a cycle treats intents without a
// result as left by a crash, so nobody else may be in the middle of a send.
#pragma once
#include <string>

#include "base/result.h"

namespace engine {

// An advisory lock on a file, given back when the process ends, however it ends (flock(2)).
class SendingLock {
  public:
    // conflict where another process holds it (names its pid), permission where the file can't be
    // made.
    static base::Result<SendingLock> take(const std::string& path);
    SendingLock(SendingLock&& other) noexcept;
    SendingLock& operator=(SendingLock&&) = delete;
    ~SendingLock();

  private:
    explicit SendingLock(int file) : file_(file) {}
    int file_;
};

// Beside the store's file; for a store on a server, beside the key file.
std::string sending_lock_path(const std::string& store_url, const std::string& key_file);

}  // namespace engine
