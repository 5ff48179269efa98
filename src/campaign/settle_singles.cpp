#include "campaign/settle_singles.h"

#include <fmt/format.h>

#include <charconv>

#include "campaign/reply_store.h"
#include "delivery/email_record.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

constexpr int kRows = 100;
// An answer in doubt is decided within days, or by its author.
constexpr std::chrono::hours kDecidedWithin{24 * 30};

struct Left {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Left, (), (id))

struct Answer {
    std::int64_t id = 0;
    std::string send_key;
    base::Timestamp sent_at;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (id, send_key, sent_at))

// "answer:<reply>:<n>"; 0: another key.
std::int64_t reply_of(std::string_view send_key) {
    constexpr std::string_view kPrefix = "answer:";
    if (!send_key.starts_with(kPrefix)) return 0;
    send_key.remove_prefix(kPrefix.size());
    std::int64_t id = 0;
    std::from_chars(send_key.data(), send_key.data() + send_key.size(), id);
    return id;
}

}  // namespace

SinglesLook look_at_singles(store::Connection& connection, base::Timestamp now) {
    SinglesLook look;
    const auto left = connection.select<Left>(
        "SELECT id FROM emails_campaign WHERE status = 'prepared' AND (email_type = 'answer' OR "
        "send_key LIKE 'test:%') AND created_at <= :patience ORDER BY id LIMIT :count",
        store::values(now - delivery::kAnswerPatience, kRows)
    );
    for (const Left& one : left) look.left.push_back(one.id);
    // Those that were proven later; of all others their own send has said so.
    const auto proven = connection.select<Answer>(
        "SELECT id, send_key, sent_at FROM emails_campaign WHERE email_type = 'answer' AND status "
        "= 'accepted' AND sent_at > :since AND server_reply LIKE 'no reply recorded%' ORDER BY "
        "sent_at DESC, id LIMIT :count",
        store::values(now - base::Duration(kDecidedWithin), kRows)
    );
    for (const Answer& one : proven) {
        const auto reply = find_reply(connection, reply_of(one.send_key));
        if (reply && !reply->answered_at) look.answers.push_back({reply->id, one.id, one.sent_at});
    }
    return look;
}

void settle_singles(store::Connection& connection, base::Timestamp now) {
    const SinglesLook look = look_at_singles(connection, now);
    for (const std::int64_t id : look.left)
        delivery::cancel(
            connection, delivery::Side::campaign, id, "it was not sent, and nobody sends it again"
        );
    for (const ProvenAnswer& one : look.answers) {
        set_answered(connection, one.reply_id, one.at);
        ledger::append(
            connection,
            {now,
             "campaign",
             "reply",
             one.reply_id,
             "answered",
             fmt::format("by hand, email {}: it was found where it went", one.email_id),
             "{}"}
        );
    }
}

}  // namespace campaign
