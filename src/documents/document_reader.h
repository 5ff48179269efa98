// Reads the documents of one export file, one after the other, in bounded memory.
//
//   const auto reader = read_documents(std::move(source), Format::bson);
//   while (const auto item = reader->next()) use(*item);
//
// It reads Extended JSON (an array, one document a line, or documents one after the other) and
// BSON, both gzipped or not. A document that can't be read is an item with the reason, and reading
// goes on behind it; where that is impossible (the file ends in the middle, a length that can't be)
// the item says `broken` and is the last.
// Limits: 64 MiB of JSON or kBsonMax bytes of BSON a document, kDepthMax levels.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "documents/byte_source.h"
#include "documents/document.h"
#include "documents/extended_json.h"

namespace documents {

inline constexpr std::size_t kJsonMax = std::size_t{64} << 20;

struct Item {
    std::optional<Value> document;  // none: refused
    std::string position;           // "line 12", "document 3 (byte 4711)"
    std::string id;                 // of a refused document, where it can be seen
    std::string reason;
    bool broken = false;
    std::size_t bytes = 0;  // of the document as it lies in the file
};

class DocumentReader {
  public:
    virtual ~DocumentReader() = default;
    // Nothing at the end.
    virtual std::optional<Item> next() = 0;
    virtual std::uint64_t read_of_file() const = 0;
    // How the documents so far were written.
    virtual Style style() const = 0;
};

enum class Format { json, bson };

std::unique_ptr<DocumentReader> read_documents(std::unique_ptr<ByteSource> source, Format format);

}  // namespace documents
