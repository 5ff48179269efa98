#include "store/connection.h"

namespace store {

std::string_view to_string(Role role) {
    switch (role) {
        case Role::owner:
            return "owner";
        case Role::warmup:
            return "warmup";
        case Role::campaign:
            return "campaign";
        case Role::operator_:
            return "operator";
    }
    return "";
}

std::int64_t Connection::integer(std::string_view sql, const Values& values) {
    static constexpr Column columns[] = {Column::integer};
    std::optional<std::int64_t> first;
    query(sql, values, columns, [&](const Values& row) {
        const auto* value = std::get_if<std::int64_t>(&row.front());
        if (!first) first = value ? *value : 0;
    });
    return first.value_or(0);
}

std::optional<std::string> Connection::text(std::string_view sql, const Values& values) {
    static constexpr Column columns[] = {Column::text};
    std::optional<std::string> first;
    bool seen = false;
    query(sql, values, columns, [&](const Values& row) {
        const auto* value = std::get_if<std::string>(&row.front());
        if (!seen && value) first = *value;
        seen = true;
    });
    return first;
}

}  // namespace store
