#include "engine/dns_mail_domains.h"

namespace engine {

namespace {

using Verdict = campaign::MailDomain::Verdict;

}  // namespace

std::optional<campaign::MailDomain> read_mx_answer(
    const base::Result<std::vector<net::MxRecord>>& answer
) {
    if (answer) return campaign::MailDomain{Verdict::takes_mail, answer->front().host, ""};
    const base::Error& error = answer.error();
    if (error.code != base::ErrorCode::not_found)
        // A name that cannot be asked for will not be there later either.
        return campaign::MailDomain{
            error.code == base::ErrorCode::invalid_input ? Verdict::no_such_domain
                                                         : Verdict::unknown,
            "",
            error.message
        };
    if (error.enhanced == net::kNullMx)
        return campaign::MailDomain{Verdict::null_mx, "", error.message};
    if (error.enhanced == net::kNoSuchDomain)
        return campaign::MailDomain{Verdict::no_such_domain, "", error.message};
    return std::nullopt;
}

base::Task<campaign::MailDomain> DnsMailDomains::ask_address(std::string domain) {
    const base::MonotonicTime deadline = clock_.in(limits_.patience);
    const base::Result<bool> found = co_await dns_.has_address(domain, deadline);
    if (!found) co_return campaign::MailDomain{Verdict::unknown, "", found.error().message};
    if (*found) co_return campaign::MailDomain{Verdict::takes_mail, "", ""};
    co_return campaign::MailDomain{Verdict::no_server, "", "neither MX records nor an address"};
}

base::Task<campaign::MailDomain> DnsMailDomains::ask(std::string domain) {
    const base::MonotonicTime deadline = clock_.in(limits_.patience);
    const base::Result<std::vector<net::MxRecord>> answer = co_await dns_.mx(domain, deadline);
    if (const auto decided = read_mx_answer(answer)) co_return *decided;
    co_return co_await ask_address(std::move(domain));
}

base::Task<> DnsMailDomains::work(std::vector<std::string>& waiting) {
    while (!waiting.empty()) {
        const std::string domain = std::move(waiting.back());
        waiting.pop_back();
        campaign::MailDomain found = co_await ask(domain);
        known_[domain] = std::move(found);
    }
}

base::Task<std::vector<campaign::MailDomain>> DnsMailDomains::look_up(
    std::vector<std::string> domains
) {
    std::vector<std::string> waiting;
    for (auto domain = domains.rbegin(); domain != domains.rend(); ++domain)
        if (known_.try_emplace(*domain).second) waiting.push_back(*domain);
    const auto workers =
        std::min<std::size_t>(static_cast<std::size_t>(limits_.parallel), waiting.size());
    std::vector<base::Task<>> tasks;
    for (std::size_t i = 0; i < workers; ++i) tasks.push_back(work(waiting));
    co_await base::when_all(std::move(tasks));
    std::vector<campaign::MailDomain> found;
    for (const std::string& domain : domains) found.push_back(known_.at(domain));
    // What had no answer is asked again the next time.
    std::erase_if(known_, [](const auto& one) { return one.second.verdict == Verdict::unknown; });
    co_return found;
}

}  // namespace engine
