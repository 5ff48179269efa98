// A described row as a JSON object: members by their names (without the underscore of reserved
// words), times as RFC 3339, missing values as null.
#pragma once
#include <boost/json.hpp>
#include <optional>
#include <string>

#include "base/time.h"
#include "store/row.h"

namespace cli {

inline boost::json::value json_of(base::Timestamp time) {
    return boost::json::string(base::to_iso(time));
}
inline boost::json::value json_of(const std::string& text) { return boost::json::string(text); }
inline boost::json::value json_of(std::int64_t number) { return number; }
inline boost::json::value json_of(int number) { return number; }
inline boost::json::value json_of(bool value) { return value; }
inline boost::json::value json_of(double number) { return number; }
template <class T>
boost::json::value json_of(const std::optional<T>& value) {
    return value ? json_of(*value) : boost::json::value(nullptr);
}

template <class Row>
boost::json::object row_json(const Row& row) {
    boost::json::object object;
    boost::mp11::mp_for_each<store::detail::MembersOf<Row>>([&](auto member) {
        std::string name = member.name;
        if (name.ends_with('_')) name.pop_back();
        object[name] = json_of(row.*member.pointer);
    });
    return object;
}

}  // namespace cli
