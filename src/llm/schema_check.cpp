#include "llm/schema_check.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/check.h"

namespace llm {

namespace {

namespace json = boost::json;
using Misfit = std::optional<std::string>;

bool is_of_type(const json::value& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "number") return value.is_number();
    return true;
}

Misfit check_type(const json::value& value, const json::object& schema, const std::string& path) {
    const json::value* type = schema.if_contains("type");
    if (type == nullptr) return std::nullopt;
    if (type->is_string()) {
        const std::string_view name = type->get_string();
        if (is_of_type(value, name)) return std::nullopt;
        return fmt::format("{} is not of type {}", path, name);
    }
    if (!type->is_array()) return std::nullopt;
    for (const json::value& one : type->get_array())
        if (one.is_string() && is_of_type(value, one.get_string())) return std::nullopt;
    return path + " is of none of the wanted types";
}

Misfit check_enum(const json::value& value, const json::object& schema, const std::string& path) {
    const json::value* allowed = schema.if_contains("enum");
    if (allowed == nullptr || !allowed->is_array()) return std::nullopt;
    for (const json::value& one : allowed->get_array())
        if (one == value) return std::nullopt;
    return path + " is none of the wanted values";
}

Misfit check_count(
    std::size_t count,
    const json::object& schema,
    const char* least,
    const char* most,
    const std::string& path
) {
    const auto bound = [&](const char* name) -> std::optional<std::size_t> {
        const json::value* value = schema.if_contains(name);
        if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return std::nullopt;
        return static_cast<std::size_t>(value->get_int64());
    };
    const auto low = bound(least);
    const auto high = bound(most);
    if (low && count < *low) return fmt::format("{} has {}, at least {} wanted", path, count, *low);
    if (high && count > *high)
        return fmt::format("{} has {}, at most {} wanted", path, count, *high);
    return std::nullopt;
}

Misfit check(const json::value& value, const json::value& schema, const std::string& path);

Misfit check_object(
    const json::object& object, const json::object& schema, const std::string& path
) {
    if (const json::value* required = schema.if_contains("required");
        required && required->is_array())
        for (const json::value& name : required->get_array())
            if (name.is_string() && !object.contains(name.get_string()))
                return fmt::format("{}.{} is missing", path, std::string_view(name.get_string()));
    const json::value* properties = schema.if_contains("properties");
    if (properties == nullptr || !properties->is_object()) return std::nullopt;
    for (const auto& property : properties->get_object()) {
        const json::value* member = object.if_contains(property.key());
        if (member == nullptr) continue;
        const std::string where = fmt::format("{}.{}", path, std::string_view(property.key()));
        if (Misfit misfit = check(*member, property.value(), where)) return misfit;
    }
    return std::nullopt;
}

Misfit check_array(const json::array& array, const json::object& schema, const std::string& path) {
    if (Misfit misfit = check_count(array.size(), schema, "minItems", "maxItems", path))
        return misfit;
    const json::value* items = schema.if_contains("items");
    if (items == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < array.size(); ++i)
        if (Misfit misfit = check(array[i], *items, fmt::format("{}[{}]", path, i))) return misfit;
    return std::nullopt;
}

// The schema is our own text and bounds the recursion.
Misfit check(const json::value& value, const json::value& schema, const std::string& path) {
    if (!schema.is_object()) return std::nullopt;
    const json::object& rules = schema.get_object();
    if (Misfit misfit = check_type(value, rules, path)) return misfit;
    if (Misfit misfit = check_enum(value, rules, path)) return misfit;
    if (value.is_object()) return check_object(value.get_object(), rules, path);
    if (value.is_array()) return check_array(value.get_array(), rules, path);
    if (value.is_string())
        return check_count(value.get_string().size(), rules, "minLength", "maxLength", path);
    return std::nullopt;
}

}  // namespace

Misfit schema_misfit(std::string_view json, std::string_view schema) {
    json::error_code error;
    const json::value rules = json::parse(schema, error);
    CHECK(!error && rules.is_object());
    const json::value value = json::parse(json, error);
    if (error) return "it is not JSON (" + error.message() + ")";
    if (!value.is_object()) return "it is no JSON object";
    Misfit misfit = check(value, rules, "");
    // Paths are written from the answer's top level: ".subject" → "subject".
    if (misfit && misfit->starts_with('.')) misfit->erase(0, 1);
    return misfit;
}

}  // namespace llm
