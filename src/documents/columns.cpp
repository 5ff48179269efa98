#include "documents/columns.h"

#include <cmath>

#include "documents/extended_json.h"

namespace documents {

namespace {

bool shown_if_empty(As as) {
    return as != As::text_or_none && as != As::flag_or_none && as != As::id_or_none;
}

Value shown_text(As as, const std::string& text) {
    if (as == As::id || as == As::id_or_none) return Value::of_id(text);
    if (as != As::json) return Value::of_text(text);
    const base::Result<Value> value = read_value(text);
    return value ? *value : Value::of_text(text);
}

Value shown(As as, const store::Value& column) {
    if (const auto* text = std::get_if<std::string>(&column)) return shown_text(as, *text);
    if (const auto* real = std::get_if<double>(&column)) {
        // Most scores are whole, and most drivers wrote those as integers.
        const bool whole = std::trunc(*real) == *real && std::abs(*real) < 1e9;
        return whole ? Value::of_int(static_cast<std::int64_t>(*real)) : Value::of_real(*real);
    }
    if (const auto* number = std::get_if<std::int64_t>(&column)) {
        if (as == As::date) return Value::of_date(base::Timestamp{*number});
        if (as == As::integer) return Value::of_int(*number);
        return Value::of_bool(*number != 0);
    }
    return {};
}

bool is_empty(const store::Value& column) {
    if (const auto* text = std::get_if<std::string>(&column)) return text->empty();
    if (const auto* number = std::get_if<std::int64_t>(&column)) return *number == 0;
    return true;
}

}  // namespace

std::string select_list(std::span<const Field> fields) {
    std::string list;
    for (const Field& field : fields)
        list += (list.empty() ? "" : ", ") + std::string(field.column);
    return list;
}

std::vector<store::Column> column_types(std::span<const Field> fields) {
    std::vector<store::Column> types;
    for (const Field& field : fields) {
        const bool integer = field.as == As::date || field.as == As::integer ||
                             field.as == As::flag || field.as == As::flag_or_none;
        types.push_back(
            integer                ? store::Column::integer
            : field.as == As::real ? store::Column::real
                                   : store::Column::text
        );
    }
    return types;
}

store::Value to_column(As as, const Value* field) {
    switch (as) {
        case As::text:
        case As::text_or_none:
            return text_of(field).value_or("");
        case As::nullable_text:
            return store::to_value(text_of(field));
        case As::date:
            return store::to_value(date_of(field));
        case As::integer:
            return store::to_value(int_of(field));
        case As::flag:
        case As::flag_or_none:
            return store::to_value(bool_of(field).value_or(false));
        case As::real:
            return store::to_value(real_of(field));
        case As::id:
        case As::id_or_none:
            if (!field || (field->kind != Kind::object_id && field->kind != Kind::text)) return {};
            return field->text;
        case As::json:
            return absent(field) ? std::string("{}") : to_json(*field, Style::canonical);
    }
    return {};
}

std::vector<store::Value> to_columns(std::span<const Field> fields, const Value& document) {
    std::vector<store::Value> columns;
    columns.reserve(fields.size());
    for (const Field& field : fields)
        columns.push_back(to_column(field.as, document.find(field.name)));
    return columns;
}

Value to_document(std::span<const Field> fields, const store::Values& columns) {
    Value document = Value::of_object();
    document.members.reserve(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (shown_if_empty(fields[i].as) || !is_empty(columns[i]))
            document.add(fields[i].name, shown(fields[i].as, columns[i]));
    return document;
}

}  // namespace documents
