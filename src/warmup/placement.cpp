#include "warmup/placement.h"

namespace warmup {

namespace {

constexpr double kSpamRateTarget = 0.10;
constexpr double kMissingRateMax = 0.05;
constexpr base::Duration kMissingAfter = std::chrono::hours(24);
constexpr int kFirstTargetDay = 6;

}  // namespace

std::string_view placement_of(inbound::FolderKind kind) {
    switch (kind) {
        case inbound::FolderKind::inbox:
            return "inbox";
        case inbound::FolderKind::spam:
            return "spam";
        default:
            return "elsewhere";
    }
}

void count_sighting(PlacementCounts& counts, std::string_view placement) {
    if (placement == "inbox")
        ++counts.inbox;
    else if (placement == "spam")
        ++counts.spam;
    else
        ++counts.elsewhere;
}

std::vector<SentMail> sent_between(
    store::Connection& connection,
    base::Timestamp from,
    base::Timestamp until,
    MailKind kind,
    int count_max
) {
    // Searched means every watched folder: the earliest of its cursors counts. A mail of another
    // system that it did not note as found says nothing: we never looked for it.
    return connection.select<SentMail>(
        "SELECT e.id, e.\"from\", e.\"to\", COALESCE(m.provider, ''), e.sent_at, t.placement, "
        "(SELECT MIN(c.searched_at) FROM imap_cursors c WHERE c.side = 'warmup' AND c.kind <> "
        "'sent' "
        "AND c.mailbox_id = e.to_mailbox_id), "
        "CASE WHEN m.id IS NOT NULL AND (m.secret IS NOT NULL OR m.login_method = 'oauth2') AND "
        "m.status <> 'removed' "
        "AND m.hidden_folders = '' THEN 1 ELSE 0 END, "
        "CASE WHEN e.outcome = 'bounced' THEN 1 ELSE 0 END "
        "FROM emails_warmup e LEFT JOIN warmup_threads t ON t.email_id = e.id "
        "LEFT JOIN mailboxes m ON m.id = e.to_mailbox_id "
        "WHERE e.email_type = :kind AND e.status = 'accepted' "
        "AND (e.external_id IS NULL OR t.id IS NOT NULL) "
        "AND e.sent_at >= :from AND e.sent_at < :until ORDER BY e.sent_at, e.id LIMIT :count",
        store::values(
            kind == MailKind::opening ? "warmup_bidirectional" : "warmup_reply",
            from,
            until,
            count_max
        )
    );
}

std::optional<double> Tally::spam_rate() const {
    if (inbox + spam == 0) return std::nullopt;
    return static_cast<double>(spam) / static_cast<double>(inbox + spam);
}

std::optional<double> Tally::missing_rate() const {
    if (sent == 0) return std::nullopt;
    return static_cast<double>(missing) / static_cast<double>(sent);
}

void Tally::add(std::string_view placement) {
    ++sent;
    if (placement == "inbox")
        ++inbox;
    else if (placement == "spam")
        ++spam;
    else if (placement == "elsewhere")
        ++elsewhere;
    else if (placement == "bounced")
        ++bounced;
    else if (placement == "pending")
        ++pending;
    else if (placement == "missing")
        ++missing;
    else
        ++unknown;
}

std::string_view placement_at(const SentMail& mail, base::Timestamp now) {
    if (mail.placement)
        return *mail.placement == "inbox"  ? "inbox"
               : *mail.placement == "spam" ? "spam"
                                           : "elsewhere";
    if (mail.bounced) return "bounced";
    if (!mail.readable) return "unknown";
    const base::Timestamp deadline = mail.sent_at + kMissingAfter;
    if (now < deadline) return "pending";
    // Missing is said only when the mailbox was searched after the deadline.
    if (!mail.searched_at || *mail.searched_at < deadline) return "unknown";
    return "missing";
}

std::map<DayKey, Tally> tally_by_day(
    const std::vector<SentMail>& mails, const base::TimeZone& zone, base::Timestamp now
) {
    std::map<DayKey, Tally> days;
    for (const SentMail& mail : mails)
        days[{zone.day_at(mail.sent_at), mail.from_, mail.provider}].add(placement_at(mail, now));
    return days;
}

Tally tally(const std::vector<SentMail>& mails, base::Timestamp now) {
    Tally all;
    for (const SentMail& mail : mails) all.add(placement_at(mail, now));
    return all;
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::met:
            return "target met";
        case Verdict::not_met:
            return "target not met";
        case Verdict::not_yet_decided:
            return "not yet decided";
    }
    return "unknown";
}

Verdict judge_target(const Tally& window, int days_done) {
    if (days_done < kFirstTargetDay || !window.spam_rate()) return Verdict::not_yet_decided;
    const bool met =
        *window.spam_rate() < kSpamRateTarget && *window.missing_rate() < kMissingRateMax;
    return met ? Verdict::met : Verdict::not_met;
}

}  // namespace warmup
