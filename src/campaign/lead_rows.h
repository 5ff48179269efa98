// A record of a lead file as a lead: values cleaned, not yet judged (lead_checks.h). Pure.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "campaign/lead_columns.h"
#include "campaign/lead_file.h"

namespace campaign {

struct LeadRow {
    std::int64_t line = 0;
    std::string email;  // as it stands there, without what surrounds it
    std::string name;
    std::string company;
    std::string title;
    std::string country;  // ISO 3166-1 alpha-2, or empty
    std::string zone;     // IANA, or empty
    std::string source;
    std::string basis;
    std::map<std::string, std::string> fields;  // first_name, last_name and the own columns
    std::string problem;                        // not empty: the record could not be read
};

LeadRow row_of(const LeadColumns& columns, const LeadRecord& record);

// "mailto:ann@example.com", "Ann <ann@example.com>;" and blanks of all kinds around it.
std::string address_in(std::string_view text);
// "Germany", "de", "Deutschland" → "DE"; empty where it is none that we know.
std::string country_code(std::string_view text);
// The country of a domain's ending; empty for endings that everybody uses ("io", "co", "me").
std::string country_of_domain(std::string_view domain);
// One line without control characters, at most `bytes_max` bytes of whole characters.
std::string clean_value(std::string_view text, std::size_t bytes_max);

}  // namespace campaign
