#include "campaign/claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "campaign/campaign_mail.h"
#include "campaign/claim_reads.h"
#include "campaign/draft_endings.h"
#include "campaign/lead_store.h"
#include "campaign/preconditions.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

// How many drafts are looked at in a query, and how many a claim puts off at most.
constexpr int kFreeMin = 3;
constexpr int kFreeMax = 12;    // of one campaign
constexpr int kFreePool = 36;   // where there are providers to choose by
constexpr int kBoundAgain = 8;  // where the first one may not leave
constexpr int kPutOffMax = 40;

struct CampaignRow {
    std::int64_t id = 0;
    std::string name;
    std::string settings;
};
BOOST_DESCRIBE_STRUCT(CampaignRow, (), (id, name, settings))

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

// The claims of one job.
class ClaimJob {
  public:
    ClaimJob(
        store::Connection& connection,
        const std::vector<ClaimTurn>& turns,
        const ClaimRules& rules,
        base::Timestamp now
    );
    ClaimResult next(const ClaimTurn& turn);
    // Writes what the ledger hears of the claims.
    void note() { ledger::append_all(connection_, lines_); }

  private:
    void take_bound(const mailbox::Mailbox& from, ClaimResult& result);
    void take_free(const mailbox::Mailbox& from, ClaimResult& result);
    void take_best(std::vector<Candidate>& pool, const mailbox::Mailbox& from, ClaimResult& result);
    bool refill();
    Judgement judge_all(const Candidate& candidate, const mailbox::Mailbox& from);
    OrganisationCounts& organisation(const Candidate& candidate);
    std::optional<Claim> take(const Candidate& candidate, const mailbox::Mailbox& from);
    int& domain_left(const std::string& domain);

    store::Connection& connection_;
    const ClaimRules& rules_;
    base::Timestamp now_;
    std::set<std::string> busy_;
    // First mails that any mailbox may take, and the campaigns that may have more of them.
    std::vector<Candidate> pool_;
    std::vector<std::int64_t> campaigns_;
    int wanted_ = 0;
    int most_ = 0;
    std::set<std::int64_t> lost_;  // another worker was faster
    std::map<std::pair<std::string, base::Timestamp>, OrganisationCounts> organisations_;
    std::map<std::string, int> domains_;
    std::vector<ledger::Decision> lines_;
};

ClaimJob::ClaimJob(
    store::Connection& connection,
    const std::vector<ClaimTurn>& turns,
    const ClaimRules& rules,
    base::Timestamp now
)
    : connection_(connection), rules_(rules), now_(now) {
    std::vector<std::string> accounts;
    for (const ClaimTurn& turn : turns) accounts.push_back(turn.from->email.str());
    busy_ = busy_accounts(connection, accounts, now);
    const bool choice = std::ranges::any_of(rules.senders, [&](const SenderState& one) {
        return one.family != rules.senders.front().family;
    });
    wanted_ = choice ? kFreePool : std::clamp(2 * static_cast<int>(turns.size()), 4, kFreePool);
    most_ = choice ? kFreeMax : std::min(kFreeMax, wanted_);
    for (const auto& [id, plan] : *rules.plans) campaigns_.push_back(id);
    if (campaigns_.empty()) return;
    // From another campaign on each time, so that of many all have their turn.
    base::SeededRandom random(static_cast<std::uint64_t>(now.micros));
    const std::uint64_t first = random.below(campaigns_.size());
    std::ranges::rotate(campaigns_, campaigns_.begin() + static_cast<std::ptrdiff_t>(first));
}

ClaimResult ClaimJob::next(const ClaimTurn& turn) {
    ClaimResult result;
    if (busy_.contains(turn.from->email.str())) return result;
    int& left = domain_left(std::string(turn.from->email.domain()));
    if (left <= 0) return result;
    take_bound(*turn.from, result);
    if (!result.claim && !result.more && turn.initials) take_free(*turn.from, result);
    if (!result.claim) return result;
    --left;
    busy_.insert(turn.from->email.str());
    return result;
}

// Most often the first one may leave, so it alone is read; what lies behind it where it may not.
void ClaimJob::take_bound(const mailbox::Mailbox& from, ClaimResult& result) {
    for (int count = 1; !result.claim && !result.more; count = kBoundAgain) {
        auto pool = bound_candidates(connection_, from.email.str(), count, now_);
        std::erase_if(pool, [&](const Candidate& one) { return lost_.contains(one.id); });
        if (pool.empty()) return;
        take_best(pool, from, result);
    }
}

void ClaimJob::take_free(const mailbox::Mailbox& from, ClaimResult& result) {
    while (!result.claim && !result.more) {
        if (pool_.empty() && !refill()) return;
        take_best(pool_, from, result);
    }
}

// Of each campaign some, in turn, until there are enough; one that had fewer has no more.
bool ClaimJob::refill() {
    const int share = std::max(1, wanted_ / std::max(1, static_cast<int>(campaigns_.size())));
    const int count = std::clamp(share, std::min(kFreeMin, wanted_), most_);
    std::vector<std::int64_t> again;
    std::size_t asked = 0;
    for (; asked < campaigns_.size() && std::ssize(pool_) < wanted_; ++asked) {
        auto some = free_candidates(connection_, campaigns_[asked], count, now_);
        if (std::ssize(some) == count) again.push_back(campaigns_[asked]);
        for (Candidate& one : some)
            if (!lost_.contains(one.id)) pool_.push_back(std::move(one));
    }
    campaigns_.erase(campaigns_.begin(), campaigns_.begin() + static_cast<std::ptrdiff_t>(asked));
    std::ranges::move(again, std::back_inserter(campaigns_));
    return !pool_.empty();
}

// The best of these that may leave. What may not is put off, and what is decided leaves the pool.
void ClaimJob::take_best(
    std::vector<Candidate>& pool, const mailbox::Mailbox& from, ClaimResult& result
) {
    SenderState self;
    for (const SenderState& one : rules_.senders)
        if (one.mailbox_id == from.id) self = one;
    std::vector<WaitingDraft> waiting;
    for (const Candidate& one : pool) waiting.push_back({one.mx_provider, one.not_before, one.id});
    while (!pool.empty() && !result.claim) {
        const auto best = static_cast<std::ptrdiff_t>(*choose_draft(waiting, self, rules_.senders));
        const Candidate candidate = std::move(*(pool.begin() + best));
        pool.erase(pool.begin() + best);
        waiting.erase(waiting.begin() + best);
        const Judgement judgement = judge_all(candidate, from);
        if (judgement.what == Judgement::What::take) {
            result.claim = take(candidate, from);
            if (!result.claim) lost_.insert(candidate.id);
            continue;
        }
        carry_out(connection_, candidate, judgement, result, now_);
        result.more = result.put_off + result.ended >= kPutOffMax;
        if (result.more) return;
    }
}

// Counts only for what may leave by its own row.
Judgement ClaimJob::judge_all(const Candidate& candidate, const mailbox::Mailbox& from) {
    Judgement judgement = judge(candidate, *rules_.plans, from.id, now_);
    if (judgement.what != Judgement::What::take) return judgement;
    Counted counted;
    if (candidate.followup()) {
        const base::Timestamp since = now_ - rules_.limits.look_fresh;
        counted.looked =
            looked_since(connection_, from.id, from.provider, from.hidden_folders, since);
    }
    if (!candidate.organisation.empty()) {
        const OrganisationCounts& counts = organisation(candidate);
        counted.organisation_day = counts.of_day;
        counted.organisation_leads = counts.leads - (candidate.lead_status == "active" ? 1 : 0);
    }
    return judge(candidate, *rules_.plans, counted, rules_.limits, now_);
}

OrganisationCounts& ClaimJob::organisation(const Candidate& candidate) {
    const base::Timestamp day = day_of_lead(candidate, *rules_.plans, now_);
    const std::pair key(candidate.organisation, day);
    auto found = organisations_.find(key);
    if (found == organisations_.end())
        found =
            organisations_
                .emplace(key, organisation_counts(connection_, candidate.organisation, day, now_))
                .first;
    return found->second;
}

// Compare-and-set on status and token, then all that the send needs.
std::optional<Claim> ClaimJob::take(const Candidate& candidate, const mailbox::Mailbox& from) {
    auto draft = connection_.select_one<Draft>(
        take_sql(),
        store::values(
            rules_.owner,
            now_ + rules_.limits.lease,
            from.email.str(),
            candidate.id,
            candidate.claim_token
        )
    );
    if (!draft) return std::nullopt;
    Claim claim;
    claim.draft = std::move(*draft);
    claim.lead_name = candidate.lead_name;
    claim.plans = rules_.plans;
    claim.from = from;
    claim.owner = rules_.owner;
    if (candidate.claim_token > 0) take_prepared(connection_, claim);
    for (auto& [key, counts] : organisations_) {
        if (key.first != candidate.organisation) continue;
        ++counts.of_day;
        if (candidate.lead_status != "active") ++counts.leads;
    }
    lines_.push_back(
        {now_,
         "campaign",
         "draft",
         candidate.id,
         "claimed",
         "the turn of this mailbox",
         fmt::format("{{\"mailbox\":{},\"claim\":{}}}", from.id, candidate.claim_token + 1)}
    );
    return claim;
}

// What may still leave from this domain today; the claims of this job lower it.
int& ClaimJob::domain_left(const std::string& domain) {
    const auto found = domains_.find(domain);
    if (found != domains_.end()) return found->second;
    const int left = campaign::domain_left(connection_, domain, rules_.limits, now_);
    return domains_.emplace(domain, left).first->second;
}

}  // namespace

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
    stop_lead(connection, claim.draft.lead_id.value_or(0), "stopped", reason, now);
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

std::vector<ClaimResult> claim_each(
    store::Connection& connection,
    const std::vector<ClaimTurn>& turns,
    const ClaimRules& rules,
    int limit,
    base::Timestamp now
) {
    std::vector<ClaimResult> results;
    ClaimJob job(connection, turns, rules, now);
    for (const ClaimTurn& turn : turns) {
        if (limit <= 0) break;
        results.push_back(job.next(turn));
        if (results.back().claim) --limit;
    }
    job.note();
    return results;
}

ClaimResult claim_next(
    store::Connection& connection,
    const mailbox::Mailbox& from,
    bool initials,
    const ClaimRules& rules,
    base::Timestamp now
) {
    return std::move(claim_each(connection, {{&from, initials}}, rules, 1, now).front());
}

}  // namespace campaign
