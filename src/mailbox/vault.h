// The key that secrets and tokens hang on. 32 random bytes in a file of mode 0600, or base64 in the
// environment (PILOTLIGHT_KEY); never in the database.
#pragma once
#include <optional>
#include <string>

#include "base/random.h"
#include "base/result.h"

namespace mailbox {

class Vault {
  public:
    // `key` is 32 bytes (CHECKed).
    explicit Vault(std::string key);
    // Reads the key file; permission where others may read it (names the chmod), not_found,
    // invalid_input.
    static base::Result<Vault> from_file(const std::string& path);
    // Base64 of 32 bytes, as in PILOTLIGHT_KEY.
    static base::Result<Vault> from_text(std::string_view base64);
    // Makes a new key file (mode 0600, never overwrites: already_exists).
    static base::Result<Vault> create_file(const std::string& path, base::Random& random);

    // Sealed text is base64; `bound_to` is the mailbox address.
    std::string seal(std::string_view secret, std::string_view bound_to, base::Random& random)
        const;
    std::optional<std::string> open(std::string_view sealed, std::string_view bound_to) const;
    // A key for another use, derived from this one: derive("token"), derive("store roles").
    std::string derive(std::string_view purpose) const;
    // First 8 hex digits of a hash of the key: tells keys apart without showing them.
    std::string id() const;

  private:
    std::string key_;
};

}  // namespace mailbox
