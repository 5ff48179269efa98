#include "delivery/sent_evidence.h"

#include <fmt/format.h>

#include "base/log.h"
#include "delivery/email_record.h"
#include "ledger/ledger.h"

namespace delivery {

namespace {

constexpr int kAtOnce = 50;

struct Doubtful {
    std::int64_t id = 0;
    std::string message_id;
    std::string token;
    std::string sent_copy;
};
BOOST_DESCRIBE_STRUCT(Doubtful, (), (id, message_id, token, sent_copy))

store::Role role_of(Side side) {
    return side == Side::warmup ? store::Role::warmup : store::Role::campaign;
}

std::vector<Doubtful> doubtful_of(
    store::Connection& connection, Side side, std::int64_t mailbox_id
) {
    // OR, so that the index of open rows serves it.
    auto rows = connection.select<Doubtful>(
        fmt::format(
            "SELECT {} FROM {} WHERE (status = 'in_doubt' OR status = 'parked') "
            "AND from_mailbox_id = :mailbox ORDER BY id LIMIT :count",
            store::column_list<Doubtful>(),
            side == Side::warmup ? "emails_warmup" : "emails_campaign"
        ),
        store::values(mailbox_id, kAtOnce)
    );
    std::erase_if(rows, [](const Doubtful& row) { return !is_evidence(row.sent_copy); });
    return rows;
}

base::Task<base::Result<bool>> lies_there(
    imap::Client& client, Doubtful mail, std::string token_header, base::MonotonicTime deadline
) {
    for (const auto& [header, value] :
         {std::pair(std::string("Message-ID"), mail.message_id), std::pair(token_header, mail.token)
         }) {
        const auto quoted = imap::quoted(value);
        if (!quoted || value.empty() || header.empty()) continue;
        std::string criteria = fmt::format("HEADER {} {}", header, *quoted);
        const auto found = co_await client.uid_search(std::move(criteria), deadline);
        if (!found) co_return base::pass_on(found);
        if (!found->empty()) co_return true;
    }
    co_return false;
}

bool settle(store::Connection& connection, Side side, std::int64_t id, base::Timestamp now) {
    const bool settled =
        resolve_accepted(connection, side, id, now, "its copy lies in the Sent folder");
    if (settled)
        ledger::append(
            connection,
            {now,
             std::string(to_string(side)),
             "email",
             id,
             "accepted after all",
             "its provider filed a copy in the Sent folder",
             "{}"}
        );
    return settled;
}

}  // namespace

base::Task<base::Result<int>> settle_by_sent_folder(
    store::Database& db,
    base::Clock& clock,
    imap::Client& client,
    SentEvidenceTask task,
    base::MonotonicTime deadline
) {
    if (!task.sent_folder) co_return 0;
    const Side side = task.side;
    const std::int64_t mailbox_id = task.mailbox_id;
    const std::vector<Doubtful> mails =
        co_await db.read(role_of(side), [side, mailbox_id](store::Connection& connection) {
            return doubtful_of(connection, side, mailbox_id);
        });
    if (mails.empty()) co_return 0;
    std::string folder = *task.sent_folder;
    const auto selected = co_await client.select(std::move(folder), true, deadline);
    if (!selected && !client.usable()) co_return base::pass_on(selected);
    if (!selected) co_return 0;
    int settled = 0;
    for (const Doubtful& mail : mails) {
        const auto there = co_await lies_there(client, mail, task.token_header, deadline);
        if (!there) co_return base::pass_on(there);
        if (!*there) continue;
        const std::int64_t id = mail.id;
        const base::Timestamp now = clock.now();
        settled += co_await db.run(role_of(side), [side, id, now](store::Connection& connection) {
            return settle(connection, side, id, now);
        });
    }
    if (settled > 0)
        base::log::info(
            "delivery", "mailbox {}: {} messages are in doubt no longer", mailbox_id, settled
        );
    co_return settled;
}

}  // namespace delivery
