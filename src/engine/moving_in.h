// Takes over what another system exported: files of mongoexport and mongodump into the store, each
// document on the role of the side it belongs to.
//
// Documents are read one after the other and written in jobs of at most kBatch; one job is all or
// nothing, and an import that was stopped is gone on with by doing it again: what is there is left.
// A dry run does the same jobs and rolls each of them back.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "documents/export_files.h"
#include "documents/import_documents.h"
#include "mailbox/vault.h"
#include "store/database.h"

namespace engine {

// A document that was not taken, or was with something to say.
struct ImportRemark {
    std::string file;
    std::string position;
    std::string id;
    std::string reason;
    bool refused = true;
};

struct ImportCounts {
    std::string collection;
    std::int64_t imported = 0;
    std::int64_t there = 0;      // from an import before
    std::int64_t differs = 0;    // there, and says something else now
    std::int64_t set_aside = 0;  // kept whole
    std::int64_t refused = 0;
};

struct ImportReport {
    std::vector<ImportCounts> collections;  // in the order they were read
    std::vector<std::string> broken;        // files that could not be read to their end, and why
    bool complete() const;                  // nothing refused, nothing broken
};

struct ImportOrder {
    documents::ExportFiles files;
    bool dry_run = false;
    std::function<void(const ImportRemark&)> on_remark;
    // Bytes read of all, and what is being read.
    std::function<void(std::uint64_t, std::uint64_t, const std::string&)> on_progress;
};

base::Task<ImportReport> move_in(
    store::Database& db, const mailbox::Vault& vault, base::Clock& clock, ImportOrder order
);

}  // namespace engine
