#include "campaign/matching.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "campaign/address_key.h"
#include "inbound/fold.h"

namespace campaign {

namespace {

constexpr auto kSide = delivery::Side::campaign;
constexpr std::size_t kIdsMax = 30;
constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr int kMailsMax = 50;

// Before the subject: answers and forwards in the major languages, and what servers and clients put
// there. Folded when they are compared.
constexpr std::array<std::string_view, 36> kSubjectMarks = {
    "re:",
    "re :",
    "r:",
    "aw:",
    "antw:",
    "antwort:",
    "sv:",
    "vs:",
    "odp:",
    "rv:",
    "res:",
    "ynt:",
    "bls:",
    "fw:",
    "fwd:",
    "wg:",
    "tr:",
    "i:",
    "rif:",
    "回复:",
    "答复:",
    "автоответ:",
    "automatic reply:",
    "automatische antwort:",
    "réponse automatique :",
    "réponse automatique:",
    "respuesta automática:",
    "risposta automatica:",
    "resposta automática:",
    "auto:",
    "autoreply:",
    "auto reply:",
    "out of office:",
    "[external]",
    "[extern]",
    "[ext]",
};

const std::vector<std::string>& folded_marks() {
    static const std::vector<std::string> marks = [] {
        std::vector<std::string> all;
        for (const std::string_view mark : kSubjectMarks) all.push_back(inbound::fold(mark));
        return all;
    }();
    return marks;
}

std::string mail_columns() { return "SELECT " + store::column_list<SentMail>(); }

std::string of_mail_columns() {
    static const std::string columns = [] {
        const std::string list = store::column_list<SentMail>();
        return "SELECT e." + base::replace_all(list, ", ", ", e.");
    }();
    return columns;
}

void add_ids(std::vector<base::MessageId>& ids, const std::vector<base::MessageId>& more) {
    for (const base::MessageId& id : more)
        if (ids.size() < kIdsMax && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
}

// The last reference is the mail that was answered.
std::vector<base::MessageId> last_first(std::vector<base::MessageId> ids) {
    std::ranges::reverse(ids);
    return ids;
}

void add_from(Clues& clues, const std::optional<base::Email>& from) {
    if (!from) return;
    clues.from = from;
    clues.from_key = address_key(*from);
    clues.from_organisation = organisation_of(from->domain());
}

std::string thread_text(std::uint64_t gmail_thread_id) {
    return gmail_thread_id == 0 ? std::string() : std::to_string(gmail_thread_id);
}

bool is_from_lead(const SentMail& mail, const std::string& from_key) {
    const auto to = base::Email::parse(mail.to_);
    return to && !from_key.empty() && address_key(*to) == from_key;
}

Match match_of(SentMail mail, std::string by, int confidence, const Clues& clues) {
    const bool from_lead = is_from_lead(mail, clues.from_key);
    return {std::move(mail), std::move(by), confidence, from_lead};
}

std::vector<SentMail> mails_to(
    store::Connection& connection,
    std::string_view lead_column,
    const std::string& value,
    base::Timestamp since
) {
    return connection.select<SentMail>(
        of_mail_columns() + " FROM emails_campaign e JOIN leads l ON l.id = e.lead_id WHERE l." +
            std::string(lead_column) +
            " = :value AND e.created_at >= :since AND e.status <> 'prepared' "
            "AND e.status <> 'refused' AND e.status <> 'cancelled' "
            "ORDER BY e.id DESC LIMIT :count",
        store::values(value, since, kMailsMax)
    );
}

// Said by its provider, by a copy of ours, or by the owner's own records: not by who answers.
bool is_sure(std::string_view proof) {
    return proof == "received" || proof == "sent_folder" || proof == "reply_250" ||
           proof == "import";
}

std::optional<Match> by_thread(
    store::Connection& connection, const Clues& clues, std::int64_t box
) {
    if (clues.thread_id.empty()) return std::nullopt;
    auto mail = connection.select_one<SentMail>(
        mail_columns() +
            " FROM emails_campaign WHERE from_mailbox_id = :box AND provider_thread_id = :thread "
            "AND provider_thread_id <> '' ORDER BY id DESC LIMIT 1",
        store::values(box, clues.thread_id)
    );
    if (!mail) return std::nullopt;
    return match_of(std::move(*mail), "thread", 85, clues);
}

std::optional<Match> by_participant(
    store::Connection& connection, const Clues& clues, base::Timestamp since
) {
    if (clues.from_key.empty()) return std::nullopt;
    std::vector<SentMail> own = mails_to(connection, "email_key", clues.from_key, since);
    const auto same_subject = [&](const SentMail& mail) {
        return !clues.subject.empty() && plain_subject(mail.subject) == clues.subject;
    };
    if (const auto found = std::ranges::find_if(own, same_subject); found != own.end())
        return match_of(*found, "subject_address", 75, clues);
    if (!own.empty()) return match_of(own.front(), "address", 40, clues);
    if (clues.from_organisation.empty() || clues.subject.empty()) return std::nullopt;
    std::vector<SentMail> near =
        mails_to(connection, "organisation", clues.from_organisation, since);
    if (const auto found = std::ranges::find_if(near, same_subject); found != near.end())
        return match_of(*found, "subject_organisation", 55, clues);
    return std::nullopt;
}

}  // namespace

std::string plain_subject(std::string_view subject) {
    std::string words;
    for (const std::string& word : base::split(inbound::fold(subject), ' ')) {
        const std::string_view one = base::trim(word);
        if (!one.empty()) words += (words.empty() ? "" : " ") + std::string(one);
    }
    std::string_view rest = words;
    for (bool again = true; again;) {
        again = false;
        for (const std::string& mark : folded_marks()) {
            if (!rest.starts_with(mark)) continue;
            rest = base::trim(rest.substr(mark.size()));
            again = true;
        }
    }
    return std::string(rest);
}

Clues clues_of(const inbound::Candidate& candidate, const delivery::TokenMint& mint) {
    Clues clues;
    clues.tokens = mint.find(candidate.subject, kSide);
    add_ids(clues.ids, candidate.in_reply_to);
    add_ids(clues.ids, last_first(candidate.references));
    clues.thread_id = thread_text(candidate.gmail_thread_id);
    add_from(clues, candidate.from);
    clues.subject = plain_subject(candidate.subject);
    return clues;
}

Clues clues_of(
    const mime::Message& message,
    const std::optional<base::MessageId>& original,
    std::uint64_t gmail_thread_id,
    const delivery::TokenMint& mint
) {
    Clues clues;
    clues.tokens = mint.find(message.subject, kSide);
    const auto add_tokens = [&](std::string_view text) {
        for (std::string& token : mint.find(text.substr(0, kTextBytesMax), kSide))
            clues.tokens.push_back(std::move(token));
    };
    for (const mime::ReportPart& part : message.report_parts) add_tokens(part.text);
    add_tokens(message.text);
    if (original) clues.ids.push_back(*original);
    add_ids(clues.ids, message.in_reply_to);
    add_ids(clues.ids, last_first(message.references));
    clues.thread_id = thread_text(gmail_thread_id);
    if (!message.from.empty()) add_from(clues, message.from.front().email);
    clues.subject = plain_subject(message.subject);
    return clues;
}

std::optional<SentMail> sent_mail(store::Connection& connection, std::int64_t id) {
    return connection.select_one<SentMail>(
        mail_columns() + " FROM emails_campaign WHERE id = :id ORDER BY id", store::values(id)
    );
}

std::optional<Match> find_named(
    store::Connection& connection, const Clues& clues, std::optional<std::int64_t> mailbox_id
) {
    const auto of_mailbox = [&](const SentMail& mail) {
        return !mailbox_id || mail.from_mailbox_id == *mailbox_id;
    };
    const auto first = [&](std::string_view column, const std::string& value) {
        auto mail = connection.select_one<SentMail>(
            mail_columns() + " FROM emails_campaign WHERE " + std::string(column) +
                " = :value ORDER BY CASE WHEN provider_id_proof = 'reply' THEN 1 ELSE 0 END, id "
                "LIMIT 1",
            store::values(value)
        );
        return mail && of_mailbox(*mail) ? mail : std::nullopt;
    };
    for (const std::string& token : clues.tokens)
        if (auto mail = first("token", token)) return match_of(*mail, "token", 100, clues);
    for (const base::MessageId& id : clues.ids)
        if (auto mail = first("message_id", id.str()))
            return match_of(*mail, "message_id", 95, clues);
    for (const base::MessageId& id : clues.ids)
        if (auto mail = first("provider_message_id", id.str()))
            return match_of(
                *mail, "provider_id", is_sure(mail->provider_id_proof) ? 95 : 80, clues
            );
    return std::nullopt;
}

std::optional<Match> find_match(
    store::Connection& connection, const Clues& clues, std::int64_t mailbox_id, base::Timestamp now
) {
    auto named = find_named(connection, clues, std::nullopt);
    if (named && named->is_proof()) return named;
    if (auto thread = by_thread(connection, clues, mailbox_id)) return thread;
    if (named) return named;
    return by_participant(connection, clues, now - kMatchMailOf);
}

}  // namespace campaign
