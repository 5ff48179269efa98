// A described row as a JSON object: members by their names (without the underscore of reserved
// words), times as RFC 3339, missing values as null.
#pragma once
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include "base/time.h"
#include "store/row.h"

namespace cli {

void add_field(boost::json::object& object, const std::string& name, const std::string& value);
void add_field(boost::json::object& object, const std::string& name, std::int64_t value);
void add_field(boost::json::object& object, const std::string& name, int value);
void add_field(boost::json::object& object, const std::string& name, bool value);
void add_field(boost::json::object& object, const std::string& name, double value);
void add_field(boost::json::object& object, const std::string& name, base::Timestamp value);
void add_field(boost::json::object& object, const std::string& name, std::nullopt_t value);
template <class T>
void add_field(
    boost::json::object& object, const std::string& name, const std::optional<T>& value
) {
    if (value)
        add_field(object, name, *value);
    else
        add_field(object, name, std::nullopt);
}

boost::json::value time_or_null(const std::optional<base::Timestamp>& time);

// Object is a parameter so that this header needs no more than the name of its type.
template <class Row, class Object = boost::json::object>
Object row_json(const Row& row) {
    Object object;
    boost::mp11::mp_for_each<store::detail::MembersOf<Row>>([&](auto member) {
        std::string name = member.name;
        if (name.ends_with('_')) name.pop_back();
        add_field(object, name, row.*member.pointer);
    });
    return object;
}

}  // namespace cli
