// Who takes a domain's mail, by DNS: its MX records, else its own address (RFC 5321 section 5.1).
// What was found is kept as long as the object lives; at most `parallel` questions are open at once
// and each has its deadline, so that a dead name server holds up one of them only.
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "campaign/mail_domains.h"
#include "net/dns_client.h"

namespace engine {

struct DnsLimits {
    int parallel = 20;
    base::Duration patience = std::chrono::seconds(5);  // for each question
};

class DnsMailDomains : public campaign::MailDomains {
  public:
    DnsMailDomains(net::DnsClient& dns, base::Clock& clock, DnsLimits limits = {})
        : dns_(dns), clock_(clock), limits_(limits) {}
    base::Task<std::vector<campaign::MailDomain>> look_up(std::vector<std::string> domains
    ) override;

  private:
    base::Task<> work(std::vector<std::string>& waiting);
    base::Task<campaign::MailDomain> ask(std::string domain);
    base::Task<campaign::MailDomain> ask_address(std::string domain);

    net::DnsClient& dns_;
    base::Clock& clock_;
    DnsLimits limits_;
    std::map<std::string, campaign::MailDomain> known_;
};

// What an answer about MX records means; nothing where the domain's own address decides.
std::optional<campaign::MailDomain> read_mx_answer(
    const base::Result<std::vector<net::MxRecord>>& answer
);

}  // namespace engine
