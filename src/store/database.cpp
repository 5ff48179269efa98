#include "store/database.h"

#include <fmt/format.h>

#include "base/text.h"
#include "store/postgres_database.h"
#include "store/sqlite_database.h"

namespace store {

std::unique_ptr<StoreLock> Database::try_lock(std::string_view) {
    throw StoreError(StoreError::Kind::invalid, "only a store on a server is locked by sessions");
}

std::unique_ptr<Database> open_database(const OpenOptions& options, base::Loop& loop) {
    const std::string_view url = options.url;
    if (url.starts_with("sqlite:")) return open_sqlite(options, loop);
    if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
        return open_postgres(options, loop);
    // The url may hold a password: only its scheme is shown.
    throw StoreError(
        StoreError::Kind::invalid,
        fmt::format(
            "store url '{}…' is not understood: write sqlite:PATH or "
            "postgresql://user@host/database",
            base::printable(url.substr(0, url.find(':')), 20)
        )
    );
}

}  // namespace store
