// Everything that names a person, by address: what `lead export` shows and `lead erase` wipes.
// Looks through all tables of campaigns, page by page, each a job of its own.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/email.h"
#include "base/task.h"
#include "campaign/imported_people.h"
#include "campaign/lead_privacy.h"
#include "campaign/suppression.h"
#include "store/database.h"

namespace campaign {

using PersonIds = std::map<PersonTable, std::vector<std::int64_t>>;

struct Person {
    base::Email email;
    SuppressionKeys keys;
    std::vector<std::int64_t> lead_ids;
    PersonIds rows;   // that name the address, or belong to one of its leads
    PersonIds alone;  // of these: that belong to none of its leads
    std::vector<std::int64_t> suppression_ids;
    // What an import kept beside these rows, and whole documents that name the address.
    std::vector<KeptText> kept;

    bool known() const;
};
base::Task<Person> find_person(store::Database& db, base::Email email, SuppressionKeys keys);

// Wipes all of it but the ids, and keeps the hash (lead_privacy.h). conflict while a mail to the
// person is being sent: done again, it goes on where it stopped.
base::Task<base::Result<Erased>> erase_person(
    store::Database& db, Person person, base::Timestamp now
);

}  // namespace campaign
