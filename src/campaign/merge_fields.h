// What a template may name: the values of one lead and of its campaign, by field name.
//
// A lead's values are data of strangers: one line each, without control characters, never read as
// template syntax. Words that only say "nothing" ("N/A", "null", "-") count as missing, so that a
// fallback stands in.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/records.h"
#include "campaign/settings.h"

namespace campaign {

// By name in lower case; a field without a value is absent.
using MergeFields = std::map<std::string, std::string, std::less<>>;

// first_name, last_name, name, company, title, country, email, domain, sender_name, sender_company,
// and the lead's own columns, which never cover these.
MergeFields merge_fields(const Lead& lead, const Settings& settings);

// "Company Name" and "company-name" are company_name.
std::string field_name(std::string_view text);
// One line without control characters and blanks at its ends; empty for a word that says nothing.
std::string field_value(std::string_view text);

// The lead's own columns.
std::vector<std::pair<std::string, std::string>> own_fields(const Lead& lead);
// "Dr. Anna Maria Schmidt" → "Anna"; empty where there is none.
std::string first_name_of(std::string_view name);
std::string last_name_of(std::string_view name);

}  // namespace campaign
