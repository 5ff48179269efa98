// Everything that names a person, by address: what `lead export` shows and `lead erase` wipes.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/email.h"
#include "campaign/lead_privacy.h"
#include "campaign/suppression.h"
#include "engine/runtime.h"

namespace cli {

struct Person {
    base::Email email;
    campaign::SuppressionKeys keys;
    std::vector<std::int64_t> lead_ids;
    // Rows that name the address, by its leads or by itself.
    std::map<campaign::PersonTable, std::vector<std::int64_t>> rows;
    std::vector<std::int64_t> suppression_ids;

    bool known() const;
};

// Looks through all tables of campaigns, page by page.
Person find_person(engine::Runtime& runtime, const base::Email& email);

}  // namespace cli
