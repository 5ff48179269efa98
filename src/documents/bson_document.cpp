#include "documents/bson_document.h"

#include <bson/bson.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "documents/extended_json.h"
#include "documents/special_types.h"

namespace documents {

namespace {

using Read = base::Result<Value>;

std::unexpected<base::Error> refused(const std::string& field, std::string_view words) {
    const std::string where = field.empty() ? "" : base::printable(field, 100) + ": ";
    return base::fail(base::ErrorCode::invalid_input, "bson", where + std::string(words));
}

base::Result<std::string> checked_text(
    const std::string& field, const char* text, std::size_t size
) {
    if (!text) return refused(field, "damaged text");
    const std::string_view view(text, size);
    if (!base::is_utf8(view)) return refused(field, "bytes that are not UTF-8");
    if (view.find('\0') != std::string_view::npos)
        return refused(field, "a text holds the NUL character");
    return std::string(view);
}

Read read_members(bson_iter_t* iter, Kind kind, const std::string& path, int depth);

Read read_inside(bson_iter_t* iter, Kind kind, const std::string& path, int depth) {
    bson_iter_t inside;
    if (!bson_iter_recurse(iter, &inside)) return refused(path, "damaged");
    return read_members(&inside, kind, path, depth + 1);
}

Read read_text(bson_iter_t* iter, const std::string& path) {
    std::uint32_t size = 0;
    const char* text = bson_iter_utf8(iter, &size);
    auto checked = checked_text(path, text, size);
    if (!checked) return base::pass_on(checked);
    return Value::of_text(std::move(*checked));
}

std::string hex_of(const bson_oid_t* id) {
    char hex[25];
    bson_oid_to_string(id, hex);
    return hex;
}

Read read_binary(bson_iter_t* iter) {
    bson_subtype_t subtype{};
    std::uint32_t size = 0;
    const std::uint8_t* bytes = nullptr;
    bson_iter_binary(iter, &subtype, &size, &bytes);
    const std::string_view view(reinterpret_cast<const char*>(bytes), size);
    return special_binary(base::base64_encode(view), static_cast<unsigned>(subtype));
}

Read read_regex(bson_iter_t* iter, const std::string& path) {
    const char* options = nullptr;
    const char* pattern = bson_iter_regex(iter, &options);
    const auto checked =
        checked_text(path, pattern, pattern ? std::string_view(pattern).size() : 0);
    if (!checked) return base::pass_on(checked);
    const auto flags = checked_text(path, options, options ? std::string_view(options).size() : 0);
    if (!flags) return base::pass_on(flags);
    return special_regex(*checked, *flags);
}

Read read_code(bson_iter_t* iter, const std::string& path, int depth) {
    std::uint32_t size = 0;
    if (bson_iter_type(iter) == BSON_TYPE_CODE) {
        const char* code = bson_iter_code(iter, &size);
        const auto checked = checked_text(path, code, size);
        if (!checked) return base::pass_on(checked);
        return special_code(*checked, nullptr);
    }
    std::uint32_t scope_size = 0;
    const std::uint8_t* scope_bytes = nullptr;
    const char* code = bson_iter_codewscope(iter, &size, &scope_size, &scope_bytes);
    const auto checked = checked_text(path, code, size == 0 ? 0 : size);
    if (!checked) return base::pass_on(checked);
    bson_t scope;
    bson_iter_t inside;
    if (!bson_init_static(&scope, scope_bytes, scope_size) || !bson_iter_init(&inside, &scope))
        return refused(path, "damaged");
    const Read value = read_members(&inside, Kind::object, path, depth + 1);
    if (!value) return value;
    return special_code(*checked, &*value);
}

Read read_rare(bson_iter_t* iter, const std::string& path, int depth) {
    switch (bson_iter_type(iter)) {
        case BSON_TYPE_BINARY:
            return read_binary(iter);
        case BSON_TYPE_REGEX:
            return read_regex(iter, path);
        case BSON_TYPE_CODE:
        case BSON_TYPE_CODEWSCOPE:
            return read_code(iter, path, depth);
        case BSON_TYPE_SYMBOL: {
            std::uint32_t size = 0;
            const char* text = bson_iter_symbol(iter, &size);
            const auto checked = checked_text(path, text, size);
            if (!checked) return base::pass_on(checked);
            return special_symbol(*checked);
        }
        case BSON_TYPE_TIMESTAMP: {
            std::uint32_t seconds = 0;
            std::uint32_t increment = 0;
            bson_iter_timestamp(iter, &seconds, &increment);
            return special_timestamp(seconds, increment);
        }
        case BSON_TYPE_DECIMAL128: {
            bson_decimal128_t decimal;
            bson_iter_decimal128(iter, &decimal);
            char text[BSON_DECIMAL128_STRING];
            bson_decimal128_to_string(&decimal, text);
            return special_decimal(text);
        }
        case BSON_TYPE_DBPOINTER: {
            std::uint32_t size = 0;
            const char* collection = nullptr;
            const bson_oid_t* id = nullptr;
            bson_iter_dbpointer(iter, &size, &collection, &id);
            const auto checked = checked_text(path, collection, size);
            if (!checked) return base::pass_on(checked);
            return special_pointer(*checked, hex_of(id));
        }
        case BSON_TYPE_MINKEY:
            return special_mark("$minKey");
        case BSON_TYPE_MAXKEY:
            return special_mark("$maxKey");
        case BSON_TYPE_UNDEFINED:
            return special_mark("$undefined");
        default:
            return refused(path, "a type that BSON does not have");
    }
}

Value whole_number(Kind kind, std::int64_t number) {
    Value value;
    value.kind = kind;
    value.number = number;
    return value;
}

Read read_field(bson_iter_t* iter, const std::string& path, int depth) {
    switch (bson_iter_type(iter)) {
        case BSON_TYPE_UTF8:
            return read_text(iter, path);
        case BSON_TYPE_OID:
            return Value::of_id(hex_of(bson_iter_oid(iter)));
        case BSON_TYPE_DATE_TIME:
            return whole_number(Kind::date, bson_iter_date_time(iter));
        case BSON_TYPE_INT32:
            return whole_number(Kind::int32, bson_iter_int32(iter));
        case BSON_TYPE_INT64:
            return whole_number(Kind::int64, bson_iter_int64(iter));
        case BSON_TYPE_DOUBLE:
            return Value::of_real(bson_iter_double(iter));
        case BSON_TYPE_BOOL:
            return Value::of_bool(bson_iter_bool(iter));
        case BSON_TYPE_NULL:
            return Value{};
        case BSON_TYPE_DOCUMENT:
            return read_inside(iter, Kind::object, path, depth);
        case BSON_TYPE_ARRAY:
            return read_inside(iter, Kind::array, path, depth);
        default:
            return read_rare(iter, path, depth);
    }
}

bool has_twin(const std::vector<Member>& members) {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const Member& member : members) names.push_back(member.name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
}

Read read_members(bson_iter_t* iter, Kind kind, const std::string& path, int depth) {
    if (depth > kDepthMax)
        return refused({}, fmt::format("nested more than {} levels deep", kDepthMax));
    Value value;
    value.kind = kind;
    while (bson_iter_next(iter)) {
        const char* key = bson_iter_key(iter);
        auto name = checked_text(path, key, key ? std::string_view(key).size() : 0);
        if (!name) return base::pass_on(name);
        const std::string inside = path.empty() ? *name : path + "." + *name;
        Read field = read_field(iter, inside, depth);
        if (!field) return field;
        value.members.push_back({kind == Kind::object ? std::move(*name) : "", std::move(*field)});
    }
    if (iter->err_off != 0) return refused(path, fmt::format("damaged at byte {}", iter->err_off));
    if (kind == Kind::object && has_twin(value.members))
        return refused(path, "a field stands twice");
    return value;
}

}  // namespace

base::Result<Value> read_bson(std::string_view bytes) {
    bson_t document;
    bson_iter_t iter;
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    if (bytes.size() > kBsonMax || !bson_init_static(&document, data, bytes.size()) ||
        !bson_iter_init(&iter, &document))
        return refused({}, "its length and its end do not agree");
    return read_members(&iter, Kind::object, {}, 1);
}

}  // namespace documents
