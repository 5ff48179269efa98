// Some providers replace our Message-ID. What its readers know a mail by is learned from the copy
// that the provider files in Sent, and from answers to it. Inside a job, on the campaign role.
#pragma once
#include <string>
#include <vector>

#include "base/message_id.h"
#include "campaign/matching.h"
#include "store/connection.h"

namespace campaign {

// emails_campaign.provider_message_id and its proof: 'received' and 'sent_folder' say it for sure,
// then 'reply', then 'reply_250'. A weaker one changes nothing.
void learn_provider_id(
    store::Connection& connection,
    const SentMail& mail,
    const base::MessageId& id,
    std::string_view proof
);
// From an answer by the lead itself that lies in the mail's thread (Match::is_in_thread): the last
// id that is none of ours is what it knows the mail by.
void learn_from_answer(
    store::Connection& connection, const SentMail& mail, const std::vector<base::MessageId>& ids
);
void learn_thread(store::Connection& connection, std::int64_t email_id, std::uint64_t thread_id);

}  // namespace campaign
