// BSON, one document at a time (libbson behind it).
//
// Limits: kBsonMax bytes, kDepthMax levels. Errors: invalid_input says what is wrong and in which
// field: damaged bytes, text that is not UTF-8, the NUL character, a field that stands twice.
#pragma once
#include <string_view>

#include "base/result.h"
#include "documents/document.h"

namespace documents {

// What MongoDB takes (16 MiB), and the room its own tools allow beyond.
inline constexpr std::size_t kBsonMax = (std::size_t{16} << 20) + (std::size_t{16} << 10);

base::Result<Value> read_bson(std::string_view bytes);

}  // namespace documents
