// Who takes a domain's mail. The campaign side asks through this interface; the real one, over DNS
// with a cache, is engine/dns_mail_domains.h.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace campaign {

struct MailDomain {
    enum class Verdict {
        takes_mail,
        no_such_domain,
        no_server,  // it exists, and neither MX nor address says where its mail goes
        null_mx,    // it says itself that it takes none (RFC 7505)
        unknown,    // no answer in time: asked again later
    };
    Verdict verdict = Verdict::unknown;
    std::string mx_host;  // the best one, in lower case; empty where its own address takes the mail
    std::string reason;   // in words, for all but takes_mail
};

class MailDomains {
  public:
    virtual ~MailDomains() = default;
    // In the order asked for; the domains are in ASCII. Bounded in time and in questions at once.
    virtual base::Task<std::vector<MailDomain>> look_up(std::vector<std::string> domains) = 0;
};

// "google", "microsoft", "zoho", "disposable", …, by the host's ending
// (data/campaign/mx_providers.txt); empty for others.
std::string mx_provider_of(std::string_view mx_host);

}  // namespace campaign
