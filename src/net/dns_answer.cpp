#include "net/dns_answer.h"

#include <ares.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace net {
namespace {

struct AresFree {
    void operator()(void* data) const { ::ares_free_data(data); }
};
template <class Record>
using AresList = std::unique_ptr<Record, AresFree>;

const unsigned char* bytes_of(const std::string& answer) {
    return reinterpret_cast<const unsigned char*>(answer.data());
}

// Lower case and without the root's dot; empty where it is no host name.
std::string host_name(const char* text) {
    std::string name = base::to_lower(text == nullptr ? "" : text);
    if (name.ends_with('.')) name.pop_back();
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    const bool good = name.find_first_not_of(kAllowed) == std::string::npos &&
                      name.find("..") == std::string::npos && !name.starts_with('.') &&
                      name.size() <= 253;
    return good ? name : std::string();
}

template <class Record>
base::Result<std::vector<Record>> at_least_one(
    std::vector<Record> records, const std::string& name
) {
    if (records.empty()) return std::unexpected(dns_error(ARES_ENODATA, name));
    return records;
}

base::Error with_code(base::Error error, const char* enhanced) {
    error.enhanced = enhanced;
    return error;
}

// The one record ". IN MX 0 ." says that the domain takes no mail.
bool is_null_mx(const ares_mx_reply* list) {
    if (list == nullptr || list->next != nullptr || list->host == nullptr) return false;
    const std::string_view host = list->host;
    return host.empty() || host == ".";
}

// The heavier of two equals first: an owner's mailbox wants one server that stays, not RFC 2782's
// lots drawn at every look.
bool better(const SrvRecord& left, const SrvRecord& right) {
    return std::tuple(left.priority, -left.weight, left.target, left.port) <
           std::tuple(right.priority, -right.weight, right.target, right.port);
}

}  // namespace

base::Error dns_error(int status, const std::string& name) {
    const auto error = [&](base::ErrorCode code, const std::string& words) {
        return base::Error{
            code,
            "net.dns",
            "cannot look up " + base::printable(name, 260) + ": " + words,
            {},
            0,
            {}
        };
    };
    switch (status) {
        case ARES_ENOTFOUND:
            return with_code(
                error(base::ErrorCode::not_found, "there is no such name"), kNoSuchDomain
            );
        case ARES_ENODATA:
            return error(base::ErrorCode::not_found, "it has no such records");
        case ARES_EBADNAME:
            return error(base::ErrorCode::invalid_input, "it is not a name of the DNS");
        case ARES_ETIMEOUT:
            return error(base::ErrorCode::timed_out, "no answer in time");
        case ARES_ECONNREFUSED:
            return error(base::ErrorCode::network, "no DNS server could answer");
        case ARES_EREFUSED:
        case ARES_ENOTIMP:
            return error(base::ErrorCode::refused, "the DNS server would not answer");
        case ARES_ECANCELLED:
        case ARES_EDESTRUCTION:
            return error(base::ErrorCode::cancelled, "the program is stopping");
        case ARES_ESERVFAIL:
            return error(base::ErrorCode::unavailable, "the DNS server failed to find out");
        case ARES_EBADRESP:
        case ARES_EFORMERR:
            return error(base::ErrorCode::protocol, "the DNS server's answer makes no sense");
        default:
            return error(base::ErrorCode::network, ::ares_strerror(status));
    }
}

base::Result<std::vector<MxRecord>> read_mx(const std::string& answer, const std::string& domain) {
    ares_mx_reply* list = nullptr;
    const int status =
        ::ares_parse_mx_reply(bytes_of(answer), static_cast<int>(answer.size()), &list);
    const AresList<ares_mx_reply> owner(list);
    if (status != ARES_SUCCESS) return std::unexpected(dns_error(status, domain));
    if (is_null_mx(list))
        return std::unexpected(with_code(
            base::Error{
                base::ErrorCode::not_found,
                "net.dns",
                base::printable(domain, 260) + " says that it takes no mail",
                {},
                0,
                {}
            },
            kNullMx
        ));
    std::vector<MxRecord> records;
    for (const auto* one = list; one != nullptr && records.size() < kRecordsMax; one = one->next) {
        std::string host = host_name(one->host);
        if (!host.empty()) records.push_back({one->priority, std::move(host)});
    }
    std::ranges::sort(records);
    return at_least_one(std::move(records), domain);
}

base::Result<std::vector<SrvRecord>> read_srv(const std::string& answer, const std::string& name) {
    ares_srv_reply* list = nullptr;
    const int status =
        ::ares_parse_srv_reply(bytes_of(answer), static_cast<int>(answer.size()), &list);
    const AresList<ares_srv_reply> owner(list);
    if (status != ARES_SUCCESS) return std::unexpected(dns_error(status, name));
    std::vector<SrvRecord> records;
    for (const auto* one = list; one != nullptr && records.size() < kRecordsMax; one = one->next) {
        std::string target = host_name(one->host);
        if (!target.empty() && one->port != 0)
            records.push_back({one->priority, one->weight, one->port, std::move(target)});
    }
    std::ranges::sort(records, better);
    return at_least_one(std::move(records), name);
}

base::Result<std::vector<std::string>> read_txt(
    const std::string& answer, const std::string& name
) {
    ares_txt_ext* list = nullptr;
    const int status =
        ::ares_parse_txt_reply_ext(bytes_of(answer), static_cast<int>(answer.size()), &list);
    const AresList<ares_txt_ext> owner(list);
    if (status != ARES_SUCCESS) return std::unexpected(dns_error(status, name));
    std::vector<std::string> records;
    for (const auto* one = list; one != nullptr; one = one->next) {
        if (one->record_start != 0) {
            if (records.size() == kRecordsMax) break;
            records.emplace_back();
        }
        if (records.empty()) continue;
        records.back().append(reinterpret_cast<const char*>(one->txt), one->length);
    }
    std::ranges::sort(records);
    return at_least_one(std::move(records), name);
}

base::Result<bool> read_address(const std::string& answer, const std::string& name, int type) {
    const auto* bytes = bytes_of(answer);
    const int size = static_cast<int>(answer.size());
    ares_addrttl four[1];
    ares_addr6ttl six[1];
    int count = 1;
    const int status = type == kTypeA ? ::ares_parse_a_reply(bytes, size, nullptr, four, &count)
                                      : ::ares_parse_aaaa_reply(bytes, size, nullptr, six, &count);
    if (status == ARES_ENODATA || status == ARES_ENOTFOUND) return false;
    if (status != ARES_SUCCESS) return std::unexpected(dns_error(status, name));
    return count > 0;
}

}  // namespace net
