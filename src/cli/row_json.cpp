#include "cli/row_json.h"

#include <boost/json.hpp>

namespace cli {

void add_field(boost::json::object& object, const std::string& name, const std::string& value) {
    object[name] = value;
}
void add_field(boost::json::object& object, const std::string& name, std::int64_t value) {
    object[name] = value;
}
void add_field(boost::json::object& object, const std::string& name, int value) {
    object[name] = value;
}
void add_field(boost::json::object& object, const std::string& name, bool value) {
    object[name] = value;
}
void add_field(boost::json::object& object, const std::string& name, double value) {
    object[name] = value;
}
void add_field(boost::json::object& object, const std::string& name, base::Timestamp value) {
    object[name] = base::to_iso(value);
}
void add_field(boost::json::object& object, const std::string& name, std::nullopt_t) {
    object[name] = nullptr;
}

boost::json::value time_or_null(const std::optional<base::Timestamp>& time) {
    return time ? boost::json::value(base::to_iso(*time)) : boost::json::value();
}

}  // namespace cli
