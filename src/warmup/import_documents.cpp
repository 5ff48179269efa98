#include "warmup/import_documents.h"

#include <map>

#include "base/message_id.h"
#include "base/text.h"
#include "mailbox/usage.h"
#include "warmup/document_tables.h"
#include "warmup/imported_usage.h"

namespace warmup {

namespace {

using documents::As;
using documents::Fate;
using documents::Outcome;
using documents::Value;

struct MailboxRow {
    std::int64_t id = 0;
    std::string email;
};
BOOST_DESCRIBE_STRUCT(MailboxRow, (), (id, email))

// What one batch shares.
struct Batch {
    store::Connection& connection;
    base::Timestamp now;
    std::map<std::string, std::int64_t> mailboxes = {};  // by address in lower case

    std::int64_t mailbox_of(std::string_view address) const {
        const auto found = mailboxes.find(base::to_lower(base::trim(address)));
        return found == mailboxes.end() ? 0 : found->second;
    }
};

std::string text_in(const Value& document, std::string_view field) {
    return documents::text_of(document.find(field)).value_or("");
}

base::Timestamp created_at(const Value& document, const std::string& id, base::Timestamp now) {
    if (const auto created = documents::date_of(document.find("created_at"))) return *created;
    return documents::time_of_id(id).value_or(now);
}

base::Result<std::int64_t> add_template(
    Batch& batch, const Value& document, const std::string& id
) {
    const std::string body = text_in(document, "body");
    if (body.empty())
        return base::fail(base::ErrorCode::invalid_input, "import", "a template without a body");
    // Nothing else can be in this pool: verify counts what says otherwise as a stray draft.
    const bool by_rule = text_in(document, "generated_via") == "fallback";
    return batch.connection.insert(
        "INSERT INTO warmup_email_drafts (external_id, subject, body, html_body, created_at, "
        "generated_via) VALUES (:id, :subject, :body, :html, :created, :via)",
        {id,
         text_in(document, "subject"),
         body,
         documents::to_column(As::nullable_text, document.find("html_body")),
         created_at(document, id, batch.now).micros,
         std::string(by_rule ? "fallback" : "groq")}
    );
}

struct Status {
    std::string status;
    std::string outcome = "none";
};

Status status_of(const std::string& word) {
    if (word == "sent" || word == "delivered") return {"accepted"};
    if (word == "replied" || word == "bounced") return {"accepted", word};
    if (word == "failed" || word == "error" || word == "rejected" || word == "refused")
        return {"refused"};
    if (word == "cancelled") return {word};
    return {"parked"};
}

std::string message_id_of(Batch& batch, const Value& document, const std::string& id) {
    const auto given = base::MessageId::parse(text_in(document, "message_id"));
    const bool taken = given && batch.connection.integer(
                                    "SELECT COUNT(*) FROM emails_warmup WHERE message_id = :id",
                                    store::values(given->str())
                                ) > 0;
    return given && !taken ? given->str() : "import-" + id + "@import.invalid";
}

base::Result<std::int64_t> add_mail(Batch& batch, const Value& document, const std::string& id) {
    const std::string from = text_in(document, "from_email");
    const std::string to = text_in(document, "to_email");
    const std::string type = text_in(document, "email_type");
    const Status status = status_of(text_in(document, "status"));
    const auto sent_at = documents::date_of(document.find("sent_at"));
    const auto column = [&](As as, const char* field) {
        return documents::to_column(as, document.find(field));
    };
    const std::int64_t row = batch.connection.insert(
        "INSERT INTO emails_warmup (external_id, email_type, \"from\", \"to\", from_mailbox_id, "
        "to_mailbox_id, subject, message_id, in_reply_to, \"references\", status, outcome, "
        "original_status, original_type, send_key, token, raw_sha256, created_at, sent_at) VALUES "
        "(:id, :type, :from, :to, :from_id, :to_id, :subject, :message, :reply, :references, "
        ":status, :outcome, :word, :original, :key, :token, '', :created, :sent)",
        {id,
         std::string(type == "warmup_reply" ? "warmup_reply" : "warmup_bidirectional"),
         from,
         to,
         batch.mailbox_of(from),
         batch.mailbox_of(to),
         column(As::text, "subject"),
         message_id_of(batch, document, id),
         column(As::nullable_text, "in_reply_to"),
         column(As::nullable_text, "references"),
         status.status,
         status.outcome,
         column(As::nullable_text, "status"),
         column(As::nullable_text, "email_type"),
         "import:" + id,
         "import:" + id,
         created_at(document, id, batch.now).micros,
         column(As::date, "sent_at")}
    );
    if (sent_at && status.status == "accepted" && batch.mailbox_of(from) != 0)
        mailbox::count_send(batch.connection, batch.mailbox_of(from), "warmup", *sent_at);
    return row;
}

// The mail that a thread is about, if it is there and has no thread yet.
std::int64_t mail_of(Batch& batch, const Value& document) {
    const auto original = base::MessageId::parse(text_in(document, "original_message_id"));
    if (!original) return 0;
    return batch.connection.integer(
        "SELECT e.id FROM emails_warmup e WHERE e.message_id = :id AND NOT EXISTS "
        "(SELECT 1 FROM warmup_threads t WHERE t.email_id = e.id) ORDER BY e.id",
        store::values(original->str())
    );
}

std::string placement_of_folder(const std::string& folder) {
    const std::string name = base::to_lower(folder);
    if (name == "inbox") return "inbox";
    if (name.find("spam") != std::string::npos || name.find("junk") != std::string::npos)
        return "spam";
    return "elsewhere";
}

std::int64_t insert_thread(
    Batch& batch, const Value& document, const std::string& id, std::int64_t mail
) {
    const auto original = base::MessageId::parse(text_in(document, "original_message_id"));
    const auto reply = base::MessageId::parse(text_in(document, "reply_message_id"));
    const std::string folder = text_in(document, "received_from_folder");
    const base::Timestamp created = created_at(document, id, batch.now);
    return batch.connection.insert(
        "INSERT INTO warmup_threads (external_id, email_id, original_message_id, reply_message_id, "
        "\"from\", \"to\", subject, received_from_folder, placement, found_at, reply_decision, "
        "created_at) VALUES (:id, :mail, :original, :reply, :from, :to, :subject, :folder, "
        ":placement, :found, :decision, :created)",
        store::values(
            id,
            mail,
            original->str(),
            reply ? std::optional(reply->str()) : std::nullopt,
            text_in(document, "from_email"),
            text_in(document, "to_email"),
            text_in(document, "subject"),
            folder,
            placement_of_folder(folder),
            created,
            reply ? "replied" : "not answered before the import",
            created
        )
    );
}

Outcome take_thread(Batch& batch, const Value& document) {
    const documents::Table& table = threads_table();
    const auto id = documents::id_of(document);
    const bool there = id && documents::find_document(batch.connection, table, *id).has_value();
    const std::int64_t mail = there ? 0 : mail_of(batch, document);
    if (!there && mail == 0) {
        Outcome kept =
            documents::import_whole(batch.connection, kKeptTable, table.collection, document);
        if (kept.fate == Fate::set_aside)
            kept.words = "its mail is not among the imported ones, or has a thread already";
        return kept;
    }
    return documents::import_document(
        batch.connection,
        table,
        document,
        [&](const Value& one, const std::string& external_id, std::int64_t) {
            // What an earlier import set aside has its place now.
            documents::keep(batch.connection, kKeptTable, table.collection, external_id, "");
            return base::Result<std::int64_t>(insert_thread(batch, one, external_id, mail));
        }
    );
}

Outcome take(Batch& batch, ImportKind kind, const std::string& collection, const Value& document) {
    switch (kind) {
        case ImportKind::templates:
            return documents::import_document(
                batch.connection,
                templates_table(),
                document,
                [&](const Value& one, const std::string& id, std::int64_t) {
                    return add_template(batch, one, id);
                }
            );
        case ImportKind::mails:
            return documents::import_document(
                batch.connection,
                mails_table(),
                document,
                [&](const Value& one, const std::string& id, std::int64_t) {
                    return add_mail(batch, one, id);
                }
            );
        case ImportKind::threads:
            return take_thread(batch, document);
        case ImportKind::llm_usage:
        case ImportKind::whole:
            break;
    }
    const Outcome kept =
        documents::import_whole(batch.connection, kKeptTable, collection, document);
    if (kind == ImportKind::llm_usage && kept.fate == Fate::set_aside)
        if (const auto usage = usage_in(document)) add_usage(batch.connection, *usage);
    return kept;
}

}  // namespace

std::vector<Outcome> import_documents(
    store::Connection& connection,
    ImportKind kind,
    const std::string& collection,
    const std::vector<Value>& documents,
    base::Timestamp now
) {
    Batch batch{connection, now};
    for (const MailboxRow& row :
         connection.select<MailboxRow>("SELECT id, email FROM mailboxes ORDER BY id"))
        batch.mailboxes[base::to_lower(row.email)] = row.id;
    std::vector<Outcome> outcomes;
    outcomes.reserve(documents.size());
    for (const Value& document : documents)
        outcomes.push_back(take(batch, kind, collection, document));
    return outcomes;
}

}  // namespace warmup
