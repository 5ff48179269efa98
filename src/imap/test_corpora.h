// Test support: where third-party material lies. It is never copied into the project.
#pragma once
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace imap {

// Empty where PILOTLIGHT_CORPORA is not set.
inline std::filesystem::path corpora() {
    const char* path = std::getenv("PILOTLIGHT_CORPORA");
    return path == nullptr ? "" : path;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The first string anywhere inside.
inline std::string innermost(const boost::json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_array())
        for (const boost::json::value& inner : value.get_array())
            if (std::string found = innermost(inner); !found.empty()) return found;
    if (value.is_object())
        for (const auto& member : value.get_object())
            if (std::string found = innermost(member.value()); !found.empty()) return found;
    return {};
}

// A member that is a string, or empty.
inline std::string text_of(const boost::json::object& object, std::string_view key) {
    const boost::json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

}  // namespace imap
