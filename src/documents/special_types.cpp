#include "documents/special_types.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "documents/extended_json.h"

namespace documents {

namespace {

std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

Value special(std::string text) {
    Value value;
    value.kind = Kind::special;
    value.text = std::move(text);
    return value;
}

}  // namespace

Value special_binary(std::string_view base64, unsigned subtype) {
    return special(
        fmt::format(R"({{"$binary":{{"base64":{},"subType":"{:02x}"}}}})", quoted(base64), subtype)
    );
}

Value special_regex(std::string_view pattern, std::string_view options) {
    return special(fmt::format(
        R"({{"$regularExpression":{{"pattern":{},"options":{}}}}})",
        quoted(pattern),
        quoted(options)
    ));
}

Value special_timestamp(std::uint32_t seconds, std::uint32_t increment) {
    return special(fmt::format(R"({{"$timestamp":{{"t":{},"i":{}}}}})", seconds, increment));
}

Value special_code(std::string_view code, const Value* scope) {
    std::string text = R"({"$code":)" + quoted(code);
    if (scope) text += R"(,"$scope":)" + to_json(*scope, Style::canonical);
    return special(text + "}");
}

Value special_symbol(std::string_view text) {
    return special(R"({"$symbol":)" + quoted(text) + "}");
}

Value special_decimal(std::string_view text) {
    return special(R"({"$numberDecimal":)" + quoted(text) + "}");
}

Value special_pointer(std::string_view collection, std::string_view id) {
    return special(fmt::format(
        R"({{"$dbPointer":{{"$ref":{},"$id":{{"$oid":"{}"}}}}}})", quoted(collection), id
    ));
}

Value special_mark(std::string_view name) {
    return special(fmt::format(R"({{"{}":{}}})", name, name == "$undefined" ? "true" : "1"));
}

}  // namespace documents
