#include "tests/lab/store_view.h"

#include <stdexcept>

#include "base/text.h"
#include "tests/lab/maildir.h"

namespace lab {

namespace {

bool is_token_header(const std::string& text) {
    if (text.size() != 10 || !base::starts_with_ignoring_case(text, "X-")) return false;
    const std::string letters = base::to_lower(text.substr(2));
    return letters.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

}  // namespace

std::vector<EmailRow> StoreView::emails_warmup() const {
    std::vector<EmailRow> out;
    for (const auto& row : query(
             R"(SELECT id, email_type, "to", message_id, status, token FROM emails_warmup ORDER BY id)"
         ))
        out.push_back({std::stoll(row[0]), row[1], row[2], bare_id(row[3]), row[4], row[5]});
    return out;
}

std::int64_t StoreView::count(const std::string& table) const {
    return std::stoll(query("SELECT count(*) FROM " + table).at(0).at(0));
}

std::string StoreView::token_header() const {
    for (const auto& row : query("SELECT value FROM store_meta ORDER BY name"))
        if (is_token_header(row[0])) return row[0];
    throw std::runtime_error("store_meta names no token header (X- and 8 letters)");
}

}  // namespace lab
