#include "documents/document.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "documents/extended_json.h"

namespace documents {

std::string_view in_words(Kind kind) {
    switch (kind) {
        case Kind::null:
            return "null";
        case Kind::boolean:
            return "true or false";
        case Kind::int32:
        case Kind::int64:
        case Kind::real:
            return "a number";
        case Kind::text:
            return "text";
        case Kind::object_id:
            return "an ObjectId";
        case Kind::date:
            return "a date";
        case Kind::object:
            return "an object";
        case Kind::array:
            return "an array";
        case Kind::special:
            return "a special type";
    }
    return "unknown";
}

namespace {

Value made(Kind kind, std::int64_t number) {
    Value value;
    value.kind = kind;
    value.number = number;
    return value;
}

bool is_number(const Value& value) {
    return value.kind == Kind::int32 || value.kind == Kind::int64 || value.kind == Kind::real;
}

}  // namespace

Value Value::of_text(std::string text) {
    Value value;
    value.kind = Kind::text;
    value.text = std::move(text);
    return value;
}

Value Value::of_id(std::string hex) {
    Value value = of_text(std::move(hex));
    if (is_object_id(value.text)) value.kind = Kind::object_id;
    return value;
}

Value Value::of_bool(bool value) { return made(Kind::boolean, value ? 1 : 0); }

Value Value::of_int(std::int64_t value) {
    using Narrow = std::numeric_limits<std::int32_t>;
    const bool narrow = value >= Narrow::min() && value <= Narrow::max();
    return made(narrow ? Kind::int32 : Kind::int64, value);
}

Value Value::of_real(double real) {
    Value value = made(Kind::real, 0);
    value.real = real;
    return value;
}

Value Value::of_date(base::Timestamp time) {
    // Towards the past, so that times before 1970 keep their millisecond.
    const std::int64_t rest = time.micros % 1000;
    return made(Kind::date, (time.micros - (rest < 0 ? rest + 1000 : rest)) / 1000);
}

Value Value::of_object() { return made(Kind::object, 0); }

Value Value::of_object(std::vector<Member> members) {
    Value value = made(Kind::object, 0);
    value.members = std::move(members);
    return value;
}

const Value* Value::find(std::string_view name) const {
    if (kind != Kind::object) return nullptr;
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &found->value;
}

void Value::add(std::string name, Value value) {
    members.push_back({std::move(name), std::move(value)});
}

bool operator==(const Value& left, const Value& right) {
    if (left.kind != right.kind) return false;
    switch (left.kind) {
        case Kind::null:
            return true;
        case Kind::boolean:
        case Kind::int32:
        case Kind::int64:
        case Kind::date:
            return left.number == right.number;
        case Kind::real:
            return std::bit_cast<std::uint64_t>(left.real) ==
                       std::bit_cast<std::uint64_t>(right.real) ||
                   (std::isnan(left.real) && std::isnan(right.real));
        case Kind::text:
        case Kind::object_id:
        case Kind::special:
            return left.text == right.text;
        case Kind::object:
        case Kind::array:
            return left.members == right.members;
    }
    return false;
}

bool operator==(const Member& left, const Member& right) {
    return left.name == right.name && left.value == right.value;
}

std::optional<std::string> text_of(const Value* value) {
    if (!value || value->kind != Kind::text) return std::nullopt;
    return value->text;
}

std::optional<bool> bool_of(const Value* value) {
    if (!value) return std::nullopt;
    if (value->kind == Kind::boolean) return value->number != 0;
    if (is_number(*value)) return value->kind == Kind::real ? value->real != 0 : value->number != 0;
    return std::nullopt;
}

std::optional<std::int64_t> int_of(const Value* value) {
    if (!value || !is_number(*value)) return std::nullopt;
    if (value->kind != Kind::real) return value->number;
    // 2^53: beyond it a real is not exact any more.
    if (std::trunc(value->real) != value->real || std::abs(value->real) > 9007199254740992.0)
        return std::nullopt;
    return static_cast<std::int64_t>(value->real);
}

std::optional<double> real_of(const Value* value) {
    if (!value || !is_number(*value)) return std::nullopt;
    if (value->kind != Kind::real) return static_cast<double>(value->number);
    if (!std::isfinite(value->real)) return std::nullopt;
    return value->real;
}

std::optional<base::Timestamp> date_of(const Value* value) {
    // Microseconds of more than that do not fit.
    constexpr std::int64_t kMillisMax = std::numeric_limits<std::int64_t>::max() / 1000;
    if (!value) return std::nullopt;
    if (value->kind == Kind::text) return base::from_iso(value->text);
    if (value->kind != Kind::date || value->number > kMillisMax || value->number < -kMillisMax)
        return std::nullopt;
    return base::Timestamp{value->number * 1000};
}

bool absent(const Value* value) { return !value || value->kind == Kind::null; }

std::optional<std::string> id_of(const Value& document) {
    const Value* id = document.find("_id");
    if (absent(id)) return std::nullopt;
    if (id->kind == Kind::object_id || id->kind == Kind::text) return id->text;
    return to_json(*id, Style::canonical);
}

bool is_object_id(std::string_view text) {
    return text.size() == 24 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<base::Timestamp> time_of_id(std::string_view hex) {
    if (!is_object_id(hex)) return std::nullopt;
    std::uint32_t seconds = 0;
    std::from_chars(hex.data(), hex.data() + 8, seconds, 16);
    return base::Timestamp{std::int64_t{seconds} * 1'000'000};
}

}  // namespace documents
