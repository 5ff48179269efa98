#include "cli/person.h"

#include <fmt/format.h>

#include <algorithm>

#include "campaign/address_key.h"
#include "campaign/lead_store.h"

namespace cli {

namespace {

struct Id {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Id, (), (id))

std::string_view table_name(campaign::PersonTable table) {
    switch (table) {
        case campaign::PersonTable::drafts:
            return "email_drafts";
        case campaign::PersonTable::emails:
            return "emails_campaign";
        case campaign::PersonTable::replies:
            return "campaign_replies";
    }
    return "";
}

std::vector<std::int64_t> rows_of_lead(
    store::Connection& connection, campaign::PersonTable table, std::int64_t lead_id
) {
    std::vector<std::int64_t> ids;
    for (const Id& row : connection.select<Id>(
             fmt::format(
                 "SELECT id FROM {} WHERE lead_id = :lead ORDER BY id LIMIT 500", table_name(table)
             ),
             store::values(lead_id)
         ))
        ids.push_back(row.id);
    return ids;
}

std::vector<std::int64_t> scan(
    engine::Runtime& runtime, campaign::PersonTable table, const std::string& key
) {
    std::vector<std::int64_t> ids;
    std::int64_t after = 0;
    do {
        const campaign::PersonRows page =
            runtime.job(store::Role::operator_, [table, key, after](store::Connection& connection) {
                return campaign::rows_of_person(connection, table, key, after);
            });
        ids.insert(ids.end(), page.ids.begin(), page.ids.end());
        after = page.last_id;
    } while (after != 0);
    return ids;
}

std::vector<std::int64_t> suppressions_of(
    store::Connection& connection, const campaign::SuppressionKeys& keys
) {
    std::vector<std::int64_t> ids;
    for (const Id& row : connection.select<Id>(
             "SELECT id FROM suppressions WHERE (kind = 'address' AND value = :key) "
             "OR (kind = 'hash' AND value = :hash) ORDER BY id",
             store::values(keys.address_key, keys.hash)
         ))
        ids.push_back(row.id);
    return ids;
}

}  // namespace

bool Person::known() const {
    return !lead_ids.empty() || !suppression_ids.empty() ||
           std::ranges::any_of(rows, [](const auto& one) { return !one.second.empty(); });
}

Person find_person(engine::Runtime& runtime, const base::Email& email) {
    Person person;
    person.email = email;
    person.keys = campaign::suppression_keys(email, runtime.vault());
    const campaign::SuppressionKeys keys = person.keys;
    person.lead_ids = runtime.job(store::Role::operator_, [keys](store::Connection& connection) {
        std::vector<std::int64_t> ids;
        for (const campaign::Lead& lead : campaign::leads_by_key(connection, keys.address_key))
            ids.push_back(lead.id);
        return ids;
    });
    person.suppression_ids =
        runtime.job(store::Role::operator_, [keys](store::Connection& connection) {
            return suppressions_of(connection, keys);
        });
    for (const campaign::PersonTable table : campaign::kPersonTables) {
        std::vector<std::int64_t> ids = scan(runtime, table, keys.address_key);
        for (const std::int64_t lead : person.lead_ids) {
            const auto more =
                runtime.job(store::Role::operator_, [table, lead](store::Connection& connection) {
                    return rows_of_lead(connection, table, lead);
                });
            ids.insert(ids.end(), more.begin(), more.end());
        }
        std::ranges::sort(ids);
        const auto twice = std::ranges::unique(ids);
        ids.erase(twice.begin(), twice.end());
        person.rows[table] = std::move(ids);
    }
    return person;
}

}  // namespace cli
