#include "campaign/document_tables.h"

namespace campaign {

namespace {

using documents::As;
using documents::Field;
using documents::Table;

constexpr Field kCampaignFields[] = {
    {"_id", "COALESCE(c.external_id, 'campaign-' || c.id)", As::id},
    {"name", "c.name", As::text},
    {"target_criteria", "c.target_criteria", As::json},
    {"stats", "c.stats", As::json},
    {"status", "CASE WHEN c.external_id IS NULL THEN c.status ELSE '' END", As::text_or_none},
    {"settings", "CASE WHEN c.external_id IS NULL THEN c.settings ELSE '' END", As::text_or_none},
    {"created_at", "c.created_at", As::date},
};

constexpr Field kLeadFields[] = {
    {"_id", "COALESCE(l.external_id, 'lead-' || l.id)", As::id},
    {"campaign_id",
     "CASE WHEN l.external_id IS NULL THEN COALESCE(c.external_id, 'campaign-' || c.id, '') "
     "ELSE '' END",
     As::id_or_none},
    {"email", "l.email", As::text},
    {"name", "l.name", As::text_or_none},
    {"company", "l.company", As::text_or_none},
    {"title", "l.title", As::text_or_none},
    {"country", "l.country", As::text_or_none},
    {"source", "l.source", As::text_or_none},
    {"email_invalid", "l.email_invalid", As::flag_or_none},
    {"status", "CASE WHEN l.external_id IS NULL THEN l.status ELSE '' END", As::text_or_none},
    {"created_at", "l.created_at", As::date},
    {"", "l.fields", As::json},
};

constexpr Field kDraftFields[] = {
    {"_id", "COALESCE(d.external_id, 'draft-' || d.id)", As::id},
    {"lead_id", "COALESCE(l.external_id, 'lead-' || l.id)", As::id},
    {"campaign_id", "COALESCE(c.external_id, 'campaign-' || c.id)", As::id},
    {"to_email", "d.to_email", As::text},
    {"to_name", "d.to_name", As::text},
    {"email_type", "d.email_type", As::text},
    {"followup_number", "d.followup_number", As::integer},
    {"subject", "d.subject", As::text},
    {"body", "d.body", As::text},
    {"html_body", "d.html_body", As::nullable_text},
    {"from_account", "d.from_account", As::nullable_text},
    {"in_reply_to", "d.in_reply_to", As::nullable_text},
    {"references", "d.\"references\"", As::nullable_text},
    {"status", "d.status", As::text},
    {"quality_score", "d.quality_score", As::real},
    {"review_passed", "d.review_passed", As::flag},
    {"created_at", "d.created_at", As::date},
    {"sent_at", "d.sent_at", As::date},
    {"error_message", "d.error_message", As::nullable_text},
    {"retry_count", "d.retry_count", As::integer},
    {"message_id", "COALESCE(d.message_id, '')", As::text_or_none},
    {"variant", "d.variant", As::text_or_none},
};

constexpr Field kMailFields[] = {
    {"_id", "COALESCE(e.external_id, 'mail-' || e.id)", As::id},
    {"lead_id", "COALESCE(l.external_id, 'lead-' || l.id)", As::id},
    {"campaign_id", "COALESCE(c.external_id, 'campaign-' || c.id)", As::id},
    {"from_email", "CASE WHEN e.external_id IS NULL THEN e.\"from\" ELSE '' END", As::text_or_none},
    {"to_email", "CASE WHEN e.external_id IS NULL THEN e.\"to\" ELSE '' END", As::text_or_none},
    {"email_type", "CASE WHEN e.external_id IS NULL THEN e.email_type ELSE '' END", As::text_or_none
    },
    {"subject", "e.subject", As::text},
    {"status", documents::kMailStatus, As::text},
    {"message_id", documents::kMailMessageId, As::text_or_none},
    {"followup_number", "e.followup_number", As::integer},
    {"in_reply_to", "COALESCE(e.in_reply_to, '')", As::text_or_none},
    {"references", "COALESCE(e.\"references\", '')", As::text_or_none},
    {"error_message", "COALESCE(e.error_message, '')", As::text_or_none},
    {"sent_at", "e.sent_at", As::date},
};

constexpr Table kCampaigns = {"campaigns", "campaigns c", "c", kKeptTable, kCampaignFields, false};
constexpr Table kLeads = {
    "leads",
    "leads l LEFT JOIN campaigns c ON c.id = l.campaign_id",
    "l",
    kKeptTable,
    kLeadFields,
    true
};
constexpr Table kDrafts = {
    "email_drafts",
    "email_drafts d LEFT JOIN leads l ON l.id = d.lead_id "
    "LEFT JOIN campaigns c ON c.id = d.campaign_id",
    "d",
    kKeptTable,
    kDraftFields,
    false
};
constexpr Table kMails = {
    "emails",
    "emails_campaign e LEFT JOIN leads l ON l.id = e.lead_id "
    "LEFT JOIN campaigns c ON c.id = e.campaign_id",
    "e",
    kKeptTable,
    kMailFields,
    false
};
constexpr const Table* kAll[] = {&kCampaigns, &kLeads, &kDrafts, &kMails};

}  // namespace

const Table& campaigns_table() { return kCampaigns; }
const Table& leads_table() { return kLeads; }
const Table& drafts_table() { return kDrafts; }
const Table& mails_table() { return kMails; }
std::span<const Table* const> document_tables() { return kAll; }

}  // namespace campaign
