#include "tests/lab/lead_cast.h"

#include <array>
#include <stdexcept>

namespace lab {

namespace {

struct Share {
    Way way;
    std::size_t of_forty;
    const char* name;
};
// Silent ones fill what is left.
constexpr std::array<Share, 12> kShares = {{
    {Way::silent, 16, "silent"},
    {Way::replies, 5, "replies"},
    {Way::replies_late, 3, "replies-late"},
    {Way::replies_as_spam, 2, "replies-as-spam"},
    {Way::redirected, 1, "redirected"},
    {Way::on_vacation, 3, "on-vacation"},
    {Way::refuses, 2, "refuses"},
    {Way::unknown, 2, "unknown"},
    {Way::lost_host, 2, "lost-host"},
    {Way::full, 1, "full"},
    {Way::opts_out_by_mailto, 1, "opts-out-by-mailto"},
    {Way::opts_out_by_text, 2, "opts-out-by-text"},
}};
constexpr std::size_t kRound = 40;

Way way_of(std::size_t index) {
    std::size_t place = index % kRound;
    for (const Share& share : kShares) {
        if (place < share.of_forty) return share.way;
        place -= share.of_forty;
    }
    throw std::logic_error("the shares do not add up to a round");
}

// Every fourth reads at a provider like Gmail; who needs Sieve of its own stays with the plain
// form.
std::string provider_of(std::size_t index, Way way) {
    const bool any = way == Way::silent || way == Way::replies || way == Way::full;
    return any && index % 4 == 3 ? "gmail" : "zoho";
}

void add_account(LeadCast& cast, const std::string& email, std::size_t index, Way way) {
    Account account{.email = email, .password = "lead-word", .provider = provider_of(index, way)};
    if (way == Way::on_vacation) account.vacation_days = 7;
    if (way == Way::refuses) account.refuses = "We take no mail from people we do not know";
    if (way == Way::full) account.full = true;
    if (way == Way::replies_as_spam)
        cast.domains[account.domain()] = {.spf = "fail", .dkim = "none", .dmarc = "quarantine"};
    cast.accounts.push_back(std::move(account));
}

}  // namespace

std::string to_string(Way way) {
    for (const Share& share : kShares)
        if (share.way == way) return share.name;
    throw std::out_of_range("no such way");
}

const Account& LeadCast::account(const std::string& email) const {
    for (const Account& one : accounts)
        if (one.email == email) return one;
    throw std::out_of_range(email + " has no account");
}

LeadCast make_leads(std::size_t count, const std::string& back_on) {
    LeadCast cast;
    for (std::size_t i = 0; i < count; ++i) {
        const Way way = way_of(i);
        const std::string number = std::to_string(1000 + i).substr(1);
        const std::string domain = "firm" + number + ".test";
        Lead lead{
            "pat@" + domain,
            "Pat " + std::string(1, static_cast<char>('A' + i % 26)) + number,
            "Firm " + number,
            way,
            "pat@" + domain
        };
        if (way == Way::lost_host) {
            cast.lost_domains.push_back(domain);
            lead.mailbox.clear();
        } else if (way == Way::unknown) {
            // The domain is there, by its postmaster; the person is not.
            add_account(cast, "postmaster@" + domain, i, way);
            lead.mailbox.clear();
        } else if (way == Way::redirected) {
            Account old{.email = lead.email, .password = "lead-word", .provider = "zoho"};
            lead.mailbox = "sam@next" + number + ".test";
            old.redirected_to = lead.mailbox;
            cast.accounts.push_back(std::move(old));
            add_account(cast, lead.mailbox, i, way);
        } else {
            add_account(cast, lead.email, i, way);
        }
        cast.leads.push_back(std::move(lead));
    }
    for (Account& account : cast.accounts)
        if (account.vacation_days != 0 && !back_on.empty())
            account.vacation_words = "I am out of the office and will be back on " + back_on + ".";
    return cast;
}

std::vector<Account> campaign_senders() {
    std::vector<Account> senders;
    for (const char* name : {"anna", "ben", "carl", "dana", "eva", "finn"})
        senders.push_back(
            {.email = std::string(name) + "@" + name + "-mail.test",
             .password = std::string(name) + "-word",
             .provider = "zoho",
             .files_sent = senders.size() % 2 == 0}
        );
    senders.push_back(
        {.email = "hugo@gmail.test",
         .password = "hugo-word",
         .filed_under = "[Gmail]/All Mail",
         .provider = "gmail",
         .files_sent = true}
    );
    senders.push_back(
        {.email = "ivy@outlook.test",
         .password = "",
         .provider = "outlook",
         .refresh_token = "ivy-refresh",
         .files_sent = true}
    );
    return senders;
}

Ending ending_of(Way way) {
    switch (way) {
        case Way::silent:
        case Way::on_vacation:
            return {"finished", 3, false};
        case Way::replies:
        case Way::replies_as_spam:
        case Way::redirected:
            return {"replied", 1, false};
        case Way::replies_late:
            return {"replied", 2, false};
        case Way::unknown:
        case Way::lost_host:
            return {"bounced", 1, true};
        case Way::refuses:
        case Way::full:
            return {"stopped", 1, false};
        case Way::opts_out_by_mailto:
        case Way::opts_out_by_text:
            return {"unsubscribed", 1, true};
    }
    throw std::out_of_range("no such way");
}

}  // namespace lab
