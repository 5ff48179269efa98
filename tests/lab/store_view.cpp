#include "tests/lab/store_view.h"

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

#include "base/text.h"
#include "tests/lab/maildir.h"
#include "tests/lab/process.h"

namespace lab {

namespace fs = std::filesystem;

namespace {

// By its first bytes: how the file is called is the program's business.
std::string find_store(const std::string& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && read_file(entry.path()).starts_with("SQLite format 3"))
            return entry.path();
    throw std::runtime_error("no SQLite store in " + folder);
}

bool is_token_header(const std::string& text) {
    if (text.size() != 10 || !base::starts_with_ignoring_case(text, "X-")) return false;
    const std::string letters = base::to_lower(text.substr(2));
    return letters.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

}  // namespace

StoreView::StoreView(const std::string& store_folder, const std::string& copy_folder)
    : copy_(copy_folder + "/store_view.db") {
    const std::string store = find_store(store_folder);
    // The old copy's index of its log must not be taken for the new one's.
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(copy_ + end);
    fs::copy_file(store, copy_);
    if (fs::exists(store + "-wal")) fs::copy_file(store + "-wal", copy_ + "-wal");
    if (sqlite3_open_v2(copy_.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
        const std::string words = sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw std::runtime_error(copy_ + ": " + words);
    }
}

StoreView::~StoreView() {
    sqlite3_close(handle_);
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(copy_ + end);
}

std::vector<std::vector<std::string>> StoreView::query(const std::string& sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
    std::vector<std::vector<std::string>> rows;
    int result = sqlite3_step(statement);
    for (; result == SQLITE_ROW; result = sqlite3_step(statement)) {
        std::vector<std::string>& row = rows.emplace_back();
        for (int column = 0; column < sqlite3_column_count(statement); ++column) {
            const auto* text =
                reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
            row.emplace_back(text == nullptr ? "" : text);
        }
    }
    sqlite3_finalize(statement);
    if (result != SQLITE_DONE) throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
    return rows;
}

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
