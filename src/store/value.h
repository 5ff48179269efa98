// What goes into and comes out of a statement.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/time.h"

namespace store {

// NULL, BIGINT, DOUBLE, TEXT. Booleans are BIGINT 0/1, times BIGINT microseconds UTC, binary is
// base64 TEXT.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
using Values = std::vector<Value>;
enum class Column { integer, real, text };

inline Value to_value(std::monostate) { return {}; }
inline Value to_value(bool value) { return std::int64_t{value ? 1 : 0}; }
template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
Value to_value(T value) {
    return static_cast<std::int64_t>(value);
}
inline Value to_value(double value) { return value; }
inline Value to_value(std::string value) { return value; }
inline Value to_value(std::string_view value) { return std::string(value); }
inline Value to_value(const char* value) { return std::string(value); }
inline Value to_value(base::Timestamp value) { return value.micros; }
template <class T>
Value to_value(const std::optional<T>& value) {
    return value ? to_value(*value) : Value{};
}

template <class... Args>
Values values(Args&&... args) {
    Values out;
    out.reserve(sizeof...(args));
    (out.push_back(to_value(std::forward<Args>(args))), ...);
    return out;
}

}  // namespace store
