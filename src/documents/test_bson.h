// Writes a Value as BSON, without the library that reads it: for tests only. Types: those of
// documents::Kind; `special` is code (its text) with its scope (its members).
#pragma once
#include <cstring>
#include <string>

#include "documents/document.h"

namespace documents {

inline std::string little_endian(std::uint64_t value, std::size_t bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
    return out;
}

inline std::string to_bson(const Value& document);

inline std::string bson_bytes_of_id(const std::string& hex) {
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return out;
}

inline std::pair<char, std::string> bson_value(const Value& value) {
    switch (value.kind) {
        case Kind::real: {
            std::uint64_t bits = 0;
            std::memcpy(&bits, &value.real, sizeof bits);
            return {'\x01', little_endian(bits, 8)};
        }
        case Kind::text:
            return {'\x02', little_endian(value.text.size() + 1, 4) + value.text + '\0'};
        case Kind::object:
            return {'\x03', to_bson(value)};
        case Kind::array:
            return {'\x04', to_bson(value)};
        case Kind::object_id:
            return {'\x07', bson_bytes_of_id(value.text)};
        case Kind::boolean:
            return {'\x08', std::string(1, static_cast<char>(value.number))};
        case Kind::date:
            return {'\x09', little_endian(static_cast<std::uint64_t>(value.number), 8)};
        case Kind::int32:
            return {'\x10', little_endian(static_cast<std::uint64_t>(value.number), 4)};
        case Kind::int64:
            return {'\x12', little_endian(static_cast<std::uint64_t>(value.number), 8)};
        case Kind::special: {
            Value scope = Value::of_object(value.members);
            const std::string inner =
                little_endian(value.text.size() + 1, 4) + value.text + '\0' + to_bson(scope);
            return {'\x0F', little_endian(inner.size() + 4, 4) + inner};
        }
        default:
            return {'\x0A', ""};
    }
}

inline std::string to_bson(const Value& document) {
    std::string fields;
    for (std::size_t i = 0; i < document.members.size(); ++i) {
        const Member& member = document.members[i];
        const auto [type, bytes] = bson_value(member.value);
        const std::string name = document.kind == Kind::array ? std::to_string(i) : member.name;
        fields += type + name + '\0' + bytes;
    }
    return little_endian(fields.size() + 5, 4) + fields + '\0';
}

}  // namespace documents
