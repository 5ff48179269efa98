#include "mailbox/pauses.h"

#include <cstdint>

#include <boost/describe/class.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "ledger/ledger.h"

namespace mailbox {

namespace {

constexpr std::size_t kServerWordsMax = 200;
// Whoever logged in and whoever wanted to send report one refusal, a moment after each other: an
// end that is hardly later is no news.
constexpr std::chrono::minutes kSameEnd{1};

struct MailboxId {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(MailboxId, (), (id))

}  // namespace

Pause pause_for(
    const Mailbox& mailbox,
    const Verdict& verdict,
    const base::Error& error,
    std::string side,
    base::Timestamp now
) {
    Pause pause;
    pause.mailbox_id = mailbox.id;
    pause.resumes = mailbox.resumes;
    pause.cause =
        error.code == base::ErrorCode::unauthenticated ? PausedBy::login : PausedBy::refusal;
    pause.reason = verdict.words;
    const std::string words = base::printable(error.server_words, kServerWordsMax);
    if (!words.empty() || error.reply_code != 0) {
        const std::string code = error.reply_code == 0 ? "" : std::to_string(error.reply_code);
        std::string said = code;
        for (const std::string& part : {error.enhanced, words})
            if (!part.empty()) said += (said.empty() ? "" : " ") + part;
        pause.reason += " (" + error.stage + " said: " + said + ")";
    }
    if (mailbox.login_method == LoginMethod::oauth2 && pause.cause == PausedBy::login &&
        !pause.reason.contains("mailbox authorize"))
        pause.reason += "; run: pilotlight mailbox authorize " + mailbox.email.str();
    if (verdict.wait) pause.until = now + *verdict.wait;
    pause.side = std::move(side);
    pause.reply_code = error.reply_code;
    return pause;
}

bool pause(store::Connection& connection, const Pause& pause, base::Timestamp now) {
    // An end of our own moves only towards later, and "until the owner acts" is latest of all.
    const base::Timestamp later =
        pause.until ? *pause.until - kSameEnd : base::Timestamp{INT64_MAX};
    const std::int64_t changed = connection.execute(
        "UPDATE mailboxes SET status = 'paused', status_reason = :reason, paused_by = :cause, "
        "paused_until = :until WHERE id = :id AND resumes = :resumes AND (status = 'active' OR "
        "(status = 'paused' AND paused_until IS NOT NULL AND paused_until < :later))",
        store::values(
            pause.reason,
            to_string(pause.cause),
            pause.until,
            pause.mailbox_id,
            pause.resumes,
            later
        )
    );
    if (changed != 1) return false;
    ledger::Decision decision{
        now, pause.side, "mailbox", pause.mailbox_id, "paused", pause.reason, "{}"
    };
    if (pause.until) decision.reason += "; until " + base::to_iso(*pause.until);
    if (pause.reply_code != 0)
        decision.numbers = fmt::format("{{\"reply_code\":{}}}", pause.reply_code);
    ledger::append(connection, decision);
    return true;
}

bool lift_login_pause(store::Connection& connection, std::int64_t mailbox_id) {
    return connection.execute(
               "UPDATE mailboxes SET status = 'active', status_reason = '', paused_by = '', "
               "paused_until = NULL, resumes = resumes + 1 WHERE id = :id AND status = 'paused' "
               "AND paused_by = 'login'",
               store::values(mailbox_id)
           ) == 1;
}

std::vector<std::int64_t> lift_ended(
    store::Connection& connection, std::string_view side, base::Timestamp now
) {
    const auto rows = connection.select<MailboxId>(
        "SELECT id FROM mailboxes WHERE status = 'paused' AND paused_until IS NOT NULL AND "
        "paused_until <= :now ORDER BY id",
        store::values(now)
    );
    std::vector<std::int64_t> lifted;
    for (const MailboxId& row : rows) {
        const std::int64_t changed = connection.execute(
            "UPDATE mailboxes SET status = 'active', status_reason = '', paused_by = '', "
            "paused_until = NULL, resumes = resumes + 1 WHERE id = :id AND status = 'paused' AND "
            "paused_until <= :now",
            store::values(row.id, now)
        );
        if (changed != 1) continue;
        ledger::append(
            connection,
            {now, std::string(side), "mailbox", row.id, "resumed", "its pause has ended", "{}"}
        );
        lifted.push_back(row.id);
    }
    return lifted;
}

}  // namespace mailbox
