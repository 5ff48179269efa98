#include "mailbox/vault.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

namespace mailbox {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFileBytesMax = 1024;

base::Error problem(base::ErrorCode code, std::string words) {
    return base::Error{code, "key", std::move(words), {}, 0, {}};
}

}  // namespace

Vault::Vault(std::string key) : key_(std::move(key)) { CHECK(key_.size() == kKeyBytes); }

base::Result<Vault> Vault::from_text(std::string_view base64) {
    const auto key = base::base64_decode(base::trim(base64));
    if (!key || key->size() != kKeyBytes)
        return std::unexpected(problem(
            base::ErrorCode::invalid_input,
            "the key is not base64 of 32 bytes; restore the key file that `pilotlight init` wrote"
        ));
    return Vault(*key);
}

base::Result<Vault> Vault::from_file(const std::string& path) {
    struct stat state = {};
    if (stat(path.c_str(), &state) != 0)
        return std::unexpected(problem(
            base::ErrorCode::not_found,
            "no key file at " + path + "; run `pilotlight init`, or restore it from your backup"
        ));
    if ((state.st_mode & 077) != 0)
        return std::unexpected(problem(
            base::ErrorCode::permission, path + " can be read by others; run: chmod 600 " + path
        ));
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return std::unexpected(problem(
            base::ErrorCode::permission, "can't read the key file " + path + ": check who owns it"
        ));
    std::string text(kFileBytesMax, '\0');
    const ssize_t length = ::read(file, text.data(), text.size());
    ::close(file);
    text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    base::Result<Vault> vault = from_text(text);
    if (!vault) vault.error().message = path + ": " + vault.error().message;
    return vault;
}

base::Result<Vault> Vault::create_file(const std::string& path, base::Random& random) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST)
        return std::unexpected(
            problem(base::ErrorCode::already_exists, "there is a key file at " + path)
        );
    if (file < 0)
        return std::unexpected(problem(
            base::ErrorCode::permission,
            "can't write the key file " + path + ": is the folder writable?"
        ));
    const std::string key = random.bytes(kKeyBytes);
    const std::string text = base::base64_encode(key) + "\n";
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const bool kept = fsync(file) == 0;
    ::close(file);
    if (!written || !kept)
        return std::unexpected(problem(
            base::ErrorCode::storage, "can't write the key file " + path + ": is the disk full?"
        ));
    return Vault(key);
}

std::string Vault::seal(std::string_view secret, std::string_view bound_to, base::Random& random)
    const {
    return base::base64_encode(base::seal(key_, secret, bound_to, random));
}

std::optional<std::string> Vault::open(std::string_view sealed, std::string_view bound_to) const {
    const auto bytes = base::base64_decode(sealed);
    return bytes ? base::open_sealed(key_, *bytes, bound_to) : std::nullopt;
}

std::string Vault::derive(std::string_view purpose) const {
    return base::hmac_sha256(key_, purpose);
}

std::string Vault::id() const { return base::hex_encode(derive("id")).substr(0, 8); }

}  // namespace mailbox
