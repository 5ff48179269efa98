// What the program's SQLite store says, for comparing with the Maildirs. Reads a copy of the file
// (and of its write-ahead log), so that looking never changes, locks or repairs what the program
// will open next.
//
// Life cycle: a snapshot; take it only while no program has the store open.
// Errors: std::runtime_error where there is no store or a query fails.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

struct sqlite3;

namespace lab {

// A row of emails_warmup, ids without their angle brackets.
struct EmailRow {
    std::int64_t id = 0;
    std::string email_type;
    std::string to;
    std::string message_id;
    std::string status;
    std::string token;
};

class StoreView {
  public:
    // `store_folder` has the store; the copy is made in `copy_folder` and removed at the end.
    StoreView(const std::string& store_folder, const std::string& copy_folder);
    ~StoreView();
    StoreView(const StoreView&) = delete;
    StoreView& operator=(const StoreView&) = delete;

    // In order of id.
    std::vector<EmailRow> emails_warmup() const;
    std::int64_t count(const std::string& table) const;
    // The name of the header that carries the token, as drawn by init.
    std::string token_header() const;

  private:
    std::vector<std::vector<std::string>> query(const std::string& sql) const;

    std::string copy_;
    sqlite3* handle_ = nullptr;
};

}  // namespace lab
