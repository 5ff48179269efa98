// What `{"$…": …}` of Extended JSON stands for. Pure.
#pragma once
#include "base/result.h"
#include "documents/document.h"

namespace documents {

// The value an object of plain JSON stands for: itself where it names no type. invalid_input where
// it names one and is malformed.
base::Result<Value> fold_type(Value object);

}  // namespace documents
