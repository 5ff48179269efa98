#include "campaign/lead_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/data_list.h"
#include "campaign/domain_name.h"

namespace campaign {

namespace {

struct Named {
    Refusal refusal;
    std::string_view name;
};
constexpr std::array<Named, 13> kNames = {{
    {Refusal::none, "none"},
    {Refusal::unreadable, "unreadable"},
    {Refusal::no_address, "no_address"},
    {Refusal::malformed, "malformed"},
    {Refusal::role_address, "role_address"},
    {Refusal::disposable, "disposable"},
    {Refusal::own_mailbox, "own_mailbox"},
    {Refusal::own_domain, "own_domain"},
    {Refusal::duplicate_in_file, "duplicate_in_file"},
    {Refusal::known, "known"},
    {Refusal::known_elsewhere, "known_elsewhere"},
    {Refusal::suppressed, "suppressed"},
    {Refusal::no_mail_server, "no_mail_server"},
}};

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Words that look like a pattern of throwaway services; the services change their domains, seldom
// their words.
constexpr std::array<std::string_view, 26> kDisposableWords = {
    "10minut",    "20minut",      "tempmail",  "temp-mail",  "tempemail",     "temp-email",
    "tempinbox",  "throwaway",    "trashmail", "trash-mail", "guerrillamail", "yopmail",
    "mailinator", "disposable",   "wegwerf",   "fakemail",   "fake-mail",     "fakeinbox",
    "spamfree",   "spambox",      "nospam",    "mailtemp",   "minutemail",    "burnermail",
    "tempomail",  "temporarymail"
};

Refused malformed(std::string why) { return {Refusal::malformed, std::move(why)}; }

Refused check_syntax(const base::Email& email) {
    if (!is_ascii(email.local()))
        return malformed("the part before @ has letters beyond ASCII; few servers take such mail");
    const auto domain = ascii_domain(email.domain());
    if (!domain) return malformed("the domain is none that the DNS could know");
    if (domain->find('.') == std::string::npos)
        return malformed("the domain has no dot; mail cannot reach it from outside");
    const std::string_view last = std::string_view(*domain).substr(domain->rfind('.') + 1);
    if (last.find_first_not_of("0123456789") == std::string_view::npos)
        return malformed("the domain ends in a number");
    if (email.local().starts_with('-'))
        return malformed("the address starts with '-', which programs take for an option");
    return {};
}

}  // namespace

std::string_view to_string(Refusal refusal) {
    const auto* found = std::ranges::find(kNames, refusal, &Named::refusal);
    return found == kNames.end() ? std::string_view() : found->name;
}

bool is_role_address(std::string_view local_part) {
    const std::string name = base::to_lower(local_part);
    if (role_names().contains(name)) return true;
    const std::size_t cut = name.find_first_of(".-_+0123456789");
    if (cut == std::string::npos || cut == 0) return false;
    // "info.de", "sales-us", "support2"; but "sales.anderson" may be a person.
    const std::string_view rest = std::string_view(name).substr(cut);
    const bool short_rest = rest.size() <= 4;
    const std::string first = name.substr(0, cut);
    if (role_names().contains(first) && short_rest) return true;
    const std::string second(rest.substr(1));
    return role_names().contains(first) && role_names().contains(second);
}

bool is_disposable(std::string_view domain) {
    for (const std::string& name : domain_and_parents(domain))
        if (disposable_domains().contains(name)) return true;
    const std::string owner = registrable_domain(base::to_lower(domain));
    return std::ranges::any_of(kDisposableWords, [&](std::string_view word) {
        return owner.find(word) != std::string::npos;
    });
}

Refused check_row(const LeadRow& row, const OwnAddresses& own, const CheckWishes& wishes) {
    if (!row.problem.empty()) return {Refusal::unreadable, row.problem};
    if (row.email.empty()) return {Refusal::no_address, "there is no address"};
    const auto email = base::Email::parse(row.email);
    if (!email) {
        const std::string& words = email.error().message;
        const std::size_t why = words.rfind("address: ");
        return malformed(why == std::string::npos ? words : words.substr(why + 9));
    }
    if (Refused refused = check_syntax(*email); refused.refusal != Refusal::none) return refused;
    if (own.keys.contains(address_key(*email)))
        return {Refusal::own_mailbox, "it is one of your own mailboxes"};
    if (own.organisations.contains(organisation_of(email->domain())))
        return {Refusal::own_domain, "it is at a domain of your own mailboxes"};
    if (is_disposable(email->domain()))
        return {Refusal::disposable, "its domain gives out throwaway mailboxes"};
    if (!wishes.allow_roles && is_role_address(email->local()))
        return {
            Refusal::role_address,
            "it belongs to a function, not to a person (--allow-roles takes such)"
        };
    return {};
}

Refused check_domain(const MailDomain& domain) {
    switch (domain.verdict) {
        case MailDomain::Verdict::takes_mail:
            if (mx_provider_of(domain.mx_host) == "disposable")
                return {Refusal::disposable, "its mail goes to a service for throwaway mailboxes"};
            return {};
        case MailDomain::Verdict::unknown:
            return {};
        case MailDomain::Verdict::no_such_domain:
            return {Refusal::no_mail_server, "there is no such domain"};
        case MailDomain::Verdict::no_server:
            return {Refusal::no_mail_server, "its domain has no mail server"};
        case MailDomain::Verdict::null_mx:
            return {Refusal::no_mail_server, "its domain says that it takes no mail (RFC 7505)"};
    }
    return {};
}

Lead lead_of(const LeadRow& row, const base::Email& email, const MailDomain& domain) {
    Lead lead;
    // On the wire the domain is in ASCII: no server needs to know SMTPUTF8.
    const std::string name = ascii_domain(email.domain()).value_or(std::string(email.domain()));
    lead.email = std::string(email.local()) + "@" + name;
    lead.email_key = address_key(email);
    lead.organisation = organisation_of(name);
    lead.mx_provider = mx_provider_of(domain.mx_host);
    lead.name = row.name;
    lead.company = row.company;
    lead.title = row.title;
    lead.country = row.country;
    lead.zone = row.zone;
    lead.source = row.source;
    lead.basis = row.basis;
    boost::json::object fields;
    for (const auto& [field, value] : row.fields) fields[field] = value;
    lead.fields = boost::json::serialize(fields);
    return lead;
}

std::optional<std::string> basis_needed(const Lead& lead) {
    if (!lead.basis.empty()) return std::nullopt;
    const std::string_view domain = domain_of(lead.email_key);
    const bool said = !lead.country.empty();
    const std::string country = said ? lead.country : country_of_domain(domain);
    if (const auto rule = consent_first_countries().find(country);
        rule != consent_first_countries().end())
        return fmt::format(
            "{} asks for consent first ({}{})",
            country,
            rule->second,
            said ? "" : "; no country given, by the domain's ending"
        );
    if (is_free_mail(domain)) return "a free-mail address, so mostly a private person's";
    return std::nullopt;
}

bool waits_for(std::string_view reason, std::string_view what) {
    return reason.find(what) != std::string_view::npos;
}

bool awaits_domain(std::string_view reason) {
    return waits_for(reason, kNoAnswer) || !waits_for(reason, kUnverified);
}

LeadStatus status_after(bool domain_unanswered, bool verify) {
    std::vector<std::string> waits;
    if (domain_unanswered) waits.emplace_back(kNoAnswer);
    if (verify) waits.emplace_back(kUnverified);
    return {waits.empty() ? "ready" : "new", base::join(waits, "; ")};
}

LeadStatus status_of(const Lead& lead, MailDomain::Verdict verdict, bool verify) {
    LeadStatus status = status_after(verdict == MailDomain::Verdict::unknown, verify);
    const auto needed = basis_needed(lead);
    if (!needed) return status;
    return {"needs_basis", status.reason.empty() ? *needed : *needed + "; " + status.reason};
}

}  // namespace campaign
