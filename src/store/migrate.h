// Numbered migrations, compiled in from migrations/NNNN_name.sql. Each runs once, in one
// transaction together with its row in store_meta, so a store stands at exactly one version. They
// are written for both engines (dialect.h) and never edited after a release.
#pragma once
#include <functional>
#include <span>
#include <string>

#include "store/database.h"
#include "store/dialect.h"
#include "store/session.h"

namespace store {

struct Migration {
    int version = 0;
    std::string_view sql;
};

// All that this program knows, in order of version, without gaps from 1.
std::span<const Migration> known_migrations();

// The version of the store behind the session; 0 where it is empty. Throws StoreError where the
// database holds tables but is no store, or comes from a newer program (`where` names it).
int schema_version(
    Session& session, Engine engine, std::span<const Migration> known, std::string_view where
);

// Brings the store up to date as owner and gives a new one its instance id. `after_last` runs in
// the last migration's transaction (grants, which name every table). Another process may do the
// same at the same time: each migration looks at the version again after it holds the write lock.
void migrate(
    Session& session,
    Engine engine,
    std::span<const Migration> known,
    base::Random& random,
    const std::function<void(Connection&)>& after_last
);

}  // namespace store
