#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace base {

Progress::Progress(std::FILE* out, bool enabled)
    : out_(out), drawing_(enabled && isatty(fileno(out)) != 0) {}

Progress::~Progress() { clear(); }

void Progress::update(std::size_t done, std::size_t total, const std::string& words) {
    if (!drawing_ || total == 0) return;
    constexpr std::size_t kWidth = 30;
    const std::size_t filled = kWidth * std::min(done, total) / total;
    const std::string picture = fmt::format(
        "[{}{}] {:3}% {}",
        std::string(filled, '#'),
        std::string(kWidth - filled, '.'),
        100 * std::min(done, total) / total,
        words
    );
    if (picture == last_) return;
    fmt::print(out_, "\r\033[K{}", picture);
    std::fflush(out_);
    last_ = picture;
}

void Progress::clear() {
    if (!drawing_ || last_.empty()) return;
    fmt::print(out_, "\r\033[K");
    std::fflush(out_);
    last_.clear();
}

}  // namespace base
