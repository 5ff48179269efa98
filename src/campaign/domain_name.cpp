#include "campaign/domain_name.h"

#include <idn2.h>
#include <libpsl.h>

#include <algorithm>

#include "base/text.h"

namespace campaign {

namespace {

constexpr std::size_t kDomainBytesMax = 253;  // RFC 1035 section 2.3.4, without the last dot

bool is_plain(std::string_view domain) {
    return std::ranges::all_of(
               domain, [](char c) { return static_cast<unsigned char>(c) < 0x80; }
           ) &&
           domain.find("xn--") == std::string_view::npos;
}

bool looks_like_a_name(std::string_view ascii) {
    return !ascii.empty() && ascii.size() <= kDomainBytesMax &&
           std::ranges::all_of(ascii, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                      c == '_';
           });
}

// The list of the machine where it is newer than the one compiled into libpsl; loaded once.
const psl_ctx_t* suffixes() {
    static const psl_ctx_t* const list = [] {
        const psl_ctx_t* newest = psl_latest(nullptr);
        return newest != nullptr ? newest : psl_builtin();
    }();
    return list;
}

}  // namespace

std::optional<std::string> ascii_domain(std::string_view domain) {
    std::string lower = base::to_lower(domain);
    if (is_plain(lower)) {
        if (!looks_like_a_name(lower)) return std::nullopt;
        return lower;
    }
    char* found = nullptr;
    const int status =
        idn2_to_ascii_8z(lower.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (status != IDN2_OK) return std::nullopt;
    std::string ascii = base::to_lower(found);
    idn2_free(found);
    if (!looks_like_a_name(ascii)) return std::nullopt;
    return ascii;
}

std::string registrable_domain(std::string_view ascii_domain) {
    const std::string domain(ascii_domain);
    const psl_ctx_t* list = suffixes();
    const char* found = list == nullptr ? nullptr : psl_registrable_domain(list, domain.c_str());
    return found == nullptr ? domain : std::string(found);
}

}  // namespace campaign
