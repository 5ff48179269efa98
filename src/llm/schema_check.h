// Whether a JSON text fits a JSON schema, as far as our questions use schemas.
//
// Understood: type (one name or a list), properties, required, items, enum, minItems, maxItems,
// minLength, maxLength. Other keywords are ignored; properties that the schema does not name are
// tolerated, since weaker models add some. Nesting is bounded by Boost.JSON's parser (32).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace llm {

// Nothing where it fits; else where and why, as "templates[2].subject is missing". The words are
// ours, no value is repeated. A schema that is no JSON object is a broken invariant.
std::optional<std::string> schema_misfit(std::string_view json, std::string_view schema);

}  // namespace llm
