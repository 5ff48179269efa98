#include "campaign/unsubscribe_link.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

namespace campaign {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kKeyName = "unsubscribe_key";
// What a token is bound to: its meaning and the form of its text. Another form gets another word.
constexpr std::string_view kPurpose = "unsubscribe 1";

// LEB128: a small number is one byte, so that links stay short.
void put_number(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7)
        out += static_cast<char>(static_cast<unsigned char>(number | 0x80));
    out += static_cast<char>(number);
}

std::optional<std::int64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 63 && !text.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return static_cast<std::int64_t>(number);
    }
    return std::nullopt;
}

// RFC 6068: all but the unreserved characters of RFC 3986 as %XX.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char letter : text) {
        if (kPlain.contains(letter))
            out += letter;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return out;
}

std::optional<std::string> sealed_key(store::Connection& connection) {
    return connection.text(
        "SELECT value FROM store_meta WHERE name = :name ORDER BY name", store::values(kKeyName)
    );
}

std::string keep_key(store::Connection& connection, const std::string& sealed) {
    // Another process may have been first; its key stands.
    connection.execute(
        "INSERT INTO store_meta (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING",
        store::values(kKeyName, sealed)
    );
    return *sealed_key(connection);
}

}  // namespace

UnsubscribeKey::UnsubscribeKey(std::string key) : key_(std::move(key)) {
    CHECK(key_.size() == kKeyBytes);
}

base::Task<base::Result<UnsubscribeKey>> UnsubscribeKey::load(
    store::Database& db, const mailbox::Vault& vault, base::Random& random
) {
    std::optional<std::string> sealed = co_await db.read(store::Role::operator_, sealed_key);
    if (!sealed) {
        const std::string made = vault.seal(random.bytes(kKeyBytes), kKeyName, random);
        sealed = co_await db.run(store::Role::owner, [made](store::Connection& connection) {
            return keep_key(connection, made);
        });
    }
    const std::optional<std::string> key = vault.open(*sealed, kKeyName);
    if (!key || key->size() != kKeyBytes)
        co_return base::fail(
            base::ErrorCode::unauthenticated,
            "unsubscribe",
            "the store's key for unsubscribe links was sealed with another key file; restore the "
            "key file that belongs to this store"
        );
    co_return UnsubscribeKey(*key);
}

std::string UnsubscribeKey::make_token(
    const base::Email& to, std::int64_t campaign_id, base::Timestamp now
) const {
    CHECK(campaign_id >= 0);
    std::string plain;
    put_number(plain, static_cast<std::uint64_t>(campaign_id));
    put_number(
        plain, static_cast<std::uint64_t>(std::max<std::int64_t>(now.micros, 0) / 1'000'000)
    );
    plain += to.str();
    return base::base64url_encode(base::seal_repeatably(key_, plain, kPurpose));
}

std::string UnsubscribeKey::make_link(
    std::string_view base_url, const base::Email& to, std::int64_t campaign_id, base::Timestamp now
) const {
    while (base_url.ends_with('/')) base_url.remove_suffix(1);
    if (base_url.ends_with("/u")) base_url.remove_suffix(2);
    return fmt::format("{}/u/{}", base_url, make_token(to, campaign_id, now));
}

std::optional<UnsubscribeClaim> UnsubscribeKey::read_token(std::string_view token) const {
    if (token.size() > kUnsubscribeTokenMax) return std::nullopt;
    const std::optional<std::string> sealed = base::base64url_decode(token);
    if (!sealed) return std::nullopt;
    const std::optional<std::string> plain = base::open_sealed(key_, *sealed, kPurpose);
    if (!plain) return std::nullopt;
    std::string_view rest = *plain;
    const std::optional<std::int64_t> campaign_id = take_number(rest);
    const std::optional<std::int64_t> issued = take_number(rest);
    if (!campaign_id || !issued) return std::nullopt;
    const base::Result<base::Email> to = base::Email::parse(rest);
    if (!to) return std::nullopt;
    return UnsubscribeClaim{*to, *campaign_id, base::Timestamp{*issued * 1'000'000}};
}

std::vector<std::pair<std::string, std::string>> unsubscribe_headers(
    const base::Email& from, std::string_view mail_token, const std::optional<std::string>& link
) {
    std::string ways = fmt::format(
        "<mailto:{}@{}?subject=unsubscribe%20{}>",
        percent_encoded(from.local()),
        percent_encoded(from.domain()),
        percent_encoded(mail_token)
    );
    if (link) ways += fmt::format(", <{}>", *link);
    std::vector<std::pair<std::string, std::string>> headers;
    headers.emplace_back(kUnsubscribeHeaders[0], ways);
    if (link) headers.emplace_back(kUnsubscribeHeaders[1], kOneClick);
    return headers;
}

}  // namespace campaign
