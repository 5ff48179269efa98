// CHECK(condition): a broken invariant ends the task, in release builds too. Not for bad input.
#pragma once
#include <stdexcept>
#include <string>

namespace base {

// Thrown by CHECK; caught at the task boundary only.
class BrokenInvariant : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
    throw BrokenInvariant(std::string(file) + ":" + std::to_string(line) + ": " + condition);
}

}  // namespace base

#define CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::base::check_failed(#condition, __FILE__, __LINE__))
