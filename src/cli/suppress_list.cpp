#include "cli/suppress_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "campaign/lead_rows.h"
#include "cli/lead_source.h"

namespace cli {

namespace {

constexpr std::size_t kPerJob = 50;

constexpr std::size_t kShownMax = 20;

bool is_blank(const campaign::LeadRecord& record) {
    return std::ranges::all_of(record.fields, [](const std::string& field) {
        return base::trim(field).empty();
    });
}

// The value of a row; nothing where it says nothing. An error where somebody may be meant.
base::Result<std::optional<campaign::ToSuppress>> value_of(const campaign::LeadRecord& record) {
    if (!record.problem.empty())
        return base::fail(base::ErrorCode::invalid_input, "suppress import", record.problem);
    if (is_blank(record)) return std::nullopt;
    const std::string value = campaign::address_in(record.fields.front());
    const bool heading = record.line == 1 && !value.empty() && value.find('.') == std::string::npos;
    const auto read = campaign::read_suppressed(value);
    if (read) return *read;
    if (heading) return std::nullopt;
    if (!value.empty()) return base::pass_on(read);
    return base::fail(
        base::ErrorCode::invalid_input,
        "suppress import",
        "the first field is empty: an address or a domain has to stand there"
    );
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

base::Result<std::vector<campaign::ToSuppress>> read_suppress_file(const std::string& path) {
    auto records = RecordSource::open(path);
    if (!records) return base::pass_on(records);
    std::vector<campaign::ToSuppress> values;
    std::vector<std::string> problems;
    std::size_t unread = 0;
    while (const auto record = records->next()) {
        const auto value = value_of(*record);
        if (value && *value) values.push_back(**value);
        if (value || ++unread > kShownMax) continue;
        problems.push_back(fmt::format("{}:{}: {}", path, record->line, value.error().message));
    }
    if (unread == 0) return values;
    if (unread > kShownMax) problems.push_back(fmt::format("… {} rows in all", unread));
    return base::fail(
        base::ErrorCode::invalid_input, "suppress import", base::join(problems, "\n")
    );
}

std::int64_t suppress_all(
    engine::Runtime& runtime,
    const std::vector<campaign::ToSuppress>& values,
    const std::string& reason,
    const std::string& note
) {
    const base::Timestamp now = runtime.clock().now();
    campaign::DomainSet domains;
    std::int64_t added = 0;
    for (std::size_t at = 0; at < values.size(); at += kPerJob) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(kPerJob, values.size() - at);
        const std::vector<campaign::ToSuppress> part(
            first, first + static_cast<std::ptrdiff_t>(count)
        );
        for (const campaign::ToSuppress& value : part)
            if (value.email.empty()) domains.insert(value.domain);
        added += runtime.job(
            store::Role::campaign,
            [part, reason, note, now](store::Connection& connection) {
                std::int64_t count = 0;
                for (const campaign::ToSuppress& value : part)
                    if (campaign::suppress(connection, value, reason, note, now)) ++count;
                return count;
            }
        );
    }
    if (!domains.empty()) stop_leads(runtime, domains, reason, now);
    return added;
}

}  // namespace cli
