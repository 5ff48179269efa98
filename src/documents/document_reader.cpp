#include "documents/document_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "documents/bson_document.h"
#include "documents/json_splitter.h"

namespace documents {

namespace {

// The id of a document that can't be read, as far as it can be seen.
std::string id_in_json(std::string_view text) {
    const std::size_t id = text.find("\"_id\"");
    if (id == std::string_view::npos) return {};
    const std::string_view after = text.substr(id, 80);
    for (std::size_t i = 0; i + 24 <= after.size(); ++i)
        if (is_object_id(after.substr(i, 24))) return std::string(after.substr(i, 24));
    return {};
}

std::string id_in_bson(std::string_view bytes) {
    using namespace std::string_view_literals;
    constexpr std::string_view kStart = "\x07_id\0"sv;
    const std::size_t id = bytes.substr(0, 4096).find(kStart);
    if (id == std::string_view::npos || id + kStart.size() + 12 > bytes.size()) return {};
    return base::hex_encode(bytes.substr(id + kStart.size(), 12));
}

class JsonReader : public DocumentReader {
  public:
    explicit JsonReader(std::unique_ptr<ByteSource> source)
        : pieces_(std::move(source), kJsonMax) {}

    std::optional<Item> next() override {
        std::optional<JsonSplitter::Piece> piece = pieces_.next();
        if (!piece) return std::nullopt;
        Item item;
        item.position = fmt::format("line {}", piece->line);
        item.bytes = piece->text.size();
        item.reason = std::move(piece->problem);
        item.broken = piece->broken;
        if (!item.reason.empty()) return item;
        base::Result<Value> value = read_document(piece->text);
        if (value) {
            if (!style_ || *style_ == Style::relaxed) note_style(piece->text);
            item.document = std::move(*value);
        } else {
            item.reason = value.error().message;
            item.id = id_in_json(piece->text);
        }
        return item;
    }
    std::uint64_t read_of_file() const override { return pieces_.read_of_file(); }
    Style style() const override { return style_.value_or(Style::relaxed); }

  private:
    // The first documents tell; a relaxed one may only lack what would show another style.
    void note_style(std::string_view text) {
        constexpr int kLooksMax = 100;
        if (looks_++ >= kLooksMax) return;
        if (const auto seen = style_of(text)) style_ = seen;
    }
    JsonSplitter pieces_;
    std::optional<Style> style_;
    int looks_ = 0;
};

class BsonReader : public DocumentReader {
  public:
    explicit BsonReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

    std::optional<Item> next() override {
        if (ended_) return std::nullopt;
        ++number_;
        if (!fill(4)) {
            ended_ = true;
            if (problem_.empty() && buffer_.size() == at_) return std::nullopt;
            return broken("the file ends in the middle of a document");
        }
        const std::string_view foreign = foreign_format(std::string_view(buffer_).substr(at_, 4));
        if (number_ == 1 && !foreign.empty()) return broken(std::string(foreign));
        std::uint32_t length = 0;
        for (std::size_t i = 4; i > 0; --i)
            length = (length << 8) | static_cast<unsigned char>(buffer_[at_ + i - 1]);
        if (length < 5 || length > kBsonMax)
            return broken(fmt::format("a document of {} bytes, which can't be", length));
        if (!fill(length)) return broken("the file ends in the middle of a document");
        return take(length);
    }
    std::uint64_t read_of_file() const override { return source_->read_of_file(); }
    Style style() const override { return Style::canonical; }

  private:
    bool fill(std::size_t wanted) {
        while (buffer_.size() - at_ < wanted) {
            if (at_ > 0) {
                buffer_.erase(0, at_);
                at_ = 0;
            }
            const base::Result<std::string> more = source_->next();
            if (!more) problem_ = more.error().message;
            if (!more || more->empty()) return false;
            buffer_ += *more;
        }
        return true;
    }
    std::string position() const { return fmt::format("document {} (byte {})", number_, offset_); }
    Item broken(std::string problem) {
        ended_ = true;
        if (!problem_.empty()) problem = problem_;
        return {std::nullopt, position(), {}, std::move(problem), true, 0};
    }
    Item take(std::size_t length) {
        const std::string_view bytes = std::string_view(buffer_).substr(at_, length);
        Item item;
        item.position = position();
        item.bytes = length;
        base::Result<Value> value = read_bson(bytes);
        if (value) {
            item.document = std::move(*value);
        } else {
            item.reason = value.error().message;
            item.id = id_in_bson(bytes);
        }
        at_ += length;
        offset_ += length;
        return item;
    }

    std::unique_ptr<ByteSource> source_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t number_ = 0;
    std::string problem_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<DocumentReader> read_documents(std::unique_ptr<ByteSource> source, Format format) {
    if (format == Format::bson) return std::make_unique<BsonReader>(std::move(source));
    return std::make_unique<JsonReader>(std::move(source));
}

}  // namespace documents
