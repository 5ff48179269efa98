// Makes the bytes of one campaign mail.
//
// text/plain alone unless the draft has an html_body; no remote images, no tracking. The opt-out
// sentence and the postal address are part of the body already (appended when it was written,
// demanded by review). The token in List-Unsubscribe is how a bounce or opt-out proves to belong to
// this mail. Errors: mime::compose's own; invalid_input where the draft's address does not parse.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "campaign/records.h"
#include "campaign/settings.h"
#include "delivery/email_record.h"
#include "mailbox/mailbox.h"

namespace campaign {

// The headers List-Unsubscribe and, with a public URL, List-Unsubscribe-Post
// (campaign/unsubscribe_link.h makes them; engine/ wires it).
using UnsubscribeHeaders = std::function<std::vector<std::pair<std::string, std::string>>(
    const base::Email& from,
    const base::Email& to,
    std::string_view token,
    std::int64_t campaign_id,
    base::Timestamp now
)>;

struct MailMarks {
    const delivery::TokenMint& mint;
    const UnsubscribeHeaders& unsubscribe;
};

// "draft:<id>": one mail per draft, whatever happens to its claims.
std::string send_key_of(std::int64_t draft_id);

// Ready for delivery::prepare.
base::Result<delivery::NewEmail> compose_mail(
    const Draft& draft,
    const std::string& lead_name,
    const Settings& settings,
    const mailbox::Mailbox& from,
    const MailMarks& marks,
    base::Random& random,
    base::Timestamp now
);

}  // namespace campaign
