// A new text goes to seed mailboxes of each provider first, and holds its campaign when it lands in
// spam. What follows from the placements is a pure decision; canary_sender.h sends the copies, the
// incoming side tells where they were found.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "campaign/records.h"
#include "mailbox/mailbox.h"
#include "store/connection.h"

namespace campaign {

// One copy of a text in one seed mailbox.
struct CanaryCopy {
    std::int64_t text_id = 0;
    std::int64_t mailbox_id = 0;  // the seed's
    std::string provider;
    base::Timestamp sent_at;
    std::string placement;  // "": not found yet; inbox, spam, elsewhere
};

struct CanaryState {
    std::string canary;  // "", waiting, clear, held: as campaign_texts.canary
    std::string reason;
};
// Clear when a copy at each provider was found outside spam and none in it; held as soon as one is
// found in spam, or when a provider shows none after a day.
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
};
// Copies that are still missing: texts of campaigns with the canary switched on, one seed mailbox
// of each provider. Ordered; at most `count_max`.
std::vector<CanaryToSend> canaries_to_send(
    store::Connection& connection, base::Timestamp now, int count_max
);

// `canary:<text>:<mailbox>`, the send_key of a copy; and back.
std::string canary_send_key(std::int64_t text_id, std::int64_t mailbox_id);
struct CanaryKey {
    std::int64_t text_id = 0;
    std::int64_t mailbox_id = 0;
};
std::optional<CanaryKey> read_canary_key(std::string_view send_key);

// The copy `email_id` (emails_campaign) was found in a folder of this kind; the first sighting
// counts. False where that email is no canary. Brings the text's state up to date.
bool record_canary_placement(
    store::Connection& connection,
    std::int64_t email_id,
    std::string_view folder_kind,
    base::Timestamp now
);
// Texts whose copies have waited too long; brings their state up to date.
void settle_canaries(store::Connection& connection, base::Timestamp now);
// True where this text may be sent to leads: clear, or the campaign has no canary.
bool text_is_clear(store::Connection& connection, std::int64_t text_id);
// The owner's word: a held text may go all the same, or is tried again.
bool clear_canary(
    store::Connection& connection, std::int64_t text_id, const std::string& by, base::Timestamp now
);

}  // namespace campaign
