// Small helpers of this folder's tests.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "mime/compose.h"

namespace mime {

// A complete message to change in a test.
inline Outgoing sample_mail() {
    Outgoing mail;
    mail.from = {"Ada Lovelace", *base::Email::parse("ada@sender.test")};
    mail.to = {"Charles Babbage", *base::Email::parse("charles@seed.test")};
    mail.subject = "Notes on the engine";
    mail.text = "Dear Charles,\n\nthe notes are done.\n\nAda\n";
    mail.message_id = *base::MessageId::parse("<abc123@sender.test>");
    mail.date = *base::from_iso("2026-11-23T12:07:00Z");
    mail.zone_offset = std::chrono::minutes(60);
    return mail;
}

inline std::string composed(const Outgoing& mail, std::uint64_t seed = 1) {
    base::SeededRandom random(seed);
    auto bytes = compose(mail, random);
    return bytes ? *bytes : "refused: " + bytes.error().message;
}

// The raw lines between CRLFs.
inline std::vector<std::string_view> lines_of(std::string_view bytes) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find("\r\n", at), bytes.size());
        lines.push_back(bytes.substr(at, end - at));
        at = end + 2;
    }
    return lines;
}

// True where CR and LF occur as CRLF only.
inline bool has_only_crlf(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (bytes[at] == '\n') return false;
        if (bytes[at] == '\r' && !bytes.substr(++at).starts_with('\n')) return false;
    }
    return true;
}

}  // namespace mime
