#include "mailbox/discovery.h"

#include <fmt/format.h>

#include "base/text.h"
#include "mailbox/mailboxes.h"

namespace mailbox {

namespace {

constexpr const char* kMend =
    "say --provider NAME, or --smtp URL and --imap URL (smtps://host:465 or "
    "smtp+starttls://host:587"
    ", imaps://host:993)";

std::unexpected<base::Error> refuse(std::string message) {
    return base::fail(base::ErrorCode::invalid_input, "mailbox", std::move(message));
}

std::optional<net::Endpoint> choose(
    const std::vector<net::SrvRecord>& implicit, const std::vector<net::SrvRecord>& starttls
) {
    if (!implicit.empty())
        return net::Endpoint{implicit[0].target, implicit[0].port, net::Tls::implicit};
    if (!starttls.empty())
        return net::Endpoint{starttls[0].target, starttls[0].port, net::Tls::starttls};
    return std::nullopt;
}

bool lies_in(std::string_view host, std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
}

const Preset* preset_of_servers(const net::Endpoint& smtp, const net::Endpoint& imap) {
    for (const Preset& preset : presets())
        if (preset.smtp.host == smtp.host && preset.imap.host == imap.host) return &preset;
    return nullptr;
}

Discovery by_preset(const Preset& preset, std::string how) {
    return {&preset, preset.smtp, preset.imap, std::move(how)};
}

// A failure that may hide records, in words; a name without records is none.
std::string trouble(const std::optional<base::Error>& error) {
    if (!error || error->code == base::ErrorCode::not_found) return {};
    return " (" + error->message + ")";
}

template <class Records>
Records taken(const base::Result<Records>& answer, std::optional<base::Error>& problem) {
    if (answer) return *answer;
    if (answer.error().code != base::ErrorCode::not_found) problem = answer.error();
    return {};
}

base::Task<ServiceRecords> ask_for_services(
    net::DnsClient& dns,
    std::string domain,
    base::MonotonicTime deadline,
    std::optional<base::Error>& problem
) {
    std::vector<base::Task<base::Result<std::vector<net::SrvRecord>>>> questions;
    for (const char* service : {"_submissions", "_submission", "_imaps", "_imap"})
        questions.push_back(dns.srv(std::string(service) + "._tcp." + domain, deadline));
    const auto answers = co_await base::when_all(std::move(questions));
    co_return ServiceRecords{
        taken(answers[0], problem),
        taken(answers[1], problem),
        taken(answers[2], problem),
        taken(answers[3], problem)
    };
}

}  // namespace

base::Result<Discovery> choose_services(const base::Email& email, const ServiceRecords& records) {
    const std::string domain = base::to_lower(email.domain());
    const auto smtp = choose(records.submissions, records.submission);
    const auto imap = choose(records.imaps, records.imap);
    if (!smtp && !imap)
        return refuse(fmt::format(
            "{}: neither its domain nor the domain's MX and SRV records tell whose mailbox it is; "
            "{}",
            email.str(),
            kMend
        ));
    if (!smtp || !imap)
        return refuse(fmt::format(
            "{}: its domain's SRV records name a server for {} only; {}",
            email.str(),
            smtp ? "sending" : "reading",
            kMend
        ));
    if (const Preset* preset = preset_of_servers(*smtp, *imap))
        return by_preset(*preset, fmt::format("the SRV records of {} name {}", domain, imap->host));
    if (!lies_in(smtp->host, domain) || !lies_in(imap->host, domain))
        return refuse(fmt::format(
            "{}: its domain's SRV records name servers of another domain, and DNS answers can be "
            "forged; if you know these to be yours, say --smtp {} --imap {}",
            email.str(),
            to_url(*smtp, "smtp"),
            to_url(*imap, "imap")
        ));
    return Discovery{nullptr, *smtp, *imap, fmt::format("by the SRV records of {}", domain)};
}

base::Task<base::Result<Discovery>> discover(
    net::DnsClient& dns, base::Email email, base::MonotonicTime deadline
) {
    if (const Preset* preset = preset_for(email))
        co_return by_preset(*preset, "by the domain of the address");
    const std::string domain = base::to_lower(email.domain());
    const auto mx = co_await dns.mx(domain, deadline);
    std::optional<base::Error> problem;
    std::vector<std::string> hosts;
    for (const net::MxRecord& record : taken(mx, problem)) hosts.push_back(record.host);
    if (const Preset* preset = preset_for_mx(hosts))
        co_return by_preset(
            *preset, fmt::format("by the MX records of {}: {}", domain, base::join(hosts, ", "))
        );
    const ServiceRecords records = co_await ask_for_services(dns, domain, deadline, problem);
    base::Result<Discovery> chosen = choose_services(email, records);
    if (!chosen) chosen.error().message += trouble(problem);
    co_return chosen;
}

}  // namespace mailbox
