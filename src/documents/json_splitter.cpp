#include "documents/json_splitter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace documents {

namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";  // a byte order mark in UTF-8

// Walks over an object's text from its first brace.
struct Braces {
    int depth = 0;
    bool in_text = false;
    bool escaped = false;

    // True at the brace that ends it.
    bool step(char c) {
        if (in_text) {
            if (escaped)
                escaped = false;
            else if (c == '\\')
                escaped = true;
            else if (c == '"')
                in_text = false;
            return false;
        }
        if (c == '"') in_text = true;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        return depth == 0;
    }
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

JsonSplitter::JsonSplitter(std::unique_ptr<ByteSource> source, std::size_t size_max)
    : source_(std::move(source)), size_max_(size_max) {}

bool JsonSplitter::fill() {
    if (source_ended_) return false;
    if (at_ > 0) {
        buffer_.erase(0, at_);
        at_ = 0;
    }
    const base::Result<std::string> more = source_->next();
    if (!more) source_problem_ = more.error().message;
    source_ended_ = !more || more->empty();
    if (!source_ended_) buffer_ += *more;
    return !source_ended_;
}

// Stands on something that is no blank; false at the end.
bool JsonSplitter::skip_blanks() {
    while (true) {
        for (; at_ < buffer_.size() && is_blank(buffer_[at_]); ++at_)
            if (buffer_[at_] == '\n') ++line_;
        if (at_ < buffer_.size()) return true;
        if (!fill()) return false;
    }
}

// How many bytes from here to the end of the document that starts here; none where it has no end.
std::optional<std::size_t> JsonSplitter::end_of_document() {
    Braces braces;
    for (std::size_t offset = 0;; ++offset) {
        while (at_ + offset >= buffer_.size())
            if (offset > size_max_ || !fill()) return std::nullopt;
        if (braces.step(buffer_[at_ + offset])) return offset + 1;
    }
}

// The same to the line's end, without it; the end of the file is one too.
std::optional<std::size_t> JsonSplitter::end_of_line() {
    std::size_t searched = 0;
    while (true) {
        const std::size_t end = buffer_.find('\n', at_ + searched);
        if (end != std::string::npos) return end - at_;
        searched = buffer_.size() - at_;
        if (searched > size_max_) return std::nullopt;
        if (!fill()) return buffer_.size() - at_;
    }
}

// One document a line where the first line is one by itself; then a damaged line harms no other.
void JsonSplitter::find_form() {
    form_ = Form::sequence;
    const std::optional<std::size_t> line = end_of_line();
    if (!line) return;
    const std::string_view text = base::trim(std::string_view(buffer_).substr(at_, *line));
    Braces braces;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (braces.step(text[i])) {
            if (i + 1 == text.size()) form_ = Form::lines;
            return;
        }
}

JsonSplitter::Piece JsonSplitter::broken(std::string problem) {
    ended_ = true;
    if (!source_problem_.empty()) problem = source_problem_;
    return {{}, line_, std::move(problem), true};
}

JsonSplitter::Piece JsonSplitter::take(std::size_t size) {
    Piece piece{buffer_.substr(at_, size), line_, {}, false};
    at_ += size;
    line_ += static_cast<std::uint64_t>(std::ranges::count(piece.text, '\n'));
    return piece;
}

JsonSplitter::Piece JsonSplitter::pass_over_line() {
    Piece piece{{}, line_, fmt::format("a line of more than {} bytes", size_max_), false};
    do {
        const std::size_t end = buffer_.find('\n', at_);
        at_ = end == std::string::npos ? buffer_.size() : end;
    } while (at_ == buffer_.size() && fill());
    return piece;
}

JsonSplitter::Piece JsonSplitter::take_line() {
    const std::optional<std::size_t> size = end_of_line();
    if (!size) return pass_over_line();
    if (source_ended_ && !source_problem_.empty() && at_ + *size == buffer_.size())
        return broken({});
    Piece piece = take(*size);
    piece.text = std::string(base::trim(piece.text));
    return piece;
}

JsonSplitter::Piece JsonSplitter::take_document() {
    if (buffer_[at_] != '{')
        return broken(fmt::format(
            "'{}' where a document should start", base::printable(buffer_.substr(at_, 1), 8)
        ));
    const std::optional<std::size_t> size = end_of_document();
    if (size) return take(*size);
    if (source_ended_) return broken("the file ends in the middle of a document");
    return broken(fmt::format("a document of more than {} bytes", size_max_));
}

std::optional<JsonSplitter::Piece> JsonSplitter::end_of_array() {
    ++at_;
    ended_ = true;
    if (!skip_blanks()) return std::nullopt;
    return broken("more text after the end of the list");
}

// The first bytes: what form it has, or why it is none of ours.
std::optional<JsonSplitter::Piece> JsonSplitter::start_of_file() {
    started_ = true;
    while (buffer_.size() < 4 && fill()) {
    }
    const std::string_view start = std::string_view(buffer_).substr(0, 4);
    if (!foreign_format(start).empty()) return broken(std::string(foreign_format(start)));
    if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF") ||
        start.find('\0') != std::string_view::npos)
        return broken("no UTF-8 text (UTF-16?): export it again as UTF-8");
    if (start.starts_with(kMark)) at_ = kMark.size();
    if (!skip_blanks()) return std::nullopt;
    if (buffer_[at_] == '[') {
        ++at_;
        form_ = Form::array;
    } else {
        find_form();
    }
    return std::nullopt;
}

std::optional<JsonSplitter::Piece> JsonSplitter::next() {
    if (ended_) return std::nullopt;
    if (!started_)
        if (std::optional<Piece> problem = start_of_file()) return problem;
    const bool more = skip_blanks();
    if (!source_problem_.empty() && !more) return broken({});
    if (!more) {
        ended_ = true;
        if (form_ == Form::array) return broken("the file ends in the middle of a list");
        return std::nullopt;
    }
    if (form_ == Form::array && buffer_[at_] == ']') return end_of_array();
    if (buffer_[at_] == ',' && form_ != Form::lines) {
        ++at_;
        if (!skip_blanks()) return broken("the file ends in the middle of a list");
    }
    return form_ == Form::lines ? take_line() : take_document();
}

}  // namespace documents
