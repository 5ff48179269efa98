#include "campaign/claim.h"

#include <fmt/format.h>

#include <algorithm>

#include "campaign/campaign_mail.h"
#include "campaign/canary.h"
#include "campaign/claim_rules.h"
#include "campaign/draft_endings.h"
#include "campaign/draft_store.h"
#include "campaign/lead_store.h"
#include "campaign/preconditions.h"
#include "campaign/review_gate.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

// How many drafts a claim looks at in a query, and how many it puts off at most.
constexpr int kCandidates = 4;
constexpr int kCandidatesToChoose = 12;  // where there are providers to choose by
constexpr int kPutOffMax = 40;

constexpr std::string_view kCandidateColumns =
    "SELECT d.id, d.claim_token, d.not_before, d.email_type, d.followup_number, d.subject, "
    "COALESCE(d.in_reply_to, ''), COALESCE(d.campaign_id, 0), d.wait_reason, "
    "COALESCE(l.id, 0), COALESCE(l.status, ''), COALESCE(l.mx_provider, ''), "
    "COALESCE(l.organisation, ''), COALESCE(l.zone, ''), COALESCE(l.wait_until, 0), "
    "COALESCE(l.sender_mailbox_id, 0) FROM email_drafts d LEFT JOIN leads l ON l.id = d.lead_id ";

struct CampaignRow {
    std::int64_t id = 0;
    std::string name;
    std::string settings;
};
BOOST_DESCRIBE_STRUCT(CampaignRow, (), (id, name, settings))

struct MailCounts {
    int mails = 0;
    int of_this_step = 0;
};
BOOST_DESCRIBE_STRUCT(MailCounts, (), (mails, of_this_step))

std::vector<Candidate> bound_candidates(
    store::Connection& connection, const std::string& account, base::Timestamp now
) {
    return connection.select<Candidate>(claim_sql(true), store::values(account, now, kCandidates));
}

std::vector<Candidate> free_candidates(
    store::Connection& connection, const ClaimRules& rules, base::Timestamp now
) {
    std::vector<Candidate> all;
    const Plans& plans = *rules.plans;
    const bool choice = std::ranges::any_of(rules.senders, [&](const SenderState& one) {
        return one.family != rules.senders.front().family;
    });
    const int most = choice ? kCandidatesToChoose : kCandidates;
    // Of each campaign some, so that a job stays short however many run.
    const int count = std::clamp(36 / std::max(1, static_cast<int>(plans.size())), 3, most);
    for (const auto& [id, plan] : plans) {
        auto some = connection.select<Candidate>(claim_sql(false), store::values(id, now, count));
        std::ranges::move(some, std::back_inserter(all));
    }
    return all;
}

// Mails to this organisation since its day began, other claims included.
int organisation_today(
    store::Connection& connection,
    const Candidate& candidate,
    const base::TimeZone& zone,
    base::Timestamp now
) {
    const base::Timestamp day = zone.start_of_day(zone.day_at(now));
    const std::int64_t sent = connection.integer(
        "SELECT COUNT(*) FROM leads l JOIN emails_campaign e ON e.lead_id = l.id "
        "WHERE l.organisation = :organisation AND l.organisation <> '' AND e.email_type <> "
        "'answer' "
        "AND COALESCE(e.intent_at, e.sent_at) >= :day AND e.status IN ('intent', 'accepted', "
        "'in_doubt', 'parked')",
        store::values(candidate.organisation, day)
    );
    const std::int64_t under_way = connection.integer(
        // CROSS JOIN keeps SQLite at this order: few leads, not all claims of all workers.
        "SELECT COUNT(*) FROM leads l CROSS JOIN email_drafts d WHERE l.organisation = "
        ":organisation AND l.organisation <> '' AND d.lead_id = l.id AND d.status = 'claimed' AND "
        "d.lease_until > :now",
        store::values(candidate.organisation, now)
    );
    return static_cast<int>(sent + under_way);
}

Counted count_for(
    store::Connection& connection,
    const Candidate& candidate,
    const mailbox::Mailbox& from,
    const ClaimRules& rules,
    base::Timestamp now
) {
    Counted counted;
    const auto mails = connection.select_one<MailCounts>(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN followup_number = :step THEN 1 ELSE 0 END), 0) "
        "FROM emails_campaign WHERE lead_id = :lead AND email_type <> 'answer' AND "
        "status IN ('intent', 'accepted', 'in_doubt', 'parked')",
        store::values(candidate.followup_number, candidate.lead_id)
    );
    counted.mails = mails->mails;
    if (const auto draft = find_draft(connection, candidate.id)) {
        counted.review_holds = review_holds(*draft, now);
        counted.text_is_clear = text_is_clear(connection, *draft);
    }
    counted.of_this_step = mails->of_this_step;
    if (candidate.followup()) {
        counted.looked = looked_since(
            connection, from.id, from.provider, from.hidden_folders, now - rules.limits.look_fresh
        );
        if (!candidate.in_reply_to.empty())
            counted.first_subject =
                connection
                    .text(
                        "SELECT subject FROM emails_campaign WHERE lead_id = :lead AND "
                        "followup_number = 0 AND email_type = 'initial' AND status IN ('accepted', "
                        "'in_doubt', 'parked') ORDER BY id",
                        store::values(candidate.lead_id)
                    )
                    .value_or("");
    }
    if (candidate.organisation.empty()) return counted;
    const Plan& plan = rules.plans->at(candidate.campaign_id);
    const base::TimeZone zone = in_zone(plan.window, candidate.zone).zone;
    counted.organisation_day = organisation_today(connection, candidate, zone, now);
    if (!candidate.followup())
        counted.organisation_leads = static_cast<int>(connection.integer(
            "SELECT COUNT(*) FROM leads WHERE organisation = :organisation AND organisation <> '' "
            "AND status = 'active' AND id <> :lead",
            store::values(candidate.organisation, candidate.lead_id)
        ));
    return counted;
}

// What follows from a judgement that is not `take`.
void carry_out(
    store::Connection& connection,
    const Candidate& candidate,
    const Judgement& judgement,
    ClaimResult& result,
    base::Timestamp now
) {
    if (judgement.what == Judgement::What::wait) {
        ++result.put_off;
        return put_off(
            connection, candidate.id, judgement.until, judgement.reason, candidate.wait_reason, now
        );
    }
    ++result.ended;
    const bool failed = judgement.what == Judgement::What::fail;
    draft_ended(connection, candidate.id, failed ? "failed" : "cancelled", judgement.reason, now);
    if (failed && candidate.lead_id != 0)
        stop_lead(connection, candidate.lead_id, "stopped", judgement.reason, now);
}

// The mail that an earlier claim prepared; given up where the text was changed since, or where it
// is another mailbox's.
void take_prepared(store::Connection& connection, Claim& claim) {
    const std::int64_t email = connection.integer(
        "SELECT id FROM emails_campaign WHERE send_key = :key AND status = 'prepared' ORDER BY id",
        store::values(send_key_of(claim.draft.id))
    );
    if (email == 0) return;
    claim.prepared = delivery::find(connection, delivery::Side::campaign, email);
    const bool rewritten =
        claim.draft.reviewed_at && *claim.draft.reviewed_at > claim.prepared->created_at;
    const bool elsewhere = claim.prepared->from_mailbox_id != claim.from.id;
    if (rewritten || elsewhere) {
        retire_prepared(
            connection, claim.draft.id, rewritten ? "its text was changed" : "another mailbox"
        );
        claim.prepared.reset();
        return;
    }
    claim.message_id = claim.prepared->message_id;
}

// Compare-and-set on status and token, then all that the send needs.
std::optional<Claim> take(
    store::Connection& connection,
    const Candidate& candidate,
    const mailbox::Mailbox& from,
    const ClaimRules& rules,
    base::Timestamp now
) {
    const std::int64_t moved = connection.execute(
        "UPDATE email_drafts SET status = 'claimed', claimed_by = :owner, claim_token = "
        "claim_token + 1, lease_until = :until, from_account = :account, wait_reason = '' "
        "WHERE id = :id AND status = 'ready_to_send' AND claim_token = :token",
        store::values(
            rules.owner,
            now + rules.limits.lease,
            from.email.str(),
            candidate.id,
            candidate.claim_token
        )
    );
    if (moved != 1) return std::nullopt;
    Claim claim;
    claim.draft = *connection.select_one<Draft>(
        "SELECT " + store::column_list<Draft>() + " FROM email_drafts WHERE id = :id ORDER BY id",
        store::values(candidate.id)
    );
    claim.lead = *lead_by_id(connection, candidate.lead_id);
    claim.plans = rules.plans;
    claim.from = from;
    claim.owner = rules.owner;
    if (candidate.claim_token > 0) take_prepared(connection, claim);
    ledger::append(
        connection,
        {now,
         "campaign",
         "draft",
         candidate.id,
         "claimed",
         "the turn of this mailbox",
         fmt::format("{{\"mailbox\":{},\"claim\":{}}}", from.id, candidate.claim_token + 1)}
    );
    return claim;
}

// Puts off what can't leave by its own row alone; the rest stays.
void sift(
    store::Connection& connection,
    std::vector<Candidate>& candidates,
    const mailbox::Mailbox& from,
    const ClaimRules& rules,
    ClaimResult& result,
    base::Timestamp now
) {
    std::vector<Candidate> left;
    for (Candidate& candidate : candidates) {
        const Judgement judgement = judge(candidate, *rules.plans, from.id, now);
        if (judgement.what == Judgement::What::take)
            left.push_back(std::move(candidate));
        else if (result.put_off + result.ended < kPutOffMax)
            carry_out(connection, candidate, judgement, result, now);
    }
    candidates = std::move(left);
}

std::optional<Claim> take_best(
    store::Connection& connection,
    std::vector<Candidate> candidates,
    const mailbox::Mailbox& from,
    const ClaimRules& rules,
    ClaimResult& result,
    base::Timestamp now
) {
    sift(connection, candidates, from, rules, result, now);
    SenderState self;
    for (const SenderState& one : rules.senders)
        if (one.mailbox_id == from.id) self = one;
    while (!candidates.empty()) {
        std::vector<WaitingDraft> waiting;
        for (const Candidate& one : candidates)
            waiting.push_back({one.mx_provider, one.not_before, one.id});
        const std::size_t best = *choose_draft(waiting, self, rules.senders);
        const Candidate candidate = candidates[best];
        const Counted counted = count_for(connection, candidate, from, rules, now);
        const Judgement judgement = judge(candidate, *rules.plans, counted, rules.limits, now);
        if (judgement.what == Judgement::What::take)
            return take(connection, candidate, from, rules, now);
        carry_out(connection, candidate, judgement, result, now);
        candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(best));
    }
    return std::nullopt;
}

}  // namespace

std::string claim_sql(bool bound) {
    return std::string(kCandidateColumns) + "WHERE d.status = 'ready_to_send' AND " +
           (bound ? "d.from_account = :account"
                  : "d.from_account IS NULL AND d.campaign_id = :campaign") +
           " AND d.not_before <= :now ORDER BY d.not_before, d.id LIMIT :count";
}

std::int64_t store_mail(
    store::Connection& connection,
    const Claim& claim,
    const delivery::NewEmail& email,
    base::Timestamp now
) {
    const std::int64_t ours = connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE id = :id AND status = 'claimed' AND claim_token = "
        ":token AND lease_until > :now",
        store::values(claim.draft.id, claim.draft.claim_token, now)
    );
    if (ours == 0) return 0;
    const auto before = connection.text(
        "SELECT status FROM emails_campaign WHERE send_key = :key ORDER BY id",
        store::values(email.send_key)
    );
    if (!before) return delivery::prepare(connection, delivery::Side::campaign, email, now);
    // One mail per draft, whatever happened to it: this draft fails, and the pass goes on.
    const std::string reason = "a mail was made of it before, which is " + *before;
    draft_ended(connection, claim.draft.id, "failed", reason, now);
    stop_lead(connection, claim.lead.id, "stopped", reason, now);
    return 0;
}

PlanListing read_plans(store::Connection& connection, const Limits& limits) {
    PlanListing listing;
    const auto rows = connection.select<CampaignRow>(
        "SELECT id, name, settings FROM campaigns WHERE status = 'active' ORDER BY id LIMIT 500"
    );
    for (const CampaignRow& row : rows) {
        auto settings = settings_from_json(row.settings);
        auto window = settings ? window_of(*settings, limits)
                               : base::Result<SendWindow>(base::pass_on(settings));
        if (!window) {
            listing.problems.push_back(
                "campaign \"" + row.name + "\" is left out: " + window.error().message
            );
            continue;
        }
        listing.plans.emplace(
            row.id, Plan{row.id, row.name, std::move(*settings), std::move(*window)}
        );
    }
    return listing;
}

ClaimResult claim_next(
    store::Connection& connection,
    const mailbox::Mailbox& from,
    bool initials,
    const ClaimRules& rules,
    base::Timestamp now
) {
    ClaimResult result;
    const std::string& account = from.email.str();
    const std::int64_t under_way = connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE status = 'claimed' AND lease_until > :now AND "
        "from_account = :account",
        store::values(now, account)
    );
    if (under_way > 0) return result;
    for (const bool bound : {true, false}) {
        if (!bound && !initials) break;
        while (!result.claim) {
            std::vector<Candidate> candidates = bound ? bound_candidates(connection, account, now)
                                                      : free_candidates(connection, rules, now);
            if (candidates.empty()) break;
            result.claim = take_best(connection, std::move(candidates), from, rules, result, now);
            if (result.put_off + result.ended < kPutOffMax) continue;
            result.more = !result.claim;
            return result;
        }
        if (result.claim) return result;
    }
    return result;
}

bool give_back(
    store::Connection& connection,
    const Claim& claim,
    base::Timestamp not_before,
    const std::string& reason,
    base::Timestamp now
) {
    const std::int64_t ours = connection.integer(
        "SELECT COUNT(*) FROM email_drafts WHERE id = :id AND status = 'claimed' AND claim_token = "
        ":token",
        store::values(claim.draft.id, claim.draft.claim_token)
    );
    if (ours == 0) return false;
    draft_requeued(connection, {claim.draft.id, not_before, reason, false}, now);
    return true;
}

}  // namespace campaign
