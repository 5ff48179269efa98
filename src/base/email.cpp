#include "base/email.h"

#include "base/text.h"

namespace base {

namespace {

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_utf8_byte(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_atext(char c) {
    return is_alnum(c) || is_utf8_byte(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Where the local part ends, or npos: RFC 5321 Dot-string or Quoted-string.
std::size_t local_end(std::string_view text) {
    if (!text.starts_with('"')) {
        const std::size_t at = text.rfind('@');
        if (at == std::string_view::npos || at == 0) return std::string_view::npos;
        bool atom_open = false;
        for (const char c : text.substr(0, at)) {
            if (c == '.' ? !atom_open : !is_atext(c)) return std::string_view::npos;
            atom_open = c != '.';
        }
        return atom_open ? at : std::string_view::npos;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7f) return std::string_view::npos;
        if (c == '\\') {
            ++i;
            // Printable ASCII only, whatever else a quoted string may hold (RFC 5321
            // quoted-pairSMTP).
            if (i >= text.size() || text[i] < 0x20 || text[i] > 0x7e) break;
        } else if (c == '"') {
            return i + 1 < text.size() && text[i + 1] == '@' ? i + 1 : std::string_view::npos;
        }
    }
    return std::string_view::npos;
}

const char* domain_problem(std::string_view domain) {
    if (domain.empty()) return "the domain is missing";
    if (domain.size() > 255) return "the domain is longer than 255 bytes";
    if (domain.starts_with('[')) {
        if (!domain.ends_with(']') || domain.size() < 3) return "the address literal is not closed";
        for (const char c : domain.substr(1, domain.size() - 2))
            if (!is_alnum(c) && c != '.' && c != ':') return "the address literal is malformed";
        return nullptr;
    }
    for (const std::string& label : split(domain, '.')) {
        if (label.empty()) return "the domain has an empty label";
        if (label.size() > 63) return "a label of the domain is longer than 63 bytes";
        if (label.front() == '-' || label.back() == '-')
            return "a label of the domain starts or ends with '-'";
        for (const char c : label)
            if (!is_alnum(c) && !is_utf8_byte(c) && c != '-')
                return "the domain has a character that no domain has";
    }
    return nullptr;
}

}  // namespace

Result<Email> Email::parse(std::string_view text) {
    const auto refuse = [&](const char* why) {
        return fail(
            ErrorCode::invalid_input,
            "address",
            "'" + printable(text, 120) + "' is not an email address: " + why
        );
    };
    if (!is_utf8(text)) return refuse("it is not UTF-8");
    const std::size_t at = local_end(text);
    if (at == std::string_view::npos) return refuse("expected name@domain");
    if (at > 64) return refuse("the part before @ is longer than 64 bytes");
    if (text.size() > 254) return refuse("it is longer than 254 bytes");
    if (const char* problem = domain_problem(text.substr(at + 1))) return refuse(problem);
    Email email;
    email.text_ = std::string(text.substr(0, at + 1)) + to_lower(text.substr(at + 1));
    email.at_ = at;
    return email;
}

bool Email::same_mailbox(const Email& other) const {
    return equals_ignoring_case(text_, other.text_);
}

}  // namespace base
