// A DNS client that answers from its tables at once, and keeps what it was asked for.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "net/dns_client.h"

namespace support {

class FakeDns : public net::DnsClient {
  public:
    std::map<std::string, std::vector<net::MxRecord>> mx_records;
    std::map<std::string, std::vector<net::SrvRecord>> srv_records;
    std::map<std::string, std::vector<std::string>> txt_records;
    std::vector<std::string> with_address;      // names that has_address is true for
    std::map<std::string, base::Error> errors;  // by name; they come first
    std::vector<std::string> asked;             // "mx co.test"

    base::Task<base::Result<std::vector<net::MxRecord>>> mx(std::string domain, base::MonotonicTime)
        override {
        co_return find(mx_records, "mx", domain);
    }
    base::Task<base::Result<std::vector<net::SrvRecord>>> srv(std::string name, base::MonotonicTime)
        override {
        co_return find(srv_records, "srv", name);
    }
    base::Task<base::Result<std::vector<std::string>>> txt(std::string name, base::MonotonicTime)
        override {
        co_return find(txt_records, "txt", name);
    }

    base::Task<base::Result<bool>> has_address(std::string name, base::MonotonicTime) override {
        asked.push_back("address " + name);
        if (const auto error = errors.find("address " + name); error != errors.end())
            co_return std::unexpected(error->second);
        co_return std::ranges::find(with_address, name) != with_address.end();
    }

  private:
    template <class Records>
    base::Result<typename Records::mapped_type> find(
        const Records& records, const std::string& kind, const std::string& name
    ) {
        asked.push_back(kind + " " + name);
        if (const auto error = errors.find(name); error != errors.end())
            return std::unexpected(error->second);
        if (const auto found = records.find(name); found != records.end()) return found->second;
        base::Error error{
            base::ErrorCode::not_found, "net.dns", name + ": there is no such name", {}, 0, {}
        };
        error.enhanced = net::kNoSuchDomain;
        return std::unexpected(error);
    }
};

}  // namespace support
