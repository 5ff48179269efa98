// The bytes of a file, unpacked where it is gzip (zlib behind it), in pieces: memory stays bounded
// however large the file is.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace documents {

class ByteSource {
  public:
    virtual ~ByteSource() = default;

    // The next bytes, at most 64 KiB; empty at the end. Errors: storage where the disk fails,
    // invalid_input where gzip is damaged or ends in the middle.
    virtual base::Result<std::string> next() = 0;
    // How much of the file itself has been read: for a progress bar.
    virtual std::uint64_t read_of_file() const = 0;
};

// Gzip is known by its first bytes, not by its name. not_found and permission name the path.
base::Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);
// What the first bytes of a file say that is no export of documents, with the mend: an archive of
// mongodump, zip, zstd. Empty: nothing of the kind.
std::string_view foreign_format(std::string_view first_bytes);
// Of bytes in memory, `piece` at a time: for tests.
std::unique_ptr<ByteSource> source_of(std::string bytes, std::size_t piece);

}  // namespace documents
