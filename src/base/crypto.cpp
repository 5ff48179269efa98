#include "base/crypto.h"

#include <openssl/sha.h>
#include <sodium.h>

#include "base/check.h"
#include "base/random.h"

namespace base {

namespace {

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

std::string seal_with(
    std::string_view key, std::string_view plain, std::string_view bound_to, std::string nonce
) {
    CHECK(key.size() == kKeyBytes);
    std::string box(plain.size() + kTagBytes, '\0');
    unsigned long long length = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        bytes(box),
        &length,
        bytes(plain),
        plain.size(),
        bytes(bound_to),
        bound_to.size(),
        nullptr,
        bytes(nonce),
        bytes(key)
    );
    return nonce + box;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view data) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes(data), data.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, bytes(out));
    return out;
}

// Every message is hashed when it is prepared and when its intent is committed; OpenSSL's hash is
// written for the processor and takes a sixth of libsodium's time.
std::string sha256(std::string_view data) {
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    SHA256(bytes(data), data.size(), bytes(out));
    return out;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string seal(
    std::string_view key, std::string_view plain, std::string_view bound_to, Random& random
) {
    return seal_with(key, plain, bound_to, random.bytes(kNonceBytes));
}

std::string seal_repeatably(
    std::string_view key, std::string_view plain, std::string_view bound_to
) {
    // Two keys from one, since it would serve two uses otherwise; the length keeps the two texts
    // apart.
    std::string text = std::to_string(bound_to.size()) + ":";
    text += bound_to;
    text += plain;
    const std::string nonce = hmac_sha256(hmac_sha256(key, "nonce"), text).substr(0, kNonceBytes);
    return seal_with(key, plain, bound_to, nonce);
}

std::optional<std::string> open_sealed(
    std::string_view key, std::string_view sealed, std::string_view bound_to
) {
    CHECK(key.size() == kKeyBytes);
    if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
    const std::string_view box = sealed.substr(kNonceBytes);
    std::string plain(box.size() - kTagBytes, '\0');
    unsigned long long length = 0;
    const int problem = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes(plain),
        &length,
        nullptr,
        bytes(box),
        box.size(),
        bytes(bound_to),
        bound_to.size(),
        bytes(sealed),
        bytes(key)
    );
    if (problem != 0) return std::nullopt;
    return plain;
}

}  // namespace base
