#include "engine/own_tables.h"

namespace engine {

namespace {

using documents::As;
using documents::Field;

constexpr Field kLeads[] = {
    {"_id", "COALESCE(t.external_id, 'lead-' || t.id)", As::id},
    {"campaign_id", "t.campaign_id", As::integer},
    {"status", "t.status", As::text},
    {"status_reason", "t.status_reason", As::text},
    {"basis", "t.basis", As::text},
    {"basis_by", "t.basis_by", As::text},
    {"basis_at", "t.basis_at", As::date},
    {"sender_mailbox_id", "t.sender_mailbox_id", As::integer},
    {"next_step", "t.next_step", As::integer},
    {"next_step_at", "t.next_step_at", As::date},
    {"wait_until", "t.wait_until", As::date},
};
constexpr Field kCampaigns[] = {
    {"_id", "COALESCE(t.external_id, 'campaign-' || t.id)", As::id},
    {"id", "t.id", As::integer},
    {"name", "t.name", As::text},
    {"status", "t.status", As::text},
    {"status_reason", "t.status_reason", As::text},
    {"settings", "t.settings", As::json},
    {"started_at", "t.started_at", As::date},
};
constexpr Field kTexts[] = {
    {"_id", "t.id", As::integer},
    {"campaign_id", "t.campaign_id", As::integer},
    {"step", "t.step", As::integer},
    {"variant", "t.variant", As::text},
    {"share", "t.share", As::integer},
    {"subject", "t.subject", As::text},
    {"body", "t.body", As::text},
    {"html_body", "t.html_body", As::nullable_text},
    {"created_at", "t.created_at", As::date},
    {"retired_at", "t.retired_at", As::date},
};
constexpr Field kReplies[] = {
    {"_id", "t.id", As::integer},
    {"mailbox_id", "t.mailbox_id", As::integer},
    {"kind", "t.kind", As::text},
    {"lead_id", "t.lead_id", As::integer},
    {"campaign_id", "t.campaign_id", As::integer},
    {"matched_by", "t.matched_by", As::text},
    {"confidence", "t.confidence", As::integer},
    {"from", "t.\"from\"", As::text},
    {"subject", "t.subject", As::text},
    {"message_id", "t.message_id", As::text},
    {"text", "t.text", As::text},
    {"reason", "t.reason", As::text},
    {"return_date", "t.return_date", As::date},
    {"received_at", "t.received_at", As::date},
    {"folder", "t.folder", As::text},
    {"class", "t.class", As::text},
    {"decision", "t.decision", As::text},
    {"answered_at", "t.answered_at", As::date},
    {"done_at", "t.done_at", As::date},
};
constexpr Field kSuppressions[] = {
    {"_id", "t.id", As::integer},
    {"kind", "t.kind", As::text},
    {"value", "t.value", As::text},
    {"reason", "t.reason", As::text},
    {"state", "t.state", As::text},
    {"note", "t.note", As::text},
    {"created_at", "t.created_at", As::date},
};
constexpr Field kMailboxes[] = {
    {"_id", "t.id", As::integer},
    {"email", "t.email", As::text},
    {"role", "t.role", As::text},
    {"name", "t.name", As::text},
    {"zone", "t.zone", As::text},
    {"provider", "t.provider", As::text},
    {"smtp_url", "t.smtp_url", As::text},
    {"imap_url", "t.imap_url", As::text},
    {"status", "t.status", As::text},
    {"status_reason", "t.status_reason", As::text},
    {"mode", "t.mode", As::text},
    {"policy_accepted_at", "t.policy_accepted_at", As::date},
    {"rescue_accepted_at", "t.rescue_accepted_at", As::date},
    {"created_at", "t.created_at", As::date},
};
constexpr Field kReputation[] = {
    {"_id", "t.id", As::integer},
    {"mailbox_id", "t.mailbox_id", As::integer},
    {"day", "t.day", As::text},
    {"numbers", "t.numbers", As::json},
};
constexpr Field kCycles[] = {
    {"_id", "t.id", As::integer},
    {"started_at", "t.started_at", As::date},
    {"finished_at", "t.finished_at", As::date},
    {"sent", "t.sent", As::integer},
    {"replies", "t.replies", As::integer},
    {"inbox", "t.inbox", As::integer},
    {"spam", "t.spam", As::integer},
    {"elsewhere", "t.elsewhere", As::integer},
};
constexpr Field kLedger[] = {
    {"_id", "t.id", As::integer},
    {"at", "t.at", As::date},
    {"side", "t.side", As::text},
    {"subject_kind", "t.subject_kind", As::text},
    {"subject_id", "t.subject_id", As::integer},
    {"decision", "t.decision", As::text},
    {"reason", "t.reason", As::text},
    {"numbers", "t.numbers", As::json},
};

constexpr OwnTable kTables[] = {
    {"pilotlight_campaigns", "campaigns t", "t.id", kCampaigns},
    {"pilotlight_campaign_texts", "campaign_texts t", "t.id", kTexts},
    {"pilotlight_leads", "leads t", "t.id", kLeads},
    {"pilotlight_campaign_replies", "campaign_replies t", "t.id", kReplies},
    {"pilotlight_suppressions", "suppressions t", "t.id", kSuppressions},
    {"pilotlight_mailboxes", "mailboxes t", "t.id", kMailboxes},
    {"pilotlight_account_reputation", "account_reputation t", "t.id", kReputation},
    {"pilotlight_warmup_cycles", "warmup_cycles t", "t.id", kCycles},
    {"pilotlight_ledger", "ledger t", "t.id", kLedger},
};

}  // namespace

std::span<const OwnTable> own_tables() { return kTables; }

}  // namespace engine
