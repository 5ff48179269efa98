// Gzip (RFC 1952), members in a row too; zlib behind it.
#pragma once
#include <memory>

#include "documents/byte_source.h"

namespace documents {

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed);

}  // namespace documents
