// Struct ↔ row mapping by Boost.Describe: a column is named once, in the struct.
// Members: std::int64_t, int, bool, double, std::string, base::Timestamp, and std::optional of
// these.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "base/check.h"
#include "store/value.h"

namespace store {

namespace detail {

template <class T>
struct FieldType;
template <>
struct FieldType<std::int64_t> {
    static constexpr Column column = Column::integer;
    static std::int64_t from(const Value& value) { return std::get<std::int64_t>(value); }
};
template <>
struct FieldType<int> {
    static constexpr Column column = Column::integer;
    static int from(const Value& value) { return static_cast<int>(std::get<std::int64_t>(value)); }
};
template <>
struct FieldType<bool> {
    static constexpr Column column = Column::integer;
    static bool from(const Value& value) { return std::get<std::int64_t>(value) != 0; }
};
template <>
struct FieldType<base::Timestamp> {
    static constexpr Column column = Column::integer;
    static base::Timestamp from(const Value& value) { return {std::get<std::int64_t>(value)}; }
};
template <>
struct FieldType<double> {
    static constexpr Column column = Column::real;
    static double from(const Value& value) { return std::get<double>(value); }
};
template <>
struct FieldType<std::string> {
    static constexpr Column column = Column::text;
    static std::string from(const Value& value) { return std::get<std::string>(value); }
};
template <class T>
struct FieldType<std::optional<T>> {
    static constexpr Column column = FieldType<T>::column;
    static std::optional<T> from(const Value& value) {
        if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
        return FieldType<T>::from(value);
    }
};

template <class Row>
using MembersOf = boost::describe::describe_members<Row, boost::describe::mod_public>;

}  // namespace detail

// The column types of a described struct, in order.
template <class Row>
std::span<const Column> columns_of() {
    static const std::vector<Column> columns = [] {
        std::vector<Column> out;
        boost::mp11::mp_for_each<detail::MembersOf<Row>>([&](auto member) {
            using Field = std::remove_cvref_t<decltype(std::declval<Row&>().*member.pointer)>;
            out.push_back(detail::FieldType<Field>::column);
        });
        return out;
    }();
    return columns;
}

// A NULL in a member that is not optional is a broken invariant.
template <class Row>
Row row_from_values(const Values& values) {
    Row row{};
    std::size_t at = 0;
    boost::mp11::mp_for_each<detail::MembersOf<Row>>([&](auto member) {
        using Field = std::remove_cvref_t<decltype(row.*member.pointer)>;
        row.*member.pointer = detail::FieldType<Field>::from(values.at(at++));
    });
    return row;
}

// The members of a described struct as values, in order.
template <class Row>
Values values_of(const Row& row) {
    Values out;
    boost::mp11::mp_for_each<detail::MembersOf<Row>>([&](auto member) {
        out.push_back(to_value(row.*member.pointer));
    });
    return out;
}

// "id, subject, \"from\"" for the members of a described struct.
template <class Row>
const std::string& column_list() {
    static const std::string list = [] {
        std::string out;
        boost::mp11::mp_for_each<detail::MembersOf<Row>>([&](auto member) {
            std::string name = member.name;
            if (name.ends_with('_')) name.pop_back();
            if (name == "from" || name == "to" || name == "references") name = '"' + name + '"';
            out += (out.empty() ? "" : ", ") + name;
        });
        return out;
    }();
    return list;
}

}  // namespace store
