// The real DNS client: c-ares on one thread of its own, which starts with the first question;
// results are posted to the loop.
//
// Life cycle: made after the loop, destroyed before it. The destructor stops the thread; questions
// under way end with `cancelled`. A question whose waiter gave up at its deadline is forgotten when
// c-ares gives up.
//
// Limits: two servers' rounds of two seconds each, 64 KiB an answer (that is DNS over TCP),
// kRecordsMax records, names of 253 bytes. Questions that UDP cut short are asked again over TCP.
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/loop.h"
#include "net/dns_client.h"

namespace net {

struct DnsSettings {
    std::string server;  // "127.0.0.1:5353", "[::1]:53"; empty: the system's servers
};

class AresDnsClient : public DnsClient {
  public:
    AresDnsClient(base::Loop& loop, base::Clock& clock, DnsSettings settings);
    AresDnsClient(const AresDnsClient&) = delete;
    AresDnsClient& operator=(const AresDnsClient&) = delete;
    ~AresDnsClient() override;

    base::Task<base::Result<std::vector<MxRecord>>> mx(
        std::string domain, base::MonotonicTime deadline
    ) override;
    base::Task<base::Result<std::vector<SrvRecord>>> srv(
        std::string name, base::MonotonicTime deadline
    ) override;
    base::Task<base::Result<std::vector<std::string>>> txt(
        std::string name, base::MonotonicTime deadline
    ) override;
    base::Task<base::Result<bool>> has_address(std::string name, base::MonotonicTime deadline)
        override;

  private:
    class Worker;
    base::Task<base::Result<std::string>> ask(
        std::string name, int type, base::MonotonicTime deadline
    );

    base::Loop& loop_;
    base::Clock& clock_;
    DnsSettings settings_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace net
