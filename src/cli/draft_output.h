// How commands show drafts, and read an edited one: "Subject: …", a blank line, the body.
#pragma once
#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "campaign/draft_store.h"
#include "campaign/review.h"

namespace cli {

std::string draft_text(const campaign::DraftText& text);
// invalid_input where the form is another one.
base::Result<campaign::DraftText> read_draft_text(const std::string& text);

boost::json::array findings_array(const std::vector<campaign::Finding>& findings);
// "90 of 100, passed" and a line for each finding.
std::string review_text(const campaign::Review& review);

}  // namespace cli
