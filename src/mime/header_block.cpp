#include "mime/header_block.h"

#include "base/text.h"

namespace mime {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Where the colon of a field line stands, or npos. Blanks before it are obsolete but met
// (section 4.5).
std::size_t colon_of(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size() && line[at] > ' ' && line[at] < 0x7f && line[at] != ':') ++at;
    if (at == 0) return std::string_view::npos;
    while (at < line.size() && is_blank(line[at])) ++at;
    return at < line.size() && line[at] == ':' ? at : std::string_view::npos;
}

bool is_mbox_line(std::string_view line) {
    return line.starts_with("From ") || line.starts_with(">From ");
}

class Reader {
  public:
    Reader(std::string_view bytes, std::size_t at, const StopLine& stop)
        : bytes_(bytes), at_(at), start_(at), stop_(stop) {}

    HeaderBlock read(std::size_t bytes_max, std::size_t fields_max) {
        while (at_ < bytes_.size()) {
            const Line line = line_at(bytes_, at_);
            const std::string_view text = bytes_.substr(line.begin, line.end - line.begin);
            if (stop_(text)) break;
            if (text.empty()) {
                at_ = line.next;
                break;
            }
            if (!take(line, text, bytes_max, fields_max)) break;
            at_ = line.next;
        }
        block_.body_at = at_;
        return std::move(block_);
    }

  private:
    // False where the body starts at this line.
    bool take(
        const Line& line, std::string_view text, std::size_t bytes_max, std::size_t fields_max
    ) {
        const bool full = line.next - start_ > bytes_max || block_.fields.size() >= fields_max ||
                          block_.over_limit;
        if (is_blank(text.front()) && at_ != start_) {
            if (full)
                block_.over_limit = true;
            else if (field_open_)
                extend(line);
            return true;
        }
        const std::size_t colon = colon_of(text);
        if (colon == std::string_view::npos) return take_odd(line, text);
        field_open_ = !full;
        block_.over_limit = block_.over_limit || full;
        if (!full)
            block_.fields.push_back({base::trim(text.substr(0, colon)), text.substr(colon + 1)});
        return true;
    }

    void extend(const Line& line) {
        std::string_view& value = block_.fields.back().value;
        const auto begin = static_cast<std::size_t>(value.data() - bytes_.data());
        value = bytes_.substr(begin, line.end - begin);
    }

    // Skips what is no field where fields go on behind it, as most mail stores do; else it is the
    // body.
    bool take_odd(const Line& line, std::string_view text) {
        field_open_ = false;
        if (at_ == start_ && is_mbox_line(text)) return true;
        const Line following = line_at(bytes_, line.next);
        const std::string_view next =
            bytes_.substr(following.begin, following.end - following.begin);
        if (colon_of(next) != std::string_view::npos) {
            block_.odd_line = true;
            return true;
        }
        block_.separator_missing = true;
        return false;
    }

    std::string_view bytes_;
    std::size_t at_;
    std::size_t start_;
    const StopLine& stop_;
    HeaderBlock block_;
    bool field_open_ = false;
};

}  // namespace

Line line_at(std::string_view bytes, std::size_t at) {
    if (at >= bytes.size()) return {bytes.size(), bytes.size(), bytes.size()};
    const std::size_t feed = bytes.find('\n', at);
    Line line{at, bytes.size(), bytes.size()};
    if (feed != std::string_view::npos) line = {at, feed, feed + 1};
    if (line.end > at && bytes[line.end - 1] == '\r') --line.end;
    return line;
}

HeaderBlock read_header_block(
    std::string_view bytes,
    std::size_t at,
    std::size_t bytes_max,
    std::size_t fields_max,
    const StopLine& stop
) {
    return Reader(bytes, at, stop).read(bytes_max, fields_max);
}

std::string unfold(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    value = base::trim(value);
    while (!value.empty()) {
        std::size_t end = 0;
        while (end < value.size() && value[end] != '\r' && value[end] != '\n') ++end;
        out += value.substr(0, end);
        value.remove_prefix(std::min(value.size(), end + 1));
    }
    return out;
}

}  // namespace mime
