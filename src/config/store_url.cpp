#include "config/store_url.h"

#include <ranges>
#include <string_view>

namespace config {

namespace {

constexpr std::string_view kParameter = "password=";

// Where a password stands in the address.
struct Place {
    std::size_t begin;
    std::size_t size;
    bool parameter;  // after the '?'
};

// From the first to the last.
std::vector<Place> find_passwords(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos || url.starts_with("sqlite:")) return {};
    std::vector<Place> places;
    std::size_t at = scheme + 3;
    // An '@' before the first slash ends the credentials, whatever else stands in them.
    const std::size_t end = url.find_first_of("@/", at);
    if (end != std::string_view::npos && url[end] == '@') {
        const std::size_t colon = url.find(':', at);
        if (colon < end) places.push_back({colon + 1, end - colon - 1, false});
        at = end;
    }
    for (at = url.find('?', at); at != std::string_view::npos; at = url.find('&', at + 1)) {
        if (!url.substr(at + 1).starts_with(kParameter)) continue;
        const std::size_t begin = at + 1 + kParameter.size();
        places.push_back({begin, std::min(url.find('&', begin), url.size()) - begin, true});
    }
    return places;
}

}  // namespace

std::vector<std::string> passwords_in(const std::string& url) {
    std::vector<std::string> passwords;
    for (const Place& place : find_passwords(url))
        passwords.push_back(url.substr(place.begin, place.size));
    return passwords;
}

std::string without_password(std::string url) {
    for (const Place& place : std::views::reverse(find_passwords(url))) {
        if (!place.parameter) {
            url.erase(place.begin - 1, place.size + 1);  // with its colon
            continue;
        }
        // With its name and one of the marks around it: a '?' stays where others follow.
        const std::size_t name = place.begin - kParameter.size();
        const bool more = place.begin + place.size < url.size();
        url.erase(more ? name : name - 1, kParameter.size() + place.size + 1);
    }
    return url;
}

std::string with_password_hidden(std::string url) {
    for (const Place& place : std::views::reverse(find_passwords(url)))
        url.replace(place.begin, place.size, "***");
    return url;
}

}  // namespace config
