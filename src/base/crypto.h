// Keyed hashes and sealed boxes (libsodium behind it).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace base {

class Random;

// HMAC-SHA-256 (RFC 2104), 32 bytes; any key length.
std::string hmac_sha256(std::string_view key, std::string_view data);
// SHA-256 (FIPS 180-4), 32 bytes.
std::string sha256(std::string_view data);
// Compares in constant time; false where the lengths differ.
bool equal_in_constant_time(std::string_view left, std::string_view right);

// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): `key` is 32 bytes; the answer is nonce +
// ciphertext. `bound_to` is authenticated but not stored: opening with another value fails (rows
// can't be swapped).
std::string seal(
    std::string_view key, std::string_view plain, std::string_view bound_to, Random& random
);
// The same without chance: the nonce is an HMAC of what is sealed (as in RFC 5297), so the same
// input gives the same bytes, which is all that they tell. Opened as above.
std::string seal_repeatably(
    std::string_view key, std::string_view plain, std::string_view bound_to
);
std::optional<std::string> open_sealed(
    std::string_view key, std::string_view sealed, std::string_view bound_to
);

}  // namespace base
