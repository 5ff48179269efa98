// A fuzzer's bytes as what a server sends: taken from the front in pieces whose lengths are in the
// bytes themselves.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>

namespace fuzz {

class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size)
        : rest_(reinterpret_cast<const char*>(data), size) {}

    bool empty() const { return rest_.empty(); }
    // A number below `limit`; 0 at the end.
    unsigned below(unsigned limit) {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return byte % limit;
    }
    // Mostly whole lines, so that a mutation of one line keeps the others apart.
    std::string_view piece() {
        const unsigned kind = below(8);
        const std::size_t line = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
        const std::size_t count = kind == 0 ? 1 : kind == 1 ? rest_.size() : line;
        const std::string_view out = rest_.substr(0, count);
        rest_.remove_prefix(out.size());
        return out;
    }

  private:
    std::string_view rest_;
};

}  // namespace fuzz
