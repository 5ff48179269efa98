// Drafts and mails of another system, and the leads they bring to where they stand.
#include <algorithm>

#include "base/email.h"
#include "base/message_id.h"
#include "campaign/document_tables.h"
#include "campaign/import_parents.h"
#include "campaign/imported_history.h"
#include "mailbox/usage.h"

namespace campaign {

namespace {

using documents::As;
using documents::Value;

constexpr std::string_view kAddDraft =
    "INSERT INTO email_drafts (external_id, lead_id, campaign_id, to_email, to_name, "
    "email_type, followup_number, subject, body, html_body, from_account, in_reply_to, "
    "\"references\", status, quality_score, review_passed, created_at, sent_at, error_message, "
    "retry_count, written_by) VALUES (:id, :lead, :campaign, :email, :name, :type, :step, "
    ":subject, :body, :html, :from, :reply, :references, :status, :score, :passed, :created, "
    ":sent, :error, :retries, 'import')";

constexpr std::string_view kAddMail =
    "INSERT INTO emails_campaign (external_id, email_type, lead_id, campaign_id, draft_id, "
    "followup_number, \"from\", \"to\", from_mailbox_id, subject, message_id, "
    "provider_message_id, provider_id_proof, in_reply_to, \"references\", status, outcome, "
    "original_status, send_key, token, raw_sha256, created_at, sent_at, error_message) VALUES "
    "(:id, :type, :lead, :campaign, :draft, :step, :from, :to, :mailbox, :subject, :message, "
    ":provider, :proof, :reply, :references, :status, :outcome, :word, :key, :token, '', "
    ":created, :sent, :error)";

std::string text_in(const Value& document, std::string_view field) {
    return documents::text_of(document.find(field)).value_or("");
}

store::Value column(const Value& document, As as, const char* field) {
    return documents::to_column(as, document.find(field));
}

int step_in(const Value& document) {
    const std::int64_t number = documents::int_of(document.find("followup_number")).value_or(0);
    return static_cast<int>(std::clamp<std::int64_t>(number, 0, 1000));
}

std::string type_of(const Value& document, int step) {
    const std::string type = text_in(document, "email_type");
    if (type == "initial" || type == "followup") return type;
    return step == 0 ? "initial" : "followup";
}

// The words that mean the same here. One that nobody knows is in doubt: a person decides, and
// nothing is sent by itself.
std::string draft_status(const std::string& word) {
    for (const char* same :
         {"generating", "ready_to_send", "sent", "rejected", "failed", "in_doubt", "cancelled"})
        if (word == same) return word;
    return "in_doubt";
}

struct MailStatus {
    std::string status;
    std::string outcome = "none";
};

MailStatus mail_status(const std::string& word) {
    if (word == "sent" || word == "delivered" || word == "opened" || word == "clicked")
        return {"accepted"};
    if (word == "replied" || word == "bounced") return {"accepted", word};
    if (word == "failed" || word == "error" || word == "rejected") return {"refused"};
    if (word == "refused" || word == "cancelled") return {word};
    return {"parked"};
}

struct DraftRow {
    std::int64_t id = 0;
    std::string to_email;
    std::optional<std::string> from_account;
};
BOOST_DESCRIBE_STRUCT(DraftRow, (), (id, to_email, from_account))

// The draft that a mail was made from, if it is there and no other mail says so.
std::optional<DraftRow> draft_of(ImportBatch& batch, std::int64_t lead, int step) {
    return batch.connection.select_one<DraftRow>(
        "SELECT d.id, d.to_email, d.from_account FROM email_drafts d WHERE d.lead_id = :lead "
        "AND d.followup_number = :step AND d.status IN ('sent', 'in_doubt', 'failed') "
        "AND NOT EXISTS (SELECT 1 FROM emails_campaign e WHERE e.send_key = 'draft:' || d.id) "
        "ORDER BY CASE WHEN d.status = 'sent' THEN 0 ELSE 1 END, d.id LIMIT 1",
        store::values(lead, step)
    );
}

// A mail that came before its draft did learns now which account it went from.
void link_mail(ImportBatch& batch, std::int64_t lead, int step, const DraftRow& draft) {
    const std::string from = draft.from_account.value_or("");
    batch.connection.execute(
        "UPDATE emails_campaign SET draft_id = :draft, \"from\" = :from, \"to\" = :to, "
        "from_mailbox_id = :mailbox, send_key = :key WHERE id = (SELECT MIN(e.id) "
        "FROM emails_campaign e WHERE e.lead_id = :lead AND e.followup_number = :step "
        "AND e.draft_id IS NULL AND e.external_id IS NOT NULL)",
        store::values(
            draft.id,
            from,
            draft.to_email,
            batch.mailbox_of(from),
            "draft:" + std::to_string(draft.id),
            lead,
            step
        )
    );
}

// The Message-ID, or one that tells that there is none: it has to be there, and unique.
std::string message_id_of(ImportBatch& batch, const Value& document, const std::string& id) {
    const auto given = base::MessageId::parse(text_in(document, "message_id"));
    const bool taken = given && batch.connection.integer(
                                    "SELECT COUNT(*) FROM emails_campaign WHERE message_id = :id",
                                    store::values(given->str())
                                ) > 0;
    return given && !taken ? given->str() : "import-" + id + "@import.invalid";
}

// Limits and ramps look at what a mailbox has sent.
void count_mail(ImportBatch& batch, const std::string& from, const Value& document) {
    const auto sent_at = documents::date_of(document.find("sent_at"));
    const std::int64_t mailbox = batch.mailbox_of(from);
    if (sent_at && mailbox != 0)
        mailbox::count_send(batch.connection, mailbox, "campaign", *sent_at);
}

struct SentMail {
    int step = 0;
    std::optional<base::Timestamp> sent_at;
    std::int64_t mailbox_id = 0;
    std::string outcome;
    std::optional<std::int64_t> campaign_id;
};
BOOST_DESCRIBE_STRUCT(SentMail, (), (step, sent_at, mailbox_id, outcome, campaign_id))

struct SentDraft {
    int step = 0;
    std::optional<base::Timestamp> sent_at;
    std::string from_account;
    std::string status;
    std::optional<std::int64_t> campaign_id;
};
BOOST_DESCRIBE_STRUCT(SentDraft, (), (step, sent_at, from_account, status, campaign_id))

// Mails, and drafts that were sent or may have been where no mail tells of them.
std::vector<ImportedMail> history_of(ImportBatch& batch, std::int64_t lead) {
    std::vector<ImportedMail> history;
    for (const SentMail& mail : batch.connection.select<SentMail>(
             "SELECT followup_number, sent_at, from_mailbox_id, outcome, campaign_id "
             "FROM emails_campaign WHERE lead_id = :lead AND status = 'accepted' "
             "ORDER BY followup_number, id",
             store::values(lead)
         ))
        history.push_back({mail.step, mail.sent_at, mail.mailbox_id, mail.outcome, false});
    for (const SentDraft& draft : batch.connection.select<SentDraft>(
             "SELECT followup_number, sent_at, COALESCE(from_account, ''), status, campaign_id "
             "FROM email_drafts WHERE lead_id = :lead AND status IN ('sent', 'in_doubt') "
             "ORDER BY followup_number, id",
             store::values(lead)
         )) {
        if (std::ranges::any_of(history, [&](const ImportedMail& mail) {
                return mail.step == draft.step;
            }))
            continue;
        const std::int64_t mailbox = batch.mailbox_of(draft.from_account);
        history.push_back({draft.step, draft.sent_at, mailbox, "none", draft.status == "in_doubt"});
    }
    std::ranges::sort(history, [](const ImportedMail& left, const ImportedMail& right) {
        return std::tie(left.step, left.sent_at) < std::tie(right.step, right.sent_at);
    });
    return history;
}

const std::vector<Step>& steps_of(ImportBatch& batch, std::int64_t lead) {
    const std::int64_t campaign = batch.connection.integer(
        "SELECT campaign_id FROM leads WHERE id = :lead ORDER BY id", store::values(lead)
    );
    const auto [known, is_new] = batch.steps.try_emplace(campaign, Settings{}.steps);
    if (!is_new) return known->second;
    const auto json = batch.connection.text(
        "SELECT settings FROM campaigns WHERE id = :id ORDER BY id", store::values(campaign)
    );
    const base::Result<Settings> settings = settings_from_json(json.value_or("{}"));
    if (settings && !settings->steps.empty()) known->second = settings->steps;
    return known->second;
}

// A lead belongs to the campaign of its first draft or mail, unless its own document says another.
void give_campaign(ImportBatch& batch, std::int64_t lead, std::optional<std::int64_t> campaign) {
    if (!campaign) return;
    batch.connection.execute(
        "UPDATE leads SET campaign_id = :campaign WHERE id = :id AND campaign_id IS NULL",
        store::values(*campaign, lead)
    );
}

}  // namespace

base::Result<std::int64_t> add_draft(
    ImportBatch& batch, const Value& document, const std::string& id
) {
    const std::string email = text_in(document, "to_email");
    const NamedLead named{
        reference_in(document, "lead_id"), email, text_in(document, "to_name"), "email_drafts", id
    };
    const base::Result<std::int64_t> lead = lead_named(batch, named);
    if (!lead) return lead;
    const auto campaign =
        campaign_named(batch, reference_in(document, "campaign_id"), "email_drafts");
    const int step = step_in(document);
    std::string status = draft_status(text_in(document, "status"));
    if (!base::Email::parse(email) && (status == "ready_to_send" || status == "generating"))
        status = "failed";
    const std::int64_t row = batch.connection.insert(
        kAddDraft,
        {id,
         *lead,
         store::to_value(campaign),
         email,
         column(document, As::text, "to_name"),
         type_of(document, step),
         std::int64_t{step},
         column(document, As::text, "subject"),
         column(document, As::text, "body"),
         column(document, As::nullable_text, "html_body"),
         column(document, As::nullable_text, "from_account"),
         column(document, As::nullable_text, "in_reply_to"),
         column(document, As::nullable_text, "references"),
         status,
         column(document, As::real, "quality_score"),
         column(document, As::flag, "review_passed"),
         created_at(document, id, batch.context.now).micros,
         column(document, As::date, "sent_at"),
         column(document, As::nullable_text, "error_message"),
         documents::int_of(document.find("retry_count")).value_or(0)}
    );
    give_campaign(batch, *lead, campaign);
    if (status != "sent" && status != "in_doubt" && status != "failed") return row;
    link_mail(batch, *lead, step, {row, email, documents::text_of(document.find("from_account"))});
    batch.touched.insert(*lead);
    return row;
}

base::Result<std::int64_t> add_mail(
    ImportBatch& batch, const Value& document, const std::string& id
) {
    const int step = step_in(document);
    const std::string given_to = text_in(document, "to_email");
    const NamedLead named{
        reference_in(document, "lead_id"), given_to, text_in(document, "to_name"), "emails", id
    };
    const base::Result<std::int64_t> lead = lead_named(batch, named);
    if (!lead) return lead;
    const std::optional<DraftRow> draft = draft_of(batch, *lead, step);
    const std::string given_from = text_in(document, "from_email");
    const std::string from =
        given_from.empty() && draft ? draft->from_account.value_or("") : given_from;
    const MailStatus status = mail_status(text_in(document, "status"));
    const std::string message_id = message_id_of(batch, document, id);
    const bool known_id = !message_id.ends_with("@import.invalid");
    const auto campaign = campaign_named(batch, reference_in(document, "campaign_id"), "emails");
    const std::int64_t row = batch.connection.insert(
        kAddMail,
        {id,
         type_of(document, step),
         *lead,
         store::to_value(campaign),
         store::to_value(draft ? std::optional(draft->id) : std::nullopt),
         std::int64_t{step},
         from,
         given_to.empty() && draft ? draft->to_email : given_to,
         batch.mailbox_of(from),
         column(document, As::text, "subject"),
         message_id,
         // The other system's word is the best there is: its follow-ups went by it too.
         store::to_value(known_id ? std::optional(message_id) : std::nullopt),
         std::string(known_id ? "import" : ""),
         column(document, As::nullable_text, "in_reply_to"),
         column(document, As::nullable_text, "references"),
         status.status,
         status.outcome,
         column(document, As::nullable_text, "status"),
         draft ? "draft:" + std::to_string(draft->id) : "import:" + id,
         "import:" + id,
         created_at(document, id, batch.context.now).micros,
         column(document, As::date, "sent_at"),
         column(document, As::nullable_text, "error_message")}
    );
    if (status.status == "accepted") count_mail(batch, from, document);
    give_campaign(batch, *lead, campaign);
    batch.touched.insert(*lead);
    return row;
}

void settle_imported_lead(ImportBatch& batch, std::int64_t lead_id) {
    const std::int64_t ours = batch.connection.integer(
        "SELECT COUNT(*) FROM emails_campaign WHERE lead_id = :lead AND external_id IS NULL",
        store::values(lead_id)
    );
    if (ours > 0) return;
    const ImportedState state =
        state_after(history_of(batch, lead_id), steps_of(batch, lead_id), batch.context.now);
    if (state.status.empty()) return;
    batch.connection.execute(
        "UPDATE leads SET status = :status, status_reason = :reason, next_step_at = :due "
        "WHERE id = :id AND status IN ('new', 'needs_basis', 'ready', 'active', 'finished')",
        store::values(state.status, state.reason, state.next_step_at, lead_id)
    );
    const bool known = state.sender_mailbox_id != 0;
    batch.connection.execute(
        "UPDATE leads SET next_step = :step, "
        "sender_mailbox_id = COALESCE(:mailbox, sender_mailbox_id) WHERE id = :id",
        store::values(
            state.next_step, known ? std::optional(state.sender_mailbox_id) : std::nullopt, lead_id
        )
    );
}

}  // namespace campaign
