#include "documents/extended_json_types.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "documents/extended_json.h"
#include "documents/special_types.h"

namespace documents {

namespace {

using Folded = base::Result<Value>;

std::unexpected<base::Error> malformed(const Value& object, std::string_view wanted) {
    return base::fail(
        base::ErrorCode::invalid_input,
        "extended json",
        fmt::format("{} is not {}", base::printable(to_json(object, Style::relaxed), 80), wanted)
    );
}

// A whole number, plain or as {"$numberLong": "…"} (folded already), or in digits.
std::optional<std::int64_t> whole(const Value* value) {
    if (const auto number = int_of(value)) return number;
    if (!value || value->kind != Kind::text) return std::nullopt;
    std::int64_t number = 0;
    const char* end = value->text.data() + value->text.size();
    const auto [stop, error] = std::from_chars(value->text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

Folded fold_id(const Value& object) {
    const auto hex = text_of(object.find("$oid"));
    const std::string lower = hex ? base::to_lower(*hex) : std::string();
    if (!is_object_id(lower)) return malformed(object, "an ObjectId of 24 hex digits");
    return Value::of_id(lower);
}

Folded fold_date(const Value& object) {
    const Value* date = object.find("$date");
    if (const auto millis = int_of(date)) {
        Value value;
        value.kind = Kind::date;
        value.number = *millis;
        return value;
    }
    auto text = text_of(date).value_or("");
    // "+0000" is how version 1 wrote it; RFC 3339 wants a colon.
    if (text.size() > 5 && (text[text.size() - 5] == '+' || text[text.size() - 5] == '-'))
        text.insert(text.size() - 2, ":");
    const auto time = base::from_iso(text);
    if (!time) return malformed(object, "a date (RFC 3339, or milliseconds since 1970)");
    return Value::of_date(*time);
}

Folded fold_int(const Value& object, std::string_view name) {
    const auto number = whole(object.find(name));
    const bool narrow = name == "$numberInt";
    using Narrow = std::numeric_limits<std::int32_t>;
    if (!number || (narrow && (*number < Narrow::min() || *number > Narrow::max())))
        return malformed(object, "a whole number that fits");
    Value value;
    value.kind = narrow ? Kind::int32 : Kind::int64;
    value.number = *number;
    return value;
}

Folded fold_real(const Value& object) {
    const Value* number = object.find("$numberDouble");
    if (const auto real = real_of(number)) return Value::of_real(*real);
    const std::string text = text_of(number).value_or("");
    if (text == "NaN") return Value::of_real(std::numeric_limits<double>::quiet_NaN());
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (text == "Infinity" || text == "-Infinity")
        return Value::of_real(text.front() == '-' ? -kInfinity : kInfinity);
    double real = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), real);
    if (text.empty() || error != std::errc() || stop != text.data() + text.size())
        return malformed(object, "a number");
    return Value::of_real(real);
}

Folded fold_binary(const Value& object) {
    const Value* binary = object.find("$binary");
    const Value* inner = binary && binary->kind == Kind::object ? binary : nullptr;
    const auto base64 = text_of(inner ? inner->find("base64") : binary);
    const Value* type = inner ? inner->find("subType") : object.find("$type");
    unsigned subtype = 0;
    bool known = false;
    if (const auto number = int_of(type)) {
        known = *number >= 0 && *number <= 255;
        subtype = static_cast<unsigned>(*number);
    } else if (const auto hex = text_of(type); hex && !hex->empty() && hex->size() <= 2) {
        const char* end = hex->data() + hex->size();
        known = std::from_chars(hex->data(), end, subtype, 16).ptr == end;
    }
    const auto bytes = base64 ? base::base64_decode(*base64) : std::nullopt;
    if (!bytes || !known) return malformed(object, "base64 with a subtype");
    return special_binary(*base64, subtype);
}

Folded fold_regex(const Value& object, std::string_view name) {
    const Value* outer = object.find(name);
    const bool new_form = name == "$regularExpression";
    const Value* pattern = new_form && outer ? outer->find("pattern") : outer;
    const Value* options = new_form && outer ? outer->find("options") : object.find("$options");
    // In an object that is a query's, not a value's, it stays what it is.
    if (!new_form && (!pattern || pattern->kind != Kind::text)) return object;
    const auto text = text_of(pattern);
    if (!text) return malformed(object, "a regular expression");
    return special_regex(*text, text_of(options).value_or(""));
}

Folded fold_timestamp(const Value& object) {
    const Value* inner = object.find("$timestamp");
    const auto seconds = inner ? int_of(inner->find("t")) : std::nullopt;
    const auto increment = inner ? int_of(inner->find("i")) : std::nullopt;
    constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
    if (!seconds || !increment || *seconds < 0 || *seconds > kMax || *increment < 0 ||
        *increment > kMax)
        return malformed(object, "a timestamp {t, i}");
    return special_timestamp(
        static_cast<std::uint32_t>(*seconds), static_cast<std::uint32_t>(*increment)
    );
}

Folded fold_pointer(const Value& object) {
    const Value* inner = object.find("$dbPointer");
    const auto collection = inner ? text_of(inner->find("$ref")) : std::nullopt;
    const Value* id = inner ? inner->find("$id") : nullptr;
    if (!collection || !id || id->kind != Kind::object_id)
        return malformed(object, "a pointer {$ref, $id}");
    return special_pointer(*collection, id->text);
}

Folded fold_text(const Value& object, std::string_view name) {
    const auto text = text_of(object.find(name));
    if (!text) return malformed(object, "text");
    if (name == "$symbol") return special_symbol(*text);
    if (name == "$numberDecimal") return special_decimal(*text);
    const Value* scope = object.find("$scope");
    if (scope && scope->kind != Kind::object) return malformed(object, "code with its scope");
    return special_code(*text, scope);
}

}  // namespace

base::Result<Value> fold_type(Value object) {
    const std::vector<Member>& members = object.members;
    if (members.empty() || !members.front().name.starts_with('$') || members.size() > 2)
        return object;
    const std::string& name = members.front().name;
    const bool alone = members.size() == 1;
    if (alone && name == "$oid") return fold_id(object);
    if (alone && name == "$date") return fold_date(object);
    if (alone && (name == "$numberInt" || name == "$numberLong")) return fold_int(object, name);
    if (alone && name == "$numberDouble") return fold_real(object);
    if (alone && name == "$timestamp") return fold_timestamp(object);
    if (alone && name == "$dbPointer") return fold_pointer(object);
    if (alone && (name == "$symbol" || name == "$numberDecimal")) return fold_text(object, name);
    if (alone && (name == "$minKey" || name == "$maxKey" || name == "$undefined"))
        return special_mark(name);
    const std::string& last = members.back().name;
    if (name == "$code" && (alone || last == "$scope")) return fold_text(object, name);
    if ((name == "$binary" && (alone || last == "$type")) || (name == "$type" && last == "$binary"))
        return fold_binary(object);
    if (name == "$regularExpression" && alone) return fold_regex(object, name);
    if (name == "$regex" && last == "$options") return fold_regex(object, name);
    return object;
}

}  // namespace documents
