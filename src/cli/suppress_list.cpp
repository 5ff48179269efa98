#include "cli/suppress_list.h"

#include "base/text.h"
#include "campaign/domain_name.h"
#include "campaign/suppression.h"

namespace cli {

namespace {

constexpr std::size_t kPerJob = 50;

std::int64_t count_suppressions(store::Connection& connection) {
    return connection.integer("SELECT COUNT(*) FROM suppressions");
}

void suppress_one(
    store::Connection& connection,
    const ToSuppress& value,
    const std::string& reason,
    const std::string& note,
    base::Timestamp now
) {
    if (value.email.empty())
        campaign::suppress_domain(connection, value.domain, reason, note, now);
    else
        campaign::suppress(connection, value.email, reason, note, false, now);
}

void stop_leads(
    engine::Runtime& runtime,
    const campaign::DomainSet& domains,
    const std::string& reason,
    base::Timestamp now
) {
    std::int64_t after = 0;
    do {
        after = runtime.job(
            store::Role::campaign,
            [&domains, reason, after, now](store::Connection& connection) {
                return campaign::stop_leads_of_domains(connection, domains, reason, after, now);
            }
        );
    } while (after != 0);
}

}  // namespace

base::Result<ToSuppress> read_suppressed(std::string_view text) {
    std::string_view value = base::trim(text);
    if (value.starts_with("*@")) value.remove_prefix(1);
    if (value.find('@') != std::string_view::npos && !value.starts_with('@')) {
        const auto email = base::Email::parse(value);
        if (!email) return base::pass_on(email);
        return ToSuppress{*email, {}};
    }
    if (value.starts_with('@')) value.remove_prefix(1);
    const auto domain = campaign::ascii_domain(value);
    const bool usable = domain && domain->find('.') != std::string::npos &&
                        base::Email::parse("a@" + *domain).has_value();
    if (!usable)
        return base::fail(
            base::ErrorCode::invalid_input,
            "suppress",
            "'" + base::printable(text, 100) + "' is neither an address nor a domain"
        );
    return ToSuppress{{}, *domain};
}

std::int64_t suppress_all(
    engine::Runtime& runtime,
    const std::vector<ToSuppress>& values,
    const std::string& reason,
    const std::string& note
) {
    const base::Timestamp now = runtime.clock().now();
    campaign::DomainSet domains;
    std::int64_t added = 0;
    for (std::size_t at = 0; at < values.size(); at += kPerJob) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(kPerJob, values.size() - at);
        const std::vector<ToSuppress> part(first, first + static_cast<std::ptrdiff_t>(count));
        for (const ToSuppress& value : part)
            if (value.email.empty()) domains.insert(value.domain);
        added += runtime.job(
            store::Role::campaign,
            [part, reason, note, now](store::Connection& connection) {
                const std::int64_t before = count_suppressions(connection);
                for (const ToSuppress& value : part)
                    suppress_one(connection, value, reason, note, now);
                return count_suppressions(connection) - before;
            }
        );
    }
    if (!domains.empty()) stop_leads(runtime, domains, reason, now);
    return added;
}

}  // namespace cli
