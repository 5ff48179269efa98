#include "campaign/reply_handler.h"

#include <array>
#include <set>

#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/canary.h"
#include "campaign/matching.h"
#include "campaign/reply_store.h"
#include "campaign/returned_mail.h"
#include "campaign/sent_folder_mail.h"
#include "delivery/sent_evidence.h"
#include "delivery/sent_keeper.h"
#include "inbound/opt_out.h"

namespace campaign {

namespace {

using inbound::Candidate;
using inbound::Choice;
using inbound::Reading;

constexpr const char* kTokenHeader = "List-Unsubscribe";
// Each costs some look-ups; a job is short.
constexpr std::size_t kCandidatesAtOnce = 50;

bool is_warmup(const Candidate& candidate, const delivery::TokenMint& mint) {
    const auto claim = mint.check(candidate.token);
    return claim && claim->side == delivery::Side::warmup;
}

// Addresses of all mailboxes of the owner: what they write is no answer of a lead.
std::set<std::string> own_addresses(store::Connection& connection) {
    std::set<std::string> keys;
    connection.query(
        "SELECT email FROM mailboxes ORDER BY id",
        {},
        std::array{store::Column::text},
        [&](const store::Values& row) {
            if (const auto email = base::Email::parse(std::get<std::string>(row.at(0))))
                keys.insert(address_key(*email));
        }
    );
    return keys;
}

// What choosing needs beside the candidate.
struct Look {
    delivery::TokenMint mint;
    base::Email own;
    bool sends = false;
    std::int64_t mailbox_id = 0;
    base::Timestamp now;
    std::set<std::string> ours;
};

// Copies that went to this very mailbox to be tried out.
Choice choose_canary(
    store::Connection& connection, const std::vector<std::string>& tokens, const base::Email& own
) {
    Clues clues;
    clues.tokens = tokens;
    const auto match = find_named(connection, clues, std::nullopt);
    if (!match || !match->mail.send_key.starts_with("canary:")) return {};
    const auto to = base::Email::parse(match->mail.to_);
    if (!to || !to->same_mailbox(own)) return {};
    return {Reading::full, match->mail.id};
}

Choice choose_return(store::Connection& connection, const Candidate& one, const Look& look) {
    const Clues clues = clues_of(one, look.mint);
    const bool report = looks_like_report(one);
    if (clues.from && look.ours.contains(clues.from_key) && !report) return {};
    // The same message in another folder.
    if (one.message_id && is_known_reply(connection, look.mailbox_id, one.message_id->str()))
        return {};
    if (report) return {Reading::full, 0};
    // Lists and machines ask nobody, and what a lead sends to everybody is no answer to us.
    const bool by_machine = !one.list_unsubscribe.empty() ||
                            base::starts_with_ignoring_case(one.auto_submitted, "auto-");
    const auto match = find_match(connection, clues, look.mailbox_id, look.now);
    if (match && (match->by != "address" || !by_machine)) return {Reading::full, 0};
    const bool asks = !by_machine && inbound::asks_to_stop("", one.subject);
    return {asks ? Reading::headers : Reading::nothing, 0};
}

Choice choose(store::Connection& connection, const Candidate& one, const Look& look) {
    if (is_warmup(one, look.mint)) return {};
    const bool in_sent = one.place.kind == inbound::FolderKind::sent;
    const auto tokens = look.mint.find(one.list_unsubscribe, delivery::Side::campaign);
    if (!tokens.empty() && !in_sent) return choose_canary(connection, tokens, look.own);
    if (!look.sends) return {};
    return in_sent ? Choice{Reading::headers, 0} : choose_return(connection, one, look);
}

std::vector<Choice> choose_all(
    store::Connection& connection, const std::vector<Candidate>& candidates, const Look& look
) {
    std::vector<Choice> choices;
    for (const Candidate& one : candidates) choices.push_back(choose(connection, one, look));
    return choices;
}

void count(const Recorded& recorded, ReturnCounts& counts) {
    const bool by_server = recorded.kind == "bounce" || recorded.kind == "complaint";
    if (!recorded.kept && !by_server) return;
    if (by_server && recorded.decision.starts_with("unmatched"))
        ++counts.unmatched_reports;
    else if (recorded.kind == "auto_reply")
        ++counts.auto_replies;
    else if (recorded.kind == "bounce")
        ++counts.bounces;
    else if (recorded.kind == "complaint")
        ++counts.complaints;
    else if (recorded.kind == "unsubscribe")
        ++(recorded.waits ? counts.opt_outs_waiting : counts.opt_outs);
    else
        ++counts.replies;
}

}  // namespace

ReplyHandler::ReplyHandler(Context& context, const mailbox::Mailbox& watched, ReturnCounts& counts)
    : context_(context),
      mailbox_id_(watched.id),
      own_(watched.email),
      sends_(watched.role == mailbox::Role::sender || context.limits.send_through_seeds),
      counts_(counts) {}

bool ReplyHandler::wants(inbound::FolderKind kind) const {
    return sends_ || kind != inbound::FolderKind::sent;
}

base::Task<std::vector<Choice>> ReplyHandler::recognise(
    std::int64_t mailbox_id, std::vector<Candidate> candidates
) {
    Look look{context_.mint, own_, sends_, mailbox_id, context_.clock.now(), {}};
    look.ours = co_await context_.db.read(store::Role::campaign, own_addresses);
    std::vector<Choice> choices;
    for (std::size_t at = 0; at < candidates.size(); at += kCandidatesAtOnce) {
        const auto begin = candidates.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(kCandidatesAtOnce, candidates.size() - at);
        const std::vector<Candidate> some(begin, begin + static_cast<std::ptrdiff_t>(count));
        const std::vector<Choice> chosen = co_await context_.db.read(
            store::Role::campaign,
            [look, some](store::Connection& connection) {
                return choose_all(connection, some, look);
            }
        );
        choices.insert(choices.end(), chosen.begin(), chosen.end());
    }
    co_return choices;
}

base::Task<inbound::Handled> ReplyHandler::handle_sent(inbound::Incoming incoming) {
    const SentCopy copy = sent_copy_of(incoming, context_.mint);
    const SentCopyKind kind =
        co_await context_.db.run(store::Role::campaign, [copy](store::Connection& connection) {
            return record_sent_copy(connection, copy);
        });
    counts_.human_mails += kind == SentCopyKind::human;
    co_return inbound::Handled{kind == SentCopyKind::ours, false};
}

base::Task<inbound::Handled> ReplyHandler::handle_canary(inbound::Incoming incoming) {
    const bool first =
        co_await context_.db.run(store::Role::campaign, [incoming](store::Connection& connection) {
            const bool fresh = mark_seen_by_campaign(
                connection, incoming.mailbox.id, incoming.place, incoming.found_at
            );
            return fresh && record_canary_placement(
                                connection,
                                incoming.email_id,
                                inbound::to_string(incoming.place.kind),
                                incoming.found_at
                            );
        });
    counts_.canaries += first;
    co_return inbound::Handled{true, false};
}

base::Task<inbound::Handled> ReplyHandler::handle(inbound::Incoming incoming) {
    if (incoming.place.kind == inbound::FolderKind::sent)
        co_return co_await handle_sent(std::move(incoming));
    if (incoming.email_id != 0) co_return co_await handle_canary(std::move(incoming));
    const Returned returned = returned_of(incoming, context_.mint, context_.vault);
    const Recorded recorded =
        co_await context_.db.run(store::Role::campaign, [returned](store::Connection& connection) {
            return record_returned(connection, returned);
        });
    if (recorded.fresh) count(recorded, counts_);
    co_return inbound::Handled{recorded.matched, false};
}

base::Task<base::Result<>> ReplyHandler::after_look(
    imap::Client& client, std::vector<imap::Folder> listing, base::MonotonicTime deadline
) {
    if (!sends_) co_return base::Result<>();
    const std::optional<std::string> sent_folder = inbound::sent_folder(listing);
    const delivery::SentEvidenceTask doubtful{
        delivery::Side::campaign, mailbox_id_, sent_folder, kTokenHeader
    };
    const auto settled = co_await delivery::settle_by_sent_folder(
        context_.db, context_.clock, client, doubtful, deadline
    );
    if (!settled) co_return base::pass_on(settled);
    if (!context_.limits.sent_copies) co_return base::Result<>();
    delivery::SentKeeper keeper(context_.db, context_.clock, delivery::Side::campaign);
    co_return co_await keeper.look(client, mailbox_id_, sent_folder, deadline);
}

inbound::HandlerFactory reply_handlers(Context& context, ReturnCounts& counts, bool canaries_out) {
    return [&context, &counts, canaries_out](const mailbox::Mailbox& watched) {
        std::unique_ptr<inbound::Handler> handler;
        if (watched.role == mailbox::Role::sender || context.limits.send_through_seeds ||
            canaries_out)
            handler = std::make_unique<ReplyHandler>(context, watched, counts);
        return handler;
    };
}

bool are_canaries_out(store::Connection& connection) {
    return connection.integer("SELECT COUNT(*) FROM campaign_canaries WHERE placement = ''") > 0;
}

}  // namespace campaign
