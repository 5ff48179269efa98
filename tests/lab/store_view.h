// What the program's store says, for comparing with the Maildirs. Looking changes, locks and
// repairs nothing: of a SQLite store (and of its write-ahead log) a copy is read, of a PostgreSQL
// store the tables, once no program is connected to it any more.
//
// Life cycle: a snapshot; take it only while no program has the store open.
// Errors: std::runtime_error where there is no store or a query fails.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tests {
class PostgresServer;
}

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
    using Rows = std::vector<std::vector<std::string>>;

    StoreView() = default;
    virtual ~StoreView() = default;
    StoreView(const StoreView&) = delete;
    StoreView& operator=(const StoreView&) = delete;

    // In order of id.
    std::vector<EmailRow> emails_warmup() const;
    std::int64_t count(const std::string& table) const;
    // The name of the header that carries the token, as drawn by init.
    std::string token_header() const;

    // NULL is an empty text.
    virtual Rows query(const std::string& sql) const = 0;
    // All that is kept: the bytes of the files, or every row of every table.
    virtual std::string everything() const = 0;
};

// `store_folder` has the store; the copy is made in `copy_folder` and removed at the end.
std::unique_ptr<StoreView> view_sqlite(
    const std::string& store_folder, const std::string& copy_folder
);
// Changes the SQLite store behind the program's back, as no owner would: for making time pass.
void change_sqlite(const std::string& store_folder, const std::string& sql);
// The server outlives the view.
std::unique_ptr<StoreView> view_postgres(
    tests::PostgresServer& server, const std::string& database
);

}  // namespace lab
