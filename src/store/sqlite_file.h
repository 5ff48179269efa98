// The store's file on disk: found or made, checked, backed up. What is wrong is said in one line
// that names the path and the mend. Errors: StoreError.
#pragma once
#include <string>

#include "store/database.h"
#include "store/sqlite_session.h"

namespace store {

// "sqlite:PATH" without its prefix.
std::string sqlite_path(std::string_view url);

// Makes sure that the file is there and can be written: makes an empty one (mode 0600) where
// `create` says so. Never opens a file that exists: closing it would drop the locks of SQLite
// connections that this process has on it (POSIX advisory locks).
void ready_file(const std::string& path, bool create);

// Reads the whole file; throws `lost` where it is damaged.
void check_integrity(SqliteSession& session, const std::string& path);

// A consistent copy of a store of this version, as FILE.backup-VERSION-N in `folder` (empty: beside
// the file), mode 0600, on disk before this returns. Gives its path.
std::string back_up(
    SqliteSession& session, const std::string& path, const std::string& folder, int version
);

}  // namespace store
