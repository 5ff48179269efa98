// A new text goes to seed mailboxes of each provider first, and holds its campaign when it lands in
// spam. What follows from the placements is a pure decision; canary_sender.h sends the copies, the
// incoming side tells where they were found.
//
// All functions but `canary_state` run inside a job on Role::campaign. Errors: StoreError.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/records.h"
#include "campaign/settings.h"
#include "store/connection.h"

namespace campaign {

// So long may a copy be on its way.
inline constexpr base::Duration kCanaryWait = std::chrono::hours(24);

// One copy of a text in one seed mailbox.
struct CanaryCopy {
    std::int64_t text_id = 0;
    std::int64_t mailbox_id = 0;  // the seed's
    std::string provider;
    std::string placement;     // "": not found yet; inbox, spam, elsewhere
    std::string email_status;  // of the mail (emails_campaign)
    base::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(
    CanaryCopy, (), (text_id, mailbox_id, provider, placement, email_status, created_at)
)

struct CanaryState {
    std::string canary;  // "", waiting, clear, held: as campaign_texts.canary
    std::string reason;
};
// Held as soon as one copy lies in spam, could not be sent, or was not found within kCanaryWait;
// clear when each provider has one outside spam; else waiting. Without providers (the owner has no
// seed mailbox) clear, with that reason.
CanaryState canary_state(
    const std::vector<CanaryCopy>& copies,
    const std::vector<std::string>& providers,
    base::Timestamp now
);

struct CanaryToSend {
    std::int64_t text_id = 0;
    std::int64_t campaign_id = 0;
    std::int64_t mailbox_id = 0;  // the seed's
    std::string to;
    std::string provider;
};
// Copies that are missing: texts of running campaigns with the canary switched on, one seed mailbox
// of each provider. In order of text and provider; at most `count_max`.
std::vector<CanaryToSend> canaries_to_send(store::Connection& connection, int count_max);
// A copy was prepared as `email_id`: the text waits from now on.
void note_canary(
    store::Connection& connection,
    const CanaryToSend& copy,
    std::int64_t email_id,
    base::Timestamp now
);

// `canary:<text>:<mailbox>`, the send_key of a copy.
std::string canary_send_key(std::int64_t text_id, std::int64_t mailbox_id);

// The copy `email_id` (emails_campaign) was found in a folder of this kind ("inbox", "spam", any
// other is elsewhere); the first sighting counts. False where that mail is no canary. Brings the
// text's state up to date; a text that is held pauses its campaign.
bool record_canary_placement(
    store::Connection& connection,
    std::int64_t email_id,
    std::string_view folder_kind,
    base::Timestamp now
);
// Whether `settle_canaries` would change anything; reads only.
bool canaries_due(store::Connection& connection, base::Timestamp now);
// Brings the state of all texts up to date whose copies wait, or that need none.
void settle_canaries(store::Connection& connection, base::Timestamp now);
// True where a draft made from this text may be sent to its lead: clear, no text of the campaign's
// (a model wrote it; its `canary` is given as "clear"), or the campaign has no canary.
bool text_is_clear(std::string_view canary, const Settings& settings);
// The owner's word: this text may go all the same. False where there is no such text.
bool clear_canary(
    store::Connection& connection, std::int64_t text_id, const std::string& by, base::Timestamp now
);

}  // namespace campaign
