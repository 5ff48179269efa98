// The table `campaign_replies`: what came back to the mailboxes that campaigns send from. Inside a
// job: writing on the campaign role, reading on the operator's too.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "store/connection.h"

namespace campaign {

struct Reply {
    std::int64_t id = 0;
    std::int64_t mailbox_id = 0;
    std::string kind;  // reply, auto_reply, bounce, complaint, unsubscribe
    std::optional<std::int64_t> email_id;
    std::optional<std::int64_t> lead_id;
    std::optional<std::int64_t> campaign_id;
    std::string matched_by;
    std::int64_t confidence = 0;
    std::string from_;
    std::string subject;
    std::string message_id;
    std::string references_;  // "<id> <id>"
    std::string text;
    std::string reason;
    std::optional<base::Timestamp> return_date;
    base::Timestamp received_at;
    std::string folder;
    std::string folder_kind;
    std::string class_;
    std::string class_by;
    std::string decision;
    std::optional<base::Timestamp> answered_at;
    std::optional<base::Timestamp> done_at;
    base::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(
    Reply,
    (),
    (id,
     mailbox_id,
     kind,
     email_id,
     lead_id,
     campaign_id,
     matched_by,
     confidence,
     from_,
     subject,
     message_id,
     references_,
     text,
     reason,
     return_date,
     received_at,
     folder,
     folder_kind,
     class_,
     class_by,
     decision,
     answered_at,
     done_at,
     created_at)
)

// The new row's id; 0 where this message of this mailbox is known. `id` is not read.
std::int64_t add_reply(store::Connection& connection, const Reply& reply);
bool is_known_reply(
    store::Connection& connection, std::int64_t mailbox_id, const std::string& message_id
);
std::optional<Reply> find_reply(store::Connection& connection, std::int64_t id);

struct ReplyFilter {
    std::optional<std::int64_t> campaign_id;  // none: what belongs to no campaign
    bool all = false;                         // else only what is not done
    std::int64_t after = 0;                   // id
    int count_max = 200;
};
// Oldest first.
std::vector<Reply> list_replies(store::Connection& connection, const ReplyFilter& filter);

// False where there is no such reply. A class that a person has set is not changed by a model. ""
// by a model: it was asked, and its answer was none.
bool set_class(
    store::Connection& connection, std::int64_t id, std::string_view class_name, std::string_view by
);
bool set_done(store::Connection& connection, std::int64_t id, base::Timestamp now);
bool set_answered(store::Connection& connection, std::int64_t id, base::Timestamp now);
// Replies of people, of these campaigns, that neither a person nor a model has looked at for a
// class. Oldest first.
std::vector<Reply> replies_to_classify(
    store::Connection& connection, const std::vector<std::int64_t>& campaign_ids, int count_max
);

}  // namespace campaign
