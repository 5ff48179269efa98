#include "cli/mailbox_import.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/mailbox_lookup.h"

namespace cli {

namespace {

struct Planning {
    const config::ProviderSettings& overrides;
    const std::string& fallback_provider;
    std::vector<std::string> problems{};
    std::vector<mailbox::NewMailbox> mailboxes{};

    void refuse(const ImportRow& row, const std::string& why) {
        const std::string where = row.where.empty() ? std::string() : row.where + ": ";
        problems.push_back(fmt::format("{}{}: {}", where, row.mailbox.email.str(), why));
    }
    void take_preset(ImportRow& row);
    void check(const ImportRow& row);
    void take(ImportRow row);
};

void Planning::take_preset(ImportRow& row) {
    const mailbox::Preset* preset = row.provider.empty() ? mailbox::preset_for(row.mailbox.email)
                                                         : mailbox::find_preset(row.provider);
    if (!row.provider.empty() && preset == nullptr)
        return refuse(
            row,
            fmt::format(
                "'{}' is no provider we know; use one of {}",
                base::printable(row.provider, 40),
                preset_names()
            )
        );
    if (preset == nullptr) preset = mailbox::find_preset(fallback_provider);
    if (preset == nullptr)
        return refuse(
            row,
            fmt::format(
                "its domain tells no provider; say --provider {} for such addresses, or take it "
                "out of "
                "the list and use `pilotlight mailbox add` with --smtp and --imap",
                base::replace_all(preset_names(), ", ", "|")
            )
        );
    const Servers servers = servers_of(*preset, overrides.of(preset->name));
    row.mailbox.provider = preset->name;
    row.mailbox.smtp_url = servers.smtp_url;
    row.mailbox.imap_url = servers.imap_url;
}

void Planning::check(const ImportRow& row) {
    const auto smtp = mailbox::parse_url(row.mailbox.smtp_url);
    const auto imap = mailbox::parse_url(row.mailbox.imap_url);
    if (!smtp) return refuse(row, smtp.error().message);
    if (!imap) return refuse(row, imap.error().message);
    if (!row.mailbox.smtp_url.starts_with("smtp") || !row.mailbox.imap_url.starts_with("imap"))
        return refuse(row, "smtp takes an smtp URL and imap an imap URL");
    if (row.mailbox.zone.empty()) return;
    const auto zone = base::TimeZone::find(row.mailbox.zone);
    if (!zone) refuse(row, zone.error().message);
}

void Planning::take(ImportRow row) {
    const std::size_t problems_before = problems.size();
    const bool twice = std::ranges::any_of(mailboxes, [&](const mailbox::NewMailbox& other) {
        return other.email.same_mailbox(row.mailbox.email);
    });
    if (twice) return refuse(row, "is listed twice; keep one of the two");
    for (const std::string* text : {&row.mailbox.name, &row.mailbox.login})
        if (!base::is_utf8(*text) || text->find_first_of("\r\n") != std::string::npos)
            return refuse(row, "name and login are one line of UTF-8");
    const bool one = row.mailbox.smtp_url.empty() != row.mailbox.imap_url.empty();
    if (one) return refuse(row, "give both smtp and imap, or none of the two");
    if (row.mailbox.smtp_url.empty())
        take_preset(row);
    else if (!row.provider.empty())
        refuse(row, "give provider, or smtp and imap, not both");
    if (problems.size() == problems_before) check(row);
    if (problems.size() == problems_before) mailboxes.push_back(std::move(row.mailbox));
}

}  // namespace

std::vector<ImportRow> rows_of(const config::ImportedEnvironment& imported) {
    std::vector<ImportRow> rows;
    for (const config::ImportedAccount& account : imported.accounts) {
        ImportRow row;
        const bool seed = account.role == config::AccountRole::seed;
        row.where = seed ? "WARMUP_EMAILS" : "ZOHO_ACCOUNTS";
        row.provider = seed ? "" : "zoho";
        row.mailbox.email = account.email;
        row.mailbox.role = seed ? mailbox::Role::seed : mailbox::Role::sender;
        row.mailbox.name = account.name;
        if (account.password) row.mailbox.password = account.password->reveal();
        rows.push_back(std::move(row));
    }
    return rows;
}

base::Result<std::vector<mailbox::NewMailbox>> with_servers(
    std::vector<ImportRow> rows,
    const config::ProviderSettings& overrides,
    const std::string& fallback_provider
) {
    Planning planning{overrides, fallback_provider};
    for (ImportRow& row : rows) planning.take(std::move(row));
    if (planning.problems.empty()) return std::move(planning.mailboxes);
    return base::fail(
        base::ErrorCode::invalid_input, "import", base::join(planning.problems, "\n")
    );
}

}  // namespace cli
