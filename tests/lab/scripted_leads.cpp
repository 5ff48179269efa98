#include "tests/lab/scripted_leads.h"

#include <stdexcept>

#include "base/text.h"
#include "tests/lab/probe.h"

namespace lab {

namespace {

std::string words_of(ActKind kind) {
    if (kind == ActKind::opt_out_by_text)
        return "Please take me off your list and do not write to me again.";
    return "Thank you, that sounds useful. Could you call me on Thursday?";
}

std::string quoted(const std::string& text) {
    std::string out;
    for (const std::string& line : base::split(text, '\n'))
        out += "> " + std::string(base::trim(line)) + "\r\n";
    return out;
}

// The part of a file behind its empty line.
std::string body_of(const StoredMail& mail) {
    const std::string raw = read_file(mail.path);
    const std::size_t end = std::min(raw.find("\r\n\r\n"), raw.find("\n\n"));
    return end == std::string::npos ? "" : std::string(base::trim(raw.substr(end)));
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%' || i + 2 >= text.size()) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
    }
    return out;
}

std::string from_line(const Answering& who) { return "From: " + who.name + " <" + who.from + ">"; }

constexpr const char* kDate = "Date: Tue, 24 Nov 2026 12:00:00 +0000";

}  // namespace

std::optional<ActKind> act_for(Way way, int nth) {
    switch (way) {
        case Way::replies:
        case Way::replies_as_spam:
        case Way::redirected:
            return nth == 1 ? std::optional(ActKind::reply) : std::nullopt;
        case Way::replies_late:
            return nth == 2 ? std::optional(ActKind::reply) : std::nullopt;
        case Way::opts_out_by_mailto:
            return nth == 1 ? std::optional(ActKind::opt_out_by_mailto) : std::nullopt;
        case Way::opts_out_by_text:
            return nth == 1 ? std::optional(ActKind::opt_out_by_text) : std::nullopt;
        default:
            return std::nullopt;
    }
}

std::string reply_text(
    const Answering& who, const StoredMail& to, const std::string& id, const std::string& words
) {
    const std::string original = to.field("Message-ID");
    std::string references = to.field("References");
    references += (references.empty() ? "" : " ") + original;
    std::string subject = to.field("Subject");
    if (!base::to_lower(subject).starts_with("re:")) subject = "Re: " + subject;
    return base::join(
        {from_line(who),
         "To: " + to.field("From"),
         "Message-ID: <" + id + ">",
         kDate,
         "Subject: " + subject,
         "In-Reply-To: " + original,
         "References: " + references,
         "MIME-Version: 1.0",
         "Content-Type: text/plain; charset=utf-8",
         "Content-Transfer-Encoding: 8bit",
         "",
         words,
         "",
         "On Tue, 24 Nov 2026 at 11:00, " + to.field("From") + " wrote:",
         quoted(body_of(to))},
        "\r\n"
    );
}

std::optional<Wanted> unsubscribe_mail(
    const Answering& who, const std::string& header, const std::string& id
) {
    const std::string scheme = "<mailto:";
    const std::size_t begin = header.find(scheme);
    const std::size_t end = begin == std::string::npos ? begin : header.find('>', begin);
    if (end == std::string::npos) return std::nullopt;
    const std::string address = header.substr(begin + scheme.size(), end - begin - scheme.size());
    const std::size_t question = address.find('?');
    std::string subject;
    if (question != std::string::npos)
        for (const std::string& pair : base::split(address.substr(question + 1), '&'))
            if (base::to_lower(pair).starts_with("subject="))
                subject = percent_decoded(std::string_view(pair).substr(8));
    Wanted wanted;
    wanted.to = percent_decoded(address.substr(0, question));
    wanted.message = base::join(
        {from_line(who),
         "To: " + wanted.to,
         "Message-ID: <" + id + ">",
         kDate,
         "Subject: " + subject,
         "",
         "",
         ""},
        "\r\n"
    );
    return wanted;
}

ScriptedLeads::ScriptedLeads(MailServers& servers, LeadCast cast)
    : servers_(servers), cast_(std::move(cast)) {}

void ScriptedLeads::look() {
    for (const Lead& lead : cast_.leads) {
        if (!act_for(lead.way, 1) && !act_for(lead.way, 2)) continue;
        std::set<std::string>& known = known_[lead.email];
        for (const StoredMail& mail : servers_.read_maildir(lead.mailbox)) {
            // At a provider like Gmail's a mail lies in All Mail too.
            if (mail.folder != "INBOX" || !known.insert(mail.name).second) continue;
            answer(lead, mail, static_cast<int>(known.size()));
        }
    }
}

void ScriptedLeads::answer(const Lead& lead, const StoredMail& mail, int nth) {
    const std::optional<ActKind> kind = act_for(lead.way, nth);
    if (!kind) return;
    const Account& account = cast_.account(lead.mailbox);
    const Answering who{account.email, lead.name};
    const std::string id = "answer-" + std::to_string(acts_.size()) + "@" + account.domain();
    const std::string from = mail.field("From");
    Wanted wanted{
        from.substr(from.find('<') + 1, from.find('>') - from.find('<') - 1),
        reply_text(who, mail, id, words_of(*kind))
    };
    if (*kind == ActKind::opt_out_by_mailto) {
        const auto asked = unsubscribe_mail(who, mail.field("List-Unsubscribe"), id);
        if (!asked) throw std::runtime_error("no mailto in List-Unsubscribe: " + mail.headers);
        wanted = *asked;
    }
    acts_.push_back({lead.email, *kind, bare_id(mail.field("Message-ID")), real_micros()});
    const Answer sent = probe(
        servers_,
        {"send",
         servers_.smtp_url(account.provider),
         servers_.ca_file(),
         account.email,
         account.password,
         wanted.to},
        wanted.message
    );
    if (sent.exit_code != 0)
        throw std::runtime_error(account.email + " can't answer: " + sent.words);
}

}  // namespace lab
