#include "campaign/returned_mail.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "campaign/provider_ids.h"
#include "campaign/reply_store.h"
#include "campaign/suppression.h"
#include "delivery/email_record.h"
#include "ledger/ledger.h"
#include "mime/utf8.h"

namespace campaign {

namespace {

constexpr std::size_t kTextBytesMax = 32 * 1024;
constexpr std::size_t kServerWordsMax = 2000;
constexpr std::size_t kScannedBytesMax = 64 * 1024;

// Fit for the store: UTF-8, no NUL, not endless.
std::string kept(std::string_view text, std::size_t bytes_max) {
    std::string clean = mime::repair_utf8(text.substr(0, bytes_max));
    std::erase(clean, '\0');
    return clean;
}

std::string id_of(const mime::Message& message) {
    if (message.message_id) return kept(message.message_id->str(), 998);
    const std::string said = fmt::format(
        "{}|{}|{}|{}",
        message.header("From"),
        message.header("Date"),
        message.subject,
        message.text.substr(0, kTextBytesMax)
    );
    return "none:" + base::base64url_encode(base::sha256(said)).substr(0, 22);
}

bool is_by_server(inbound::Kind kind) {
    return kind == inbound::Kind::bounce || kind == inbound::Kind::complaint;
}

bool names_warmup_mail(const mime::Message& message, const delivery::TokenMint& mint) {
    const auto names = [&](std::string_view text) {
        return !mint.find(text.substr(0, kScannedBytesMax), delivery::Side::warmup, 1).empty();
    };
    return names(message.text) ||
           std::ranges::any_of(message.report_parts, [&](const mime::ReportPart& part) {
               return names(part.text);
           });
}

// What the report says about the address that the mail went to.
const inbound::Bounce* bounce_about(const inbound::Classified& what, const std::string& to) {
    const auto recipient = base::Email::parse(to);
    if (!recipient) return nullptr;
    for (const inbound::Bounce& bounce : what.bounces) {
        if (bounce.address.empty() && what.bounces.size() == 1) return &bounce;
        const auto address = base::Email::parse(bounce.address);
        if (address && address_key(*address) == address_key(*recipient)) return &bounce;
    }
    return nullptr;
}

bool stops_company(store::Connection& connection, std::optional<std::int64_t> campaign_id) {
    if (!campaign_id) return false;
    const auto campaign = campaign_by_id(connection, *campaign_id);
    if (!campaign) return false;
    const auto settings = settings_from_json(campaign->settings);
    return settings && settings->stop_company_on_reply;
}

int gone_last_hour(store::Connection& connection, const Returned& returned) {
    return static_cast<int>(connection.integer(
        "SELECT COUNT(*) FROM campaign_replies WHERE mailbox_id = :mailbox AND kind = 'bounce' "
        "AND created_at > :since AND decision = :gone",
        store::values(returned.mailbox_id, returned.found_at - std::chrono::hours(1), kAddressGone)
    ));
}

ReturnFacts facts_of(
    store::Connection& connection, const Returned& returned, const std::optional<Match>& match
) {
    ReturnFacts facts;
    facts.kind = returned.what.kind;
    facts.is_receipt = returned.is_receipt;
    facts.now = returned.found_at;
    facts.return_date = returned.what.return_date;
    if (!match) return facts;
    facts.matched = true;
    facts.proven = match->is_proof();
    facts.in_thread = match->is_in_thread();
    facts.from_lead = match->from_lead;
    facts.mailed_at = match->mail.at();
    facts.from_this_mailbox = match->mail.from_mailbox_id == returned.mailbox_id;
    facts.whole_company = stops_company(connection, match->mail.campaign_id);
    if (const inbound::Bounce* bounce = bounce_about(returned.what, match->mail.to_)) {
        facts.names_our_address = true;
        facts.hard = bounce->hard;
        facts.delayed = bounce->delayed;
        facts.reason = bounce->reason;
        facts.status = bounce->status;
    }
    if (returned.what.kind == inbound::Kind::bounce)
        facts.gone_last_hour = gone_last_hour(connection, returned);
    return facts;
}

void tell(
    store::Connection& connection,
    const char* kind,
    std::int64_t id,
    std::string what,
    std::string why,
    base::Timestamp now
) {
    ledger::append(connection, {now, "campaign", kind, id, std::move(what), std::move(why), "{}"});
}

// The mail's own row: it has arrived somewhere, and this is what came of it.
void update_mail(
    store::Connection& connection,
    const Returned& returned,
    const Match& match,
    const Consequence& out
) {
    if (match.is_proof())
        delivery::resolve_accepted(
            connection,
            delivery::Side::campaign,
            match.mail.id,
            returned.found_at,
            "an answer to it came back"
        );
    if (match.from_lead && match.is_in_thread())
        learn_from_answer(connection, match.mail, returned.ids);
    if (out.outcome.empty()) return;
    connection.execute(
        "UPDATE emails_campaign SET outcome = :outcome WHERE id = :id AND outcome = 'none'",
        store::values(out.outcome, match.mail.id)
    );
    tell(connection, "email", match.mail.id, out.outcome, out.decision, returned.found_at);
}

void stop_company(store::Connection& connection, const Lead& lead, base::Timestamp now) {
    if (lead.organisation.empty() || !lead.campaign_id) return;
    std::int64_t after = 0;
    std::vector<Lead> page;
    do {
        page = connection.select<Lead>(
            "SELECT " + store::column_list<Lead>() +
                " FROM leads WHERE organisation = :organisation AND campaign_id = :campaign "
                "AND status IN ('new', 'needs_basis', 'ready', 'active') AND id <> :id "
                "AND id > :after ORDER BY id LIMIT :count",
            store::values(lead.organisation, *lead.campaign_id, lead.id, after, kLeadsPage)
        );
        for (const Lead& other : page)
            stop_lead(connection, other.id, "stopped", "somebody at the company has replied", now);
        if (!page.empty()) after = page.back().id;
    } while (page.size() == kLeadsPage);
}

void update_lead(
    store::Connection& connection, std::int64_t lead_id, const Consequence& out, base::Timestamp now
) {
    const std::optional<Lead> lead = lead_by_id(connection, lead_id);
    if (!lead) return;
    if (!out.lead_status.empty())
        stop_lead(connection, lead_id, out.lead_status, out.decision, now);
    if (out.stop_company) stop_company(connection, *lead, now);
    if (out.wait_until && may_go_on(lead->status)) {
        connection.execute(
            "UPDATE leads SET wait_until = :until WHERE id = :id "
            "AND (wait_until IS NULL OR wait_until < :again)",
            store::values(*out.wait_until, lead_id, *out.wait_until)
        );
        tell(connection, "lead", lead_id, "waits", out.decision, now);
    }
}

void suppress_all(
    store::Connection& connection,
    const Returned& returned,
    const std::optional<Match>& match,
    const Consequence& out
) {
    if (out.suppress.empty()) return;
    const std::string note = fmt::format(
        "{}, by {}", inbound::to_string(returned.what.kind), match ? match->by : "nothing"
    );
    const auto lead_address = match ? base::Email::parse(match->mail.to_) : base::Email::parse("");
    if (out.suppress_lead && lead_address)
        suppress(connection, *lead_address, out.suppress, note, out.pending, returned.found_at);
    if (out.suppress_from && returned.clues.from)
        suppress(
            connection, *returned.clues.from, out.suppress, note, out.pending, returned.found_at
        );
}

void count_against(
    store::Connection& connection,
    const Returned& returned,
    const Match& match,
    const Consequence& out,
    const std::string& reason
) {
    const std::string what = std::string(inbound::to_string(returned.what.kind));
    if (out.against_mailbox)
        tell(
            connection,
            "mailbox",
            match.mail.from_mailbox_id,
            what + " counted against it",
            reason,
            returned.found_at
        );
    if (!out.against_text || !match.mail.draft_id) return;
    const std::int64_t text_id = connection.integer(
        "SELECT text_id FROM email_drafts WHERE id = :id ORDER BY id",
        store::values(*match.mail.draft_id)
    );
    tell(
        connection,
        text_id != 0 ? "text" : "draft",
        text_id != 0 ? text_id : *match.mail.draft_id,
        what + " counted against it",
        reason,
        returned.found_at
    );
}

// Its lead was erased, or it is by an erased person about no mail that is known.
bool is_of_erased(
    store::Connection& connection, const Returned& returned, const std::optional<Match>& match
) {
    if (match && match->mail.lead_id) {
        const std::optional<Lead> lead = lead_by_id(connection, *match->mail.lead_id);
        return lead && lead->status == "erased";
    }
    return !match && connection.integer(
                         "SELECT COUNT(*) FROM suppressions WHERE kind = 'hash' AND value = :hash",
                         store::values(returned.from_hash)
                     ) > 0;
}

// The address may have been forgotten by time alone, without a hash (retention.h).
void keep_opt_out_of_erased(store::Connection& connection, const Returned& returned) {
    if (returned.what.kind != inbound::Kind::unsubscribe || returned.from_hash.empty()) return;
    connection.execute(
        "INSERT INTO suppressions (kind, value, reason, created_at) "
        "VALUES ('hash', :hash, 'unsubscribe', :now) ON CONFLICT (kind, value) DO NOTHING",
        store::values(returned.from_hash, returned.found_at)
    );
}

std::int64_t keep_reply(
    store::Connection& connection,
    const Returned& returned,
    const std::optional<Match>& match,
    const ReturnFacts& facts,
    const Consequence& out
) {
    Reply reply;
    reply.mailbox_id = returned.mailbox_id;
    reply.kind = returned.what.kind == inbound::Kind::other
                     ? "reply"
                     : std::string(inbound::to_string(returned.what.kind));
    if (match) {
        reply.email_id = match->mail.id;
        reply.lead_id = match->mail.lead_id;
        reply.campaign_id = match->mail.campaign_id;
        reply.matched_by = match->by;
        reply.confidence = match->confidence;
    }
    reply.from_ = returned.from;
    reply.subject = returned.subject;
    reply.message_id = returned.message_id;
    reply.references_ = returned.references;
    reply.text = returned.text;
    reply.reason = facts.reason;
    reply.return_date = returned.what.return_date;
    reply.received_at = returned.found_at;
    reply.folder = returned.place.folder;
    reply.folder_kind = std::string(inbound::to_string(returned.place.kind));
    reply.decision = out.decision;
    reply.created_at = returned.found_at;
    return add_reply(connection, reply);
}

}  // namespace

Returned returned_of(
    const inbound::Incoming& incoming, const delivery::TokenMint& mint, const mailbox::Vault& vault
) {
    const mime::Message& message = incoming.message;
    Returned out;
    out.mailbox_id = incoming.mailbox.id;
    out.place = incoming.place;
    out.found_at = incoming.found_at;
    out.what = inbound::classify(message);
    out.is_receipt = base::starts_with_ignoring_case(
        base::trim(message.header("Content-Type")), "multipart/report"
    );
    if (incoming.headers_only) out.what.kind = inbound::Kind::unsubscribe;
    out.clues = clues_of(message, out.what.original_message_id, incoming.gmail_thread_id, mint);
    if (!message.from.empty()) out.from = kept(message.from.front().email.str(), 320);
    if (!out.clues.from_key.empty()) out.from_hash = suppression_hash(out.clues.from_key, vault);
    out.subject = kept(mime::one_line(message.subject), 500);
    out.message_id = id_of(message);
    for (const auto* ids : {&message.references, &message.in_reply_to})
        for (const base::MessageId& id : *ids)
            if (std::ranges::find(out.ids, id) == out.ids.end()) out.ids.push_back(id);
    for (const base::MessageId& id : out.ids)
        out.references += (out.references.empty() ? "" : " ") + kept(id.bracketed(), 998);
    const bool by_server = is_by_server(out.what.kind);
    out.is_warmups = by_server && out.clues.tokens.empty() && names_warmup_mail(message, mint);
    out.text =
        by_server ? kept(message.text, kServerWordsMax) : kept(out.what.reply_text, kTextBytesMax);
    return out;
}

bool mark_seen_by_campaign(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const inbound::Place& place,
    base::Timestamp now
) {
    return connection.execute(
               "INSERT INTO inbound_seen (mailbox_id, folder, uidvalidity, uid, side, seen_at) "
               "VALUES (:mailbox, :folder, :validity, :uid, 'campaign', :now) "
               "ON CONFLICT DO NOTHING",
               store::values(mailbox_id, place.folder, place.uidvalidity, place.uid, now)
           ) == 1;
}

Recorded record_returned(store::Connection& connection, const Returned& returned) {
    Recorded recorded;
    recorded.kind = std::string(inbound::to_string(returned.what.kind));
    const base::Timestamp now = returned.found_at;
    if (!mark_seen_by_campaign(connection, returned.mailbox_id, returned.place, now))
        return recorded;
    if (is_known_reply(connection, returned.mailbox_id, returned.message_id)) return recorded;
    if (returned.is_warmups) return recorded;
    const bool by_server = is_by_server(returned.what.kind);
    const std::optional<Match> match =
        by_server ? find_named(connection, returned.clues, std::nullopt)
                  : find_match(connection, returned.clues, returned.mailbox_id, now);
    if (is_of_erased(connection, returned, match)) {
        recorded.matched = match.has_value();
        if (match) keep_opt_out_of_erased(connection, returned);
        return recorded;
    }
    const ReturnFacts facts = facts_of(connection, returned, match);
    const Consequence out = consequence_of(facts);
    recorded.fresh = true;
    recorded.matched = match.has_value();
    recorded.decision = out.decision;
    recorded.kept = out.keep;
    recorded.waits = out.pending;
    if (!out.keep) {
        // Gmail's All Mail shows again what was told of in the inbox.
        recorded.fresh = returned.place.kind != inbound::FolderKind::all;
        if (by_server && recorded.fresh)
            tell(
                connection,
                "mailbox",
                returned.mailbox_id,
                recorded.kind + " left alone",
                out.decision,
                now
            );
        return recorded;
    }
    const std::int64_t id = keep_reply(connection, returned, match, facts, out);
    tell(connection, "reply", id, recorded.kind, out.decision, now);
    suppress_all(connection, returned, match, out);
    if (!match) return recorded;
    update_mail(connection, returned, *match, out);
    if (match->mail.lead_id) update_lead(connection, *match->mail.lead_id, out, now);
    count_against(connection, returned, *match, out, facts.reason);
    return recorded;
}

}  // namespace campaign
