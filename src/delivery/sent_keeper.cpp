#include "delivery/sent_keeper.h"

#include "base/log.h"

namespace delivery {

SentKeeper::SentKeeper(store::Database& db, base::Clock& clock, Side side)
    : db_(db), clock_(clock), side_(side) {}

store::Role SentKeeper::role() const {
    return side_ == Side::warmup ? store::Role::warmup : store::Role::campaign;
}

base::Task<base::Result<>> SentKeeper::look(
    imap::Client& client,
    std::int64_t mailbox_id,
    std::optional<std::string> sent_folder,
    base::MonotonicTime deadline
) {
    const Side side = side_;
    const base::Timestamp now = clock_.now();
    struct Work {
        std::vector<SentMail> mails;
        SentFolder known;
    };
    Work work = co_await db_.read(role(), [side, mailbox_id, now](store::Connection& connection) {
        return Work{
            copies_to_look_for(connection, side, mailbox_id, now),
            sent_folder_of(connection, mailbox_id)
        };
    });
    if (work.mails.empty() || !sent_folder) co_return base::Result<>();
    std::string folder = *sent_folder;
    const auto selected = co_await client.select(std::move(folder), true, deadline);
    if (!selected && !client.usable()) co_return base::pass_on(selected);
    if (!selected) co_return base::Result<>();
    for (const SentMail& mail : work.mails) {
        const auto found = co_await is_there(client, mail, deadline);
        if (!found) co_return base::pass_on(found);
        SentCopyFacts facts;
        facts.known = work.known;
        facts.accepted_at = mail.sent_at;
        facts.due = mail.sent_copy == "due";
        facts.maybe_ours = !is_evidence(mail.sent_copy);
        facts.found = *found;
        facts.now = clock_.now();
        const SentCopyStep step = decide_sent_copy(facts);
        co_await record(mailbox_id, mail, step);
        // What was learned from one mail holds for those after it.
        if (step.learned != FiledBy::unknown) work.known = {step.learned, facts.now};
        if (step.kind != SentCopyStep::Kind::append) continue;
        const auto appended = co_await append(client, mail, *sent_folder, deadline);
        if (!appended) co_return base::pass_on(appended);
    }
    co_return base::Result<>();
}

base::Task<base::Result<bool>> SentKeeper::is_there(
    imap::Client& client, SentMail mail, base::MonotonicTime deadline
) {
    for (const std::string& id : {mail.message_id, mail.provider_message_id.value_or("")}) {
        const auto quoted = imap::quoted(id);
        if (id.empty() || !quoted) continue;
        std::string criteria = "HEADER Message-ID " + *quoted;
        const auto found = co_await client.uid_search(std::move(criteria), deadline);
        if (!found) co_return base::pass_on(found);
        if (!found->empty()) co_return true;
    }
    co_return false;
}

base::Task<> SentKeeper::record(std::int64_t mailbox_id, SentMail mail, SentCopyStep step) {
    const Side side = side_;
    const base::Timestamp now = clock_.now();
    if (step.learned == FiledBy::unknown && step.kind != SentCopyStep::Kind::settle) co_return;
    const bool learned_anew = co_await db_.run(
        role(),
        [side, mailbox_id, mail, step, now](store::Connection& connection) {
            const FiledBy before = sent_folder_of(connection, mailbox_id).filed_by;
            learn_sent_folder(connection, mailbox_id, step.learned, now);
            if (step.kind == SentCopyStep::Kind::settle)
                end_copy(connection, side, mail.id, "appended");
            if (step.learned == FiledBy::provider) end_copy(connection, side, mail.id, "provider");
            return step.learned != FiledBy::unknown && step.learned != before;
        }
    );
    if (learned_anew)
        base::log::info(
            "delivery",
            "mailbox {}: {}",
            mailbox_id,
            step.learned == FiledBy::provider
                ? "its provider files what it sends"
                : "its provider files nothing of what it sends; copies are put into its Sent folder"
        );
}

base::Task<base::Result<>> SentKeeper::append(
    imap::Client& client, SentMail mail, std::string folder, base::MonotonicTime deadline
) {
    const Side side = side_;
    const std::int64_t id = mail.id;
    const bool begun = co_await db_.run(role(), [side, id](store::Connection& connection) {
        return begin_append(connection, side, id);
    });
    if (!begun || !mail.raw) co_return base::Result<>();
    std::string raw = *mail.raw;
    const auto appended =
        co_await client.append(std::move(folder), std::move(raw), "\\Seen", mail.sent_at, deadline);
    if (!appended && !client.usable()) co_return base::pass_on(appended);
    if (!appended)
        base::log::warn(
            "delivery", "email {}: no copy in Sent: {}", id, appended.error().describe()
        );
    std::string how = appended ? "appended" : "given_up";
    co_await end(id, std::move(how));
    co_return base::Result<>();
}

base::Task<> SentKeeper::end(std::int64_t email_id, std::string how) {
    const Side side = side_;
    co_await db_.run(role(), [side, email_id, how](store::Connection& connection) {
        end_copy(connection, side, email_id, how);
    });
}

}  // namespace delivery
