#include "campaign/reply_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace campaign {

namespace {

std::string columns() {
    static const std::string list =
        base::replace_all(store::column_list<Reply>(), "class_,", "class,");
    return list;
}

}  // namespace

std::int64_t add_reply(store::Connection& connection, const Reply& reply) {
    return connection.insert(
        "INSERT INTO campaign_replies (mailbox_id, kind, email_id, lead_id, campaign_id, "
        "matched_by, confidence, \"from\", subject, message_id, \"references\", text, reason, "
        "return_date, received_at, folder, folder_kind, class, class_by, decision, created_at) "
        "VALUES (:mailbox, :kind, :email, :lead, :campaign, :by, :confidence, :sender, :subject, "
        ":message_id, :refs, :text, :reason, :return_date, :received, :folder, :folder_kind, "
        ":class, :class_by, :decision, :created) ON CONFLICT DO NOTHING",
        store::values(
            reply.mailbox_id,
            reply.kind,
            reply.email_id,
            reply.lead_id,
            reply.campaign_id,
            reply.matched_by,
            reply.confidence,
            reply.from_,
            reply.subject,
            reply.message_id,
            reply.references_,
            reply.text,
            reply.reason,
            reply.return_date,
            reply.received_at,
            reply.folder,
            reply.folder_kind,
            reply.class_,
            reply.class_by,
            reply.decision,
            reply.created_at
        )
    );
}

bool is_known_reply(
    store::Connection& connection, std::int64_t mailbox_id, const std::string& message_id
) {
    return connection.integer(
               "SELECT COUNT(*) FROM campaign_replies WHERE mailbox_id = :mailbox "
               "AND message_id = :id AND message_id <> ''",
               store::values(mailbox_id, message_id)
           ) > 0;
}

std::optional<Reply> find_reply(store::Connection& connection, std::int64_t id) {
    return connection.select_one<Reply>(
        "SELECT " + columns() + " FROM campaign_replies WHERE id = :id ORDER BY id",
        store::values(id)
    );
}

std::vector<Reply> list_replies(store::Connection& connection, const ReplyFilter& filter) {
    std::string where = "id > :after";
    store::Values values = store::values(filter.after);
    if (filter.campaign_id) {
        where += " AND campaign_id = :campaign";
        values.push_back(store::to_value(*filter.campaign_id));
    } else {
        where += " AND campaign_id IS NULL";
    }
    if (!filter.all) where += " AND done_at IS NULL";
    values.push_back(store::to_value(filter.count_max));
    return connection.select<Reply>(
        "SELECT " + columns() + " FROM campaign_replies WHERE " + where +
            " ORDER BY id LIMIT :count",
        values
    );
}

bool set_class(
    store::Connection& connection, std::int64_t id, std::string_view class_name, std::string_view by
) {
    const std::string unless = by == "person" ? "" : " AND class_by <> 'person'";
    return connection.execute(
               "UPDATE campaign_replies SET class = :class, class_by = :by WHERE id = :id" + unless,
               store::values(class_name, by, id)
           ) == 1;
}

bool set_done(store::Connection& connection, std::int64_t id, base::Timestamp now) {
    return connection.execute(
               "UPDATE campaign_replies SET done_at = COALESCE(done_at, :now) WHERE id = :id",
               store::values(now, id)
           ) == 1;
}

bool set_answered(store::Connection& connection, std::int64_t id, base::Timestamp now) {
    return connection.execute(
               "UPDATE campaign_replies SET answered_at = :now, done_at = COALESCE(done_at, :done) "
               "WHERE id = :id",
               store::values(now, now, id)
           ) == 1;
}

std::vector<Reply> replies_to_classify(
    store::Connection& connection, const std::vector<std::int64_t>& campaign_ids, int count_max
) {
    if (campaign_ids.empty()) return {};
    return connection.select<Reply>(
        "SELECT " + columns() +
            fmt::format(
                " FROM campaign_replies WHERE done_at IS NULL AND kind = 'reply' AND class_by = '' "
                "AND campaign_id IN ({}) ORDER BY id LIMIT :count",
                fmt::join(campaign_ids, ", ")
            ),
        store::values(count_max)
    );
}

}  // namespace campaign
