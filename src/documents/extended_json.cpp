// Writing Extended JSON; reading is in extended_json_reader.cpp.
#include "documents/extended_json.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "base/text.h"

namespace documents {

namespace {

std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

// The shortest digits that read back as the same number; a real always looks like one.
std::string real_text(double real) {
    if (std::isnan(real)) return "NaN";
    if (std::isinf(real)) return real < 0 ? "-Infinity" : "Infinity";
    std::string text = fmt::format("{}", real);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

// The years in which a relaxed date is written as text (the specification's own range).
constexpr std::int64_t kReadableUntil = 253'402'300'800'000;  // 10000-01-01

std::string date_text(std::int64_t millis, Style style) {
    const std::int64_t rest = ((millis % 1000) + 1000) % 1000;
    std::string text = base::to_iso(base::Timestamp{(millis - rest) * 1000});
    text.pop_back();
    if (style == Style::v1 || rest != 0) text += fmt::format(".{:03}", rest);
    // As mongoexport writes fractions today: without zeros at the end.
    if (style == Style::relaxed && rest != 0)
        while (text.ends_with('0')) text.pop_back();
    return text + "Z";
}

void write(const Value& value, Style style, std::string& out);

void write_date(std::int64_t millis, Style style, std::string& out) {
    const bool readable = millis >= 0 && millis < kReadableUntil;
    if (style != Style::canonical && readable)
        out += R"({"$date":)" + quoted(date_text(millis, style)) + "}";
    else
        out += fmt::format(R"({{"$date":{{"$numberLong":"{}"}}}})", millis);
}

void write_number(const Value& value, Style style, std::string& out) {
    if (value.kind == Kind::real) {
        if (style == Style::canonical || !std::isfinite(value.real))
            out += R"({"$numberDouble":")" + real_text(value.real) + "\"}";
        else
            out += real_text(value.real);
    } else if (value.kind == Kind::int32) {
        out += style == Style::canonical ? fmt::format(R"({{"$numberInt":"{}"}})", value.number)
                                         : std::to_string(value.number);
    } else {
        out += style == Style::relaxed ? std::to_string(value.number)
                                       : fmt::format(R"({{"$numberLong":"{}"}})", value.number);
    }
}

void write_members(const Value& value, Style style, std::string& out) {
    const bool object = value.kind == Kind::object;
    out += object ? '{' : '[';
    bool first = true;
    for (const Member& member : value.members) {
        if (!first) out += ',';
        first = false;
        if (object) out += quoted(member.name) + ":";
        write(member.value, style, out);
    }
    out += object ? '}' : ']';
}

void write(const Value& value, Style style, std::string& out) {
    switch (value.kind) {
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += value.number != 0 ? "true" : "false";
            return;
        case Kind::int32:
        case Kind::int64:
        case Kind::real:
            return write_number(value, style, out);
        case Kind::text:
            out += quoted(value.text);
            return;
        case Kind::object_id:
            out += R"({"$oid":")" + value.text + "\"}";
            return;
        case Kind::date:
            return write_date(value.number, style, out);
        case Kind::special:
            out += value.text;
            return;
        case Kind::object:
        case Kind::array:
            return write_members(value, style, out);
    }
}

}  // namespace

std::string to_json(const Value& value, Style style) {
    std::string out;
    write(value, style, out);
    return out;
}

std::optional<Style> style_of(std::string_view json) {
    const auto has = [&](std::string_view word) {
        return json.find(word) != std::string_view::npos;
    };
    if (has("\"$numberInt\"") || has("\"$numberDouble\"")) return Style::canonical;
    if (has("\"$numberLong\""))
        return has("\"$date\":{\"$numberLong\"") || has("\"$date\": {\"$numberLong\"")
                   ? Style::canonical
                   : Style::v1;
    if (has(".000Z\"}") || has("+0000\"}")) return Style::v1;
    if (has("\"$date\"")) return Style::relaxed;
    return std::nullopt;
}

std::string_view to_string(Style style) {
    switch (style) {
        case Style::canonical:
            return "canonical";
        case Style::relaxed:
            return "relaxed";
        case Style::v1:
            return "v1";
    }
    return "relaxed";
}

std::optional<Style> parse_style(std::string_view name) {
    for (const Style style : {Style::canonical, Style::relaxed, Style::v1})
        if (name == to_string(style)) return style;
    return std::nullopt;
}

}  // namespace documents
