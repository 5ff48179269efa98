// Placement (DESIGN section 1): what became of every warmup mail, counted. Pure, but for the one
// query.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inbound/folders.h"
#include "store/connection.h"
#include "warmup/types.h"

namespace warmup {

// "inbox", "spam" or "elsewhere" for the folder of a first sighting.
std::string_view placement_of(inbound::FolderKind kind);

void count_sighting(PlacementCounts& counts, std::string_view placement);

// One accepted mail and what is known of it.
struct SentMail {
    std::int64_t email_id = 0;
    std::string from_;
    std::string to_;
    std::string provider;  // of the receiving mailbox
    base::Timestamp sent_at;
    std::optional<std::string> placement;        // first sighting
    std::optional<base::Timestamp> searched_at;  // when all its folders were last searched
    bool readable = true;                        // it has a password and hides no folder
    bool bounced = false;                        // a delivery report proves it
};
BOOST_DESCRIBE_STRUCT(
    SentMail,
    (),
    (email_id, from_, to_, provider, sent_at, placement, searched_at, readable, bounced)
)

// Openings go from a sender to a seed mailbox; replies go both ways and are counted apart.
enum class MailKind { opening, reply };
// Accepted mails sent in [from, until), in order of sending; at most `count_max`.
std::vector<SentMail> sent_between(
    store::Connection& connection,
    base::Timestamp from,
    base::Timestamp until,
    MailKind kind = MailKind::opening,
    int count_max = 100'000
);

struct Tally {
    int sent = 0;
    int inbox = 0;
    int spam = 0;
    int elsewhere = 0;
    int bounced = 0;
    int pending = 0;
    int missing = 0;
    int unknown = 0;
    std::optional<double> spam_rate() const;
    std::optional<double> missing_rate() const;  // missing / sent
    void add(std::string_view placement);
};

// "inbox", "spam", "elsewhere", "bounced", "pending", "missing" or "unknown" at `now`.
std::string_view placement_at(const SentMail& mail, base::Timestamp now);

struct DayKey {
    base::Date day;  // of sending
    std::string sender;
    std::string provider;
    auto operator<=>(const DayKey&) const = default;
};
// Sender × provider × day of sending.
std::map<DayKey, Tally> tally_by_day(
    const std::vector<SentMail>& mails, const base::TimeZone& zone, base::Timestamp now
);
Tally tally(const std::vector<SentMail>& mails, base::Timestamp now);

// The target: spam below 10 % and missing below 5 % of what was sent, over days 6 and 7 of warmup
// together (a window of two days; the service rolls it on). Not decided without a found mail or
// before day 6 is over.
enum class Verdict { met, not_met, not_yet_decided };
std::string_view to_string(Verdict verdict);
Verdict judge_target(const Tally& window, int days_done);

}  // namespace warmup
