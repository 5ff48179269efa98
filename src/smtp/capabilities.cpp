#include "smtp/capabilities.h"

#include <algorithm>

#include "base/text.h"

namespace smtp {

namespace {

std::string to_upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (const std::string& word :
         base::split(base::replace_all(std::string(line), "\t", " "), ' '))
        if (!base::trim(word).empty()) words.push_back(to_upper(base::trim(word)));
    return words;
}

void add_auth(Capabilities& found, const std::vector<std::string>& words, std::size_t first) {
    for (std::size_t i = first; i < words.size(); ++i)
        if (!found.has_auth(words[i])) found.auth.push_back(words[i]);
}

void read_line(Capabilities& found, std::vector<std::string> words) {
    if (words.empty()) return;
    constexpr std::string_view kOldAuth = "AUTH=";
    std::string& keyword = words.front();
    if (keyword.starts_with(kOldAuth)) {
        keyword.erase(0, kOldAuth.size());
        add_auth(found, words, keyword.empty() ? 1 : 0);
    } else if (keyword == "AUTH") {
        add_auth(found, words, 1);
    } else if (keyword == "SIZE") {
        found.size = true;
        const auto limit = words.size() > 1 ? base::parse_int(words[1]) : std::nullopt;
        if (limit && *limit > 0) found.size_bytes_max = static_cast<std::uint64_t>(*limit);
    } else if (keyword == "STARTTLS") {
        found.starttls = true;
    } else if (keyword == "PIPELINING") {
        found.pipelining = true;
    } else if (keyword == "8BITMIME") {
        found.eight_bit_mime = true;
    } else if (keyword == "SMTPUTF8") {
        found.smtputf8 = true;
    } else if (keyword == "ENHANCEDSTATUSCODES") {
        found.enhanced_status_codes = true;
    }
}

}  // namespace

bool Capabilities::has_auth(std::string_view mechanism) const {
    return std::ranges::find(auth, mechanism) != auth.end();
}

Capabilities parse_capabilities(const Reply& reply) {
    Capabilities found;
    for (std::size_t i = 1; i < reply.lines.size(); ++i) read_line(found, words_of(reply.lines[i]));
    return found;
}

}  // namespace smtp
