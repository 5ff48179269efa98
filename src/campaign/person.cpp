#include "campaign/person.h"

#include <fmt/format.h>

#include <algorithm>

#include "campaign/lead_store.h"

namespace campaign {

namespace {

using Ids = std::vector<std::int64_t>;

struct Id {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Id, (), (id))

constexpr std::size_t kErasedAtOnce = 100;

Ids ids_of(store::Connection& connection, const std::string& sql, const store::Values& values) {
    Ids ids;
    for (const Id& row : connection.select<Id>(sql, values)) ids.push_back(row.id);
    return ids;
}

Ids rows_of_leads(store::Connection& connection, PersonTable table, const Ids& leads) {
    Ids ids;
    for (const std::int64_t lead : leads) {
        const Ids more = ids_of(
            connection,
            fmt::format(
                "SELECT id FROM {} WHERE lead_id = :lead ORDER BY id LIMIT 500", table_name(table)
            ),
            store::values(lead)
        );
        ids.insert(ids.end(), more.begin(), more.end());
    }
    std::ranges::sort(ids);
    return ids;
}

Ids suppressions_of(store::Connection& connection, const SuppressionKeys& keys) {
    return ids_of(
        connection,
        "SELECT id FROM suppressions WHERE (kind = 'address' AND value = :key) "
        "OR (kind = 'hash' AND value = :hash) ORDER BY id",
        store::values(keys.address_key, keys.hash)
    );
}

base::Task<Ids> scan(store::Database& db, PersonTable table, std::string key) {
    Ids ids;
    std::int64_t after = 0;
    do {
        const PersonRows page = co_await db.read(
            store::Role::operator_,
            [table, key, after](store::Connection& connection) {
                return rows_of_person(connection, table, key, after);
            }
        );
        ids.insert(ids.end(), page.ids.begin(), page.ids.end());
        after = page.last_id;
    } while (after != 0);
    co_return ids;
}

base::Task<std::vector<KeptText>> kept_beside(
    store::Database& db, std::string table, std::string collection, Ids ids
) {
    std::vector<KeptText> kept;
    for (std::size_t at = 0; at < ids.size(); at += kErasedAtOnce) {
        const Ids part(
            ids.begin() + static_cast<std::ptrdiff_t>(at),
            ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kErasedAtOnce))
        );
        const auto some = co_await db.read(
            store::Role::operator_,
            [table, collection, part](store::Connection& connection) {
                return kept_of_rows(connection, table, collection, part);
            }
        );
        kept.insert(kept.end(), some.begin(), some.end());
    }
    co_return kept;
}

base::Task<std::vector<KeptText>> whole_documents(store::Database& db, std::string key) {
    std::vector<KeptText> kept;
    WholePage page;
    do {
        const WholePage from = page;
        page = co_await db.read(store::Role::operator_, [key, from](store::Connection& connection) {
            return find_in_whole_documents(connection, key, from);
        });
        kept.insert(kept.end(), page.found.begin(), page.found.end());
    } while (page.more);
    co_return kept;
}

base::Task<std::vector<KeptText>> kept_of(store::Database& db, Person person) {
    std::vector<KeptText> kept = co_await kept_beside(db, "leads", "leads", person.lead_ids);
    for (const PersonTable table : {PersonTable::drafts, PersonTable::emails}) {
        const auto more = co_await kept_beside(
            db,
            std::string(table_name(table)),
            std::string(collection_of(table)),
            person.rows[table]
        );
        kept.insert(kept.end(), more.begin(), more.end());
    }
    const auto whole = co_await whole_documents(db, person.keys.address_key);
    kept.insert(kept.end(), whole.begin(), whole.end());
    co_return kept;
}

base::Task<base::Result<std::int64_t>> erase_leads(
    store::Database& db, Ids leads, base::Timestamp now
) {
    std::int64_t count = 0;
    for (const std::int64_t id : leads) {
        const auto erased =
            co_await db.run(store::Role::campaign, [id, now](store::Connection& connection) {
                return erase_lead(connection, id, now);
            });
        if (!erased) co_return base::pass_on(erased);
        count += erased->leads;
    }
    co_return count;
}

base::Task<base::Result<>> erase_alone(store::Database& db, PersonTable table, Ids ids) {
    for (std::size_t at = 0; at < ids.size(); at += kErasedAtOnce) {
        const Ids part(
            ids.begin() + static_cast<std::ptrdiff_t>(at),
            ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kErasedAtOnce))
        );
        const auto erased =
            co_await db.run(store::Role::campaign, [table, part](store::Connection& connection) {
                return erase_rows(connection, table, part);
            });
        if (!erased) co_return base::pass_on(erased);
    }
    co_return base::Result<>();
}

}  // namespace

bool Person::known() const {
    return !lead_ids.empty() || !suppression_ids.empty() || !kept.empty() ||
           std::ranges::any_of(rows, [](const auto& one) { return !one.second.empty(); });
}

base::Task<Person> find_person(store::Database& db, base::Email email, SuppressionKeys keys) {
    Person person;
    person.email = email;
    person.keys = keys;
    const std::string key = keys.address_key;
    person.lead_ids =
        co_await db.read(store::Role::operator_, [key](store::Connection& connection) {
            Ids ids;
            for (const Lead& lead : leads_by_key(connection, key)) ids.push_back(lead.id);
            return ids;
        });
    person.suppression_ids =
        co_await db.read(store::Role::operator_, [keys](store::Connection& connection) {
            return suppressions_of(connection, keys);
        });
    const Ids leads = person.lead_ids;
    for (const PersonTable table : kPersonTables) {
        const Ids named = co_await scan(db, table, key);
        const Ids theirs =
            co_await db.read(store::Role::operator_, [table, leads](store::Connection& connection) {
                return rows_of_leads(connection, table, leads);
            });
        std::ranges::set_union(named, theirs, std::back_inserter(person.rows[table]));
        std::ranges::set_difference(named, theirs, std::back_inserter(person.alone[table]));
    }
    person.kept = co_await kept_of(db, person);
    co_return person;
}

// The leads first, each with what hangs on it; then rows that name the address alone; the hash
// last, so that an erasing that is cut off is found again by its address.
base::Task<base::Result<Erased>> erase_person(
    store::Database& db, Person person, base::Timestamp now
) {
    Erased total;
    const auto leads = co_await erase_leads(db, person.lead_ids, now);
    if (!leads) co_return base::pass_on(leads);
    total.leads = *leads;
    for (const PersonTable table : kPersonTables) {
        const auto erased = co_await erase_alone(db, table, person.alone[table]);
        if (!erased) co_return base::pass_on(erased);
    }
    const auto count = [&](PersonTable table) {
        return static_cast<std::int64_t>(person.rows[table].size());
    };
    total.drafts = count(PersonTable::drafts);
    total.emails = count(PersonTable::emails);
    total.replies = count(PersonTable::replies);
    const SuppressionKeys keys = person.keys;
    WholePage page;
    do {
        const WholePage from = page;
        page = co_await db.run(store::Role::campaign, [keys, from](store::Connection& connection) {
            return forget_in_whole_documents(connection, keys.address_key, from);
        });
    } while (page.more);
    co_await db.run(store::Role::campaign, [keys, now](store::Connection& connection) {
        keep_hash_only(connection, keys.address_key, keys.hash, now);
    });
    co_return total;
}

}  // namespace campaign
