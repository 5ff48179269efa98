// The forms in which a secret travels and is kept by mistake: as it is, inside of a base64 text (at
// each of the three places it can have there), in hex, in JSON, in a URL.
#pragma once
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace lab {

// What base64 makes of `secret` after `before` other bytes, without the letters at both ends that
// depend on its neighbours.
inline std::string base64_core(std::string_view secret, std::size_t before) {
    const std::string text =
        base::base64_encode(std::string(before, 'x') + std::string(secret) + "xxx");
    const std::size_t begin = (before * 8 + 5) / 6;
    const std::size_t end = (before + secret.size()) * 8 / 6;
    return text.substr(begin, end - begin);
}

inline std::string percent_encoded(std::string_view secret) {
    std::string out;
    for (const char letter : secret) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') ||
                           std::string_view("-._~").contains(letter);
        if (plain)
            out += letter;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return out;
}

inline std::vector<std::string> forms_of(const std::string& secret) {
    const std::string json = boost::json::serialize(boost::json::value(secret));
    return {
        secret,
        base64_core(secret, 0),
        base64_core(secret, 1),
        base64_core(secret, 2),
        base::hex_encode(secret),
        json.substr(1, json.size() - 2),
        percent_encoded(secret),
    };
}

}  // namespace lab
