// Which column of a lead file means what: by the owner's word, by the preset of the tool that wrote
// the file (data/campaign/lead_presets.json), else by the names that columns usually have. What is
// left are merge fields of its own.
//
// Names are compared without case, blanks and marks: "First Name", first_name and firstName are
// one.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace campaign {

struct LeadColumns {
    std::string preset;   // "apollo", …, "generic"
    bool heading = true;  // false: the first record is a lead already
    // email, name, first_name, last_name, company, title, country, zone, source, basis → columns in
    // order of trust; the first that is not empty counts.
    std::map<std::string, std::vector<std::size_t>, std::less<>> meaning;
    std::vector<std::pair<std::string, std::size_t>> own;  // merge field → column
    std::vector<std::string> left_out;                     // by the preset
};

struct ColumnWish {
    std::string preset;                                       // "": found by the columns
    std::vector<std::pair<std::string, std::string>> mapped;  // field → column, as --map says it
};

// The names of the presets.
std::vector<std::string> preset_names();

// "email=E-Mail,company=Firma, Ort": pairs; a piece without '=' belongs to the column before it.
base::Result<std::vector<std::pair<std::string, std::string>>> read_mapping(std::string_view text);

// invalid_input names what is wrong (no column for the address, an unknown column, an unknown
// preset) and which columns there are.
base::Result<LeadColumns> find_columns(
    const std::vector<std::string>& first_record, const ColumnWish& wish
);

// Lower case letters, digits and what is not ASCII.
std::string squashed(std::string_view name);
// "# Employees (est.)" → "employees_est".
std::string merge_field_name(std::string_view column);

}  // namespace campaign
