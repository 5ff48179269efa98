#include "inbound/address_scan.h"

#include <algorithm>

namespace inbound {

namespace {

constexpr std::size_t kLocalMax = 128;  // RFC 5321 allows 64; some servers give longer ones out
constexpr std::size_t kDomainMax = 255;

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_local(char c) {
    constexpr std::string_view kOthers = "!#$%&'*+/=?^_`{|}~.-";
    return is_alnum(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_domain(char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; }

std::size_t local_begin(std::string_view line, std::size_t at) {
    std::size_t begin = at;
    if (begin > 0 && line[begin - 1] == '"') {
        const std::size_t quote = begin < 2 ? std::string_view::npos : line.rfind('"', begin - 2);
        if (quote != std::string_view::npos && begin - quote <= kLocalMax) return quote;
        return at;
    }
    while (begin > 0 && at - begin < kLocalMax && is_local(line[begin - 1])) --begin;
    // X.400: "dda:SMTP=a@example.com".
    for (const std::string_view type : {"SMTP=", "smtp="})
        if (line.substr(begin, at - begin).starts_with(type)) begin += type.size();
    // Quotes and dashes of the sentence around it.
    while (begin < at && !is_alnum(line[begin]) && line[begin] != '_' && line[begin] != '+')
        ++begin;
    return begin;
}

std::size_t domain_end(std::string_view line, std::size_t at) {
    std::size_t end = at + 1;
    if (end < line.size() && line[end] == '[') {
        const std::size_t close = line.find(']', end);
        return close == std::string_view::npos || close - end > 50 ? end : close + 1;
    }
    while (end < line.size() && end - at <= kDomainMax && is_domain(line[end])) ++end;
    while (end > at + 1 && !is_alnum(line[end - 1])) --end;
    return end;
}

}  // namespace

std::vector<FoundAddress> find_addresses(std::string_view line, std::size_t count_max) {
    std::vector<FoundAddress> found;
    std::size_t from = 0;
    while (found.size() < count_max) {
        const std::size_t at = line.find('@', from);
        if (at == std::string_view::npos) break;
        from = at + 1;
        const std::size_t begin = local_begin(line, at);
        const std::size_t end = domain_end(line, at);
        if (begin == at || end == at + 1) continue;
        if (!found.empty() && begin < found.back().end) continue;
        found.push_back({line.substr(begin, end - begin), begin, end});
        from = end;
    }
    return found;
}

std::string_view first_address(std::string_view line) {
    const auto found = find_addresses(line, 1);
    return found.empty() ? std::string_view() : found.front().text;
}

}  // namespace inbound
