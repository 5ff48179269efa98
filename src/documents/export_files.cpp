#include "documents/export_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace documents {

namespace {

namespace fs = std::filesystem;

bool cut_end(std::string& name, std::string_view end) {
    if (!name.ends_with(end) || name.size() == end.size()) return false;
    name.resize(name.size() - end.size());
    return true;
}

// What mongodump writes beside the collections.
bool is_beside(const std::string& name) {
    return name.ends_with(".metadata.json") || name.ends_with(".metadata.json.gz") ||
           name.starts_with("prelude.json") || name.starts_with("oplog.bson") ||
           name.starts_with("system.");
}

std::unexpected<base::Error> refused(
    base::ErrorCode code, const std::string& path, std::string_view words
) {
    return base::fail(code, "import", fmt::format("{} {}", base::printable(path, 300), words));
}

}  // namespace

std::optional<ExportFile> file_named(const std::string& path) {
    std::string name = fs::path(path).filename().string();
    if (is_beside(name) || name.starts_with('.')) return std::nullopt;
    cut_end(name, ".gz");
    ExportFile file{path, {}, Format::json, 0};
    if (cut_end(name, ".bson"))
        file.format = Format::bson;
    else if (!cut_end(name, ".json") && !cut_end(name, ".ndjson") && !cut_end(name, ".jsonl"))
        return std::nullopt;
    file.collection = name;
    return file;
}

base::Result<ExportFiles> find_export_files(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        const bool forbidden = error == std::errc::permission_denied;
        if (forbidden) return refused(base::ErrorCode::permission, path, "can't be read");
        return refused(base::ErrorCode::not_found, path, "is not there");
    }
    ExportFiles found;
    if (!fs::is_directory(status)) {
        auto file = file_named(path);
        if (!file) file = ExportFile{path, fs::path(path).stem().string(), Format::json, 0};
        file->bytes = fs::file_size(path, error);
        found.files.push_back(std::move(*file));
        return found;
    }
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
         at.increment(error)) {
        if (!at->is_regular_file()) continue;
        if (auto file = file_named(at->path().string())) {
            file->bytes = at->file_size();
            found.files.push_back(std::move(*file));
        } else {
            found.left.push_back(at->path().string());
        }
    }
    if (error)
        return refused(base::ErrorCode::permission, path, "can't be read: " + error.message());
    std::ranges::sort(found.files, {}, &ExportFile::path);
    std::ranges::sort(found.left);
    if (found.files.empty())
        return refused(
            base::ErrorCode::invalid_input,
            path,
            "holds no file of mongoexport (*.json) or mongodump (*.bson, *.bson.gz)"
        );
    return found;
}

}  // namespace documents
