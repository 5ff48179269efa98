// What is known of a person, and forgetting it. Erasing wipes address, name and every text, here
// and in what was sent to and came from the person; ids stay, and a keyed hash in suppressions, so
// that no later import writes there again. Inside jobs: reading on the operator's role, erasing on
// the campaign's.
//
// Rows are found by the leads of the address, and by the address itself where they name no lead
// (imported ones): pages of 500 rows by id, for which the tables have no other index.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/email.h"
#include "base/result.h"
#include "base/time.h"
#include "store/connection.h"

namespace campaign {

// Where a person's address stands in a table, beside `leads`.
enum class PersonTable { drafts, emails, replies };
inline constexpr PersonTable kPersonTables[] = {
    PersonTable::drafts, PersonTable::emails, PersonTable::replies
};

std::string_view table_name(PersonTable table);
// Of the documents that its imported rows came from.
std::string_view collection_of(PersonTable table);

struct PersonRows {
    std::vector<std::int64_t> ids;
    std::int64_t last_id = 0;  // how far the page went; 0 at the end
};
// Rows of the page after `after` that name the address (compared as address keys).
PersonRows rows_of_person(
    store::Connection& connection,
    PersonTable table,
    std::string_view address_key,
    std::int64_t after
);

struct Erased {
    std::int64_t leads = 0;
    std::int64_t drafts = 0;
    std::int64_t emails = 0;
    std::int64_t replies = 0;
};
// One lead with its drafts, mails and replies. conflict while a worker holds one of its drafts.
base::Result<Erased> erase_lead(
    store::Connection& connection, std::int64_t lead_id, base::Timestamp now
);
// Rows that name the address and belong to none of its leads; at most 500 ids. conflict as above.
base::Result<std::int64_t> erase_rows(
    store::Connection& connection, PersonTable table, const std::vector<std::int64_t>& ids
);
// The address in suppressions becomes its keyed hash, with the reason it had, else "erased".
void keep_hash_only(
    store::Connection& connection,
    std::string_view address_key,
    std::string_view hash,
    base::Timestamp now
);

}  // namespace campaign
