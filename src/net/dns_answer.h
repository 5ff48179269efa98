// From the bytes of a DNS answer to records. Used by ares_dns_client.cpp only.
//
// Limits: kRecordsMax records; a name that is no host name is left out. Errors: not_found where no
// usable record is left, protocol where the bytes make no sense.
#pragma once
#include "net/dns_client.h"

namespace net {

base::Result<std::vector<MxRecord>> read_mx(const std::string& answer, const std::string& domain);
base::Result<std::vector<SrvRecord>> read_srv(const std::string& answer, const std::string& name);
base::Result<std::vector<std::string>> read_txt(const std::string& answer, const std::string& name);

// Whether there is an address of that type (A, AAAA).
base::Result<bool> read_address(const std::string& answer, const std::string& name, int type);

// A DNS type (RFC 1035 section 3.2.2, RFC 2782).
inline constexpr int kTypeA = 1;
inline constexpr int kTypeAaaa = 28;  // RFC 3596
inline constexpr int kTypeMx = 15;
inline constexpr int kTypeTxt = 16;
inline constexpr int kTypeSrv = 33;

// What c-ares' status means; `name` is what was asked for.
base::Error dns_error(int status, const std::string& name);

}  // namespace net
