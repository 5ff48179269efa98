// Which files of a folder hold which collection: what mongodump and mongoexport leave behind.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/document_reader.h"

namespace documents {

struct ExportFile {
    std::string path;
    std::string collection;  // as the file is named: "leads", "app.leads"
    Format format = Format::json;
    std::uint64_t bytes = 0;
};

struct ExportFiles {
    std::vector<ExportFile> files;  // in order of their path
    std::vector<std::string> left;  // no documents: metadata, and what no tool of these writes
};

// "dump/app/leads.bson.gz" → leads, bson. Nothing where the name is none of an export.
std::optional<ExportFile> file_named(const std::string& path);

// A file, or all of a folder and the folders in it. not_found and permission name the path;
// invalid_input where there is nothing to read, and says what is looked for.
base::Result<ExportFiles> find_export_files(const std::string& path);

}  // namespace documents
