#include "engine/imported_reputation.h"

#include "documents/extended_json.h"
#include "warmup/imported_usage.h"

namespace engine {

namespace {

using documents::Value;

std::string account_in(const Value& document) {
    for (const char* name : {"email", "account", "from_account", "account_email", "mailbox"})
        if (const auto text = documents::text_of(document.find(name))) return *text;
    return {};
}

// All that counts something, and a mark that it was not counted here.
std::string numbers_in(const Value& document) {
    Value numbers = Value::of_object({{"imported", Value::of_bool(true)}});
    for (const documents::Member& member : document.members)
        if (documents::real_of(&member.value)) numbers.members.push_back(member);
    return documents::to_json(numbers, documents::Style::relaxed);
}

}  // namespace

void import_reputation(store::Connection& connection, const std::vector<Value>& documents) {
    for (const Value& document : documents) {
        const auto day = warmup::day_in(document);
        const std::string account = account_in(document);
        if (!day || account.empty()) continue;
        const std::int64_t mailbox = connection.integer(
            "SELECT id FROM mailboxes WHERE lower(email) = lower(:email) ORDER BY id",
            store::values(account)
        );
        if (mailbox == 0) continue;
        connection.execute(
            "INSERT INTO account_reputation (mailbox_id, day, numbers) "
            "VALUES (:mailbox, :day, :numbers) ON CONFLICT (mailbox_id, day) DO NOTHING",
            store::values(mailbox, *day, numbers_in(document))
        );
    }
}

}  // namespace engine
