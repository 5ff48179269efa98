// What a lead would get, before anything is written: the draft that lives, else the campaign's text
// rendered for this lead, with what review says of it. Reads only; the operator may.
#pragma once
#include <string>

#include "campaign/draft_store.h"
#include "campaign/review.h"
#include "store/connection.h"

namespace campaign {

struct Preview {
    std::int64_t lead_id = 0;
    std::string to;
    std::optional<std::int64_t> draft_id = std::nullopt;  // of the draft that lives
    std::string variant = {};
    DraftText text = {};
    std::string impossible = {};  // why this lead can't be written to; then there is no text
    Review review = {};
};

// `lead_email` empty: the campaign's first lead. not_found (lead, text of the step), unsupported
// where a model writes and has not yet, invalid_input (template, postal address).
base::Result<Preview> preview(
    store::Connection& connection, std::int64_t campaign_id, const std::string& lead_email, int step
);

}  // namespace campaign
