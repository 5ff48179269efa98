// A folder under /tmp for one test, there from construction on and gone with this object, with all
// that lies in it. Short: paths of sockets in it may have 107 bytes only.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace support {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        if (::mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error("no folder can be made in /tmp");
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    // Of a file in it, whether it is there or not.
    std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_ = "/tmp/pilotlight-test-XXXXXX";
};

}  // namespace support
