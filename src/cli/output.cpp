#include "cli/output.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>

namespace cli {

namespace {

// Characters, not bytes: continuation bytes of UTF-8 take no column.
std::size_t columns_of(const std::string& text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    return count;
}

}  // namespace

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void print_error(const base::Error& error, bool json) {
    if (json) {
        const boost::json::object document = {
            {"error",
             {{"code", base::to_string(error.code)},
              {"stage", error.stage},
              {"message", error.message},
              {"server_words", error.server_words}}}
        };
        print(boost::json::serialize(document) + "\n");
    }
    fmt::print(stderr, "pilotlight: {}\n", error.describe());
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        if (widths.size() < row.size()) widths.resize(row.size());
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line += std::string(widths[i] - columns_of(row[i]) + 2, ' ');
        }
        out += line + "\n";
    }
    return out;
}

std::string percent(const std::optional<double>& rate) {
    return rate ? fmt::format("{:.1f} %", *rate * 100) : std::string("–");
}

}  // namespace cli
