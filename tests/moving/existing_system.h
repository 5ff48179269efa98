// A made-up existing system: the collections of 1,804 drafts and what belongs to them, drawn from a
// seed, and files of them as its owner would export them.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "documents/document.h"
#include "documents/extended_json.h"

namespace moving {

using Collections = std::map<std::string, std::vector<documents::Value>>;

inline constexpr int kDrafts = 1804;

// All shapes that existing-data.md names, with odd ones among them: fields nobody knows, missing
// ones, numbers as reals, dates before 1970, texts with every kind of character.
Collections draw_system(std::uint64_t seed, int drafts = kDrafts);
// The accounts that sent its campaigns, in order.
std::vector<std::string> accounts();

enum class Files { bson, bson_gzip, canonical_lines, relaxed_list, v1_lines, relaxed_pretty };
std::string to_string(Files files);
// Writes a file for each collection into the folder (with what the tool leaves beside them).
void write_files(const Collections& collections, Files files, const std::string& folder);
void write_file(
    const std::vector<documents::Value>& documents, Files files, const std::string& path
);

}  // namespace moving
