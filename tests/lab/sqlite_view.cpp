#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

#include "tests/lab/process.h"
#include "tests/lab/store_view.h"

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

class SqliteView : public StoreView {
  public:
    SqliteView(const std::string& store_folder, const std::string& copy_folder)
        : copy_(copy_folder + "/store_view.db") {
        const std::string store = find_store(store_folder);
        // The old copy's index of its log must not be taken for the new one's.
        remove_copy();
        fs::copy_file(store, copy_);
        if (fs::exists(store + "-wal")) fs::copy_file(store + "-wal", copy_ + "-wal");
        everything_ = read_file(copy_) + read_file(copy_ + "-wal");
        if (sqlite3_open_v2(copy_.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK)
            return;
        const std::string words = sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw std::runtime_error(copy_ + ": " + words);
    }
    ~SqliteView() override {
        sqlite3_close(handle_);
        remove_copy();
    }

    Rows query(const std::string& sql) const override {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
            throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
        Rows rows;
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
    std::string everything() const override { return everything_; }

  private:
    void remove_copy() const {
        for (const char* end : {"", "-wal", "-shm"}) fs::remove(copy_ + end);
    }

    std::string copy_;
    std::string everything_;
    sqlite3* handle_ = nullptr;
};

}  // namespace

void change_sqlite(const std::string& store_folder, const std::string& sql) {
    sqlite3* handle = nullptr;
    const int opened =
        sqlite3_open_v2(find_store(store_folder).c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    const int done =
        opened == SQLITE_OK ? sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) : opened;
    const std::string words = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (done != SQLITE_OK) throw std::runtime_error(sql + ": " + words);
}

std::unique_ptr<StoreView> view_sqlite(
    const std::string& store_folder, const std::string& copy_folder
) {
    return std::make_unique<SqliteView>(store_folder, copy_folder);
}

}  // namespace lab
