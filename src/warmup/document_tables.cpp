#include "warmup/document_tables.h"

namespace warmup {

namespace {

using documents::As;
using documents::Field;
using documents::Table;

constexpr Field kTemplateFields[] = {
    {"_id", "COALESCE(t.external_id, 'template-' || t.id)", As::id},
    {"subject", "t.subject", As::text},
    {"body", "t.body", As::text},
    {"html_body", "t.html_body", As::nullable_text},
    {"created_at", "t.created_at", As::date},
    {"generated_via", "t.generated_via", As::text},
};

constexpr Field kMailFields[] = {
    {"_id", "COALESCE(e.external_id, 'warmup-mail-' || e.id)", As::id},
    {"from_email", "e.\"from\"", As::text},
    {"to_email", "e.\"to\"", As::text},
    {"subject", "e.subject", As::text},
    {"status", documents::kMailStatus, As::text},
    {"message_id", documents::kMailMessageId, As::text_or_none},
    {"in_reply_to", "COALESCE(e.in_reply_to, '')", As::text_or_none},
    {"references", "COALESCE(e.\"references\", '')", As::text_or_none},
    {"sent_at", "e.sent_at", As::date},
    {"created_at", "e.created_at", As::date},
    {"email_type", "COALESCE(e.original_type, e.email_type)", As::text},
};

constexpr Field kThreadFields[] = {
    {"_id", "COALESCE(t.external_id, 'thread-' || t.id)", As::id},
    {"type", "CASE WHEN t.reply_message_id IS NULL THEN 'seen' ELSE 'reply' END", As::text},
    {"from_email", "t.\"from\"", As::text},
    {"to_email", "t.\"to\"", As::text},
    {"original_message_id", "'<' || t.original_message_id || '>'", As::text},
    {"reply_message_id",
     "CASE WHEN COALESCE(t.reply_message_id, '') = '' THEN '' "
     "ELSE '<' || t.reply_message_id || '>' END",
     As::text_or_none},
    {"subject", "t.subject", As::text},
    {"received_from_folder", "t.received_from_folder", As::text},
    {"created_at", "t.created_at", As::date},
    {"cycle", "t.cycle", As::integer},
};

constexpr Table kTemplates = {
    "warmup_email_drafts", "warmup_email_drafts t", "t", kKeptTable, kTemplateFields, false
};
constexpr Table kMails = {"emails", "emails_warmup e", "e", kKeptTable, kMailFields, false};
constexpr Table kThreads = {
    "warmup_threads", "warmup_threads t", "t", kKeptTable, kThreadFields, false
};
constexpr const Table* kAll[] = {&kTemplates, &kMails, &kThreads};

}  // namespace

const Table& templates_table() { return kTemplates; }
const Table& mails_table() { return kMails; }
const Table& threads_table() { return kThreads; }
std::span<const Table* const> document_tables() { return kAll; }

}  // namespace warmup
