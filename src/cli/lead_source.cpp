#include "cli/lead_source.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "campaign/lead_file.h"
#include "cli/new_file.h"

namespace cli {

namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kInputBytesMax = std::size_t{256} << 20;

// Up to kPiece bytes; empty at the end.
std::string read_piece(std::istream& stream) {
    std::string piece(kPiece, '\0');
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(stream.gcount()));
    return piece;
}

base::Result<std::unique_ptr<std::istream>> open_stream(const std::string& path) {
    if (path == "-") {
        auto text = read_standard_input(kInputBytesMax);
        if (!text) return base::pass_on(text);
        return std::make_unique<std::istringstream>(std::move(*text));
    }
    if (std::filesystem::is_directory(path))
        return base::fail(
            base::ErrorCode::invalid_input, "lead file", path + " is a folder; name a file"
        );
    auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
    if (!*file)
        return base::fail(
            std::filesystem::exists(path) ? base::ErrorCode::permission
                                          : base::ErrorCode::not_found,
            "lead file",
            "cannot read " + path + ": is it there, and may you read it?"
        );
    return file;
}

}  // namespace

struct RecordSource::Reading {
    std::unique_ptr<std::istream> stream;
    campaign::Encoding encoding = campaign::Encoding::utf8;
    std::size_t total = 0;
    std::size_t read = 0;
    char delimiter = ',';
    campaign::Decoder decoder{campaign::Encoding::utf8};
    campaign::LeadFile file{','};
    bool ended = false;

    // The first pass: what the bytes mean.
    void look();
    std::optional<campaign::LeadRecord> next();
};

void RecordSource::Reading::look() {
    campaign::EncodingGuess guess;
    std::string head;
    for (std::string piece = read_piece(*stream); !piece.empty(); piece = read_piece(*stream)) {
        if (head.empty()) head = piece;
        guess.look(piece);
        total += piece.size();
    }
    encoding = guess.result();
    delimiter = campaign::guess_delimiter(campaign::Decoder(encoding).decode(head, true));
    decoder = campaign::Decoder(encoding);
    file = campaign::LeadFile(delimiter);
    stream->clear();
    stream->seekg(0);
}

std::optional<campaign::LeadRecord> RecordSource::Reading::next() {
    while (true) {
        if (auto record = file.next()) return record;
        if (ended) return std::nullopt;
        const std::string piece = read_piece(*stream);
        read += piece.size();
        ended = piece.empty();
        file.feed(decoder.decode(piece, ended));
        if (ended) file.finish();
    }
}

RecordSource::RecordSource(std::unique_ptr<Reading> reading) : reading_(std::move(reading)) {}
RecordSource::RecordSource(RecordSource&& other) noexcept = default;
RecordSource::~RecordSource() = default;

base::Result<RecordSource> RecordSource::open(const std::string& path) {
    auto stream = open_stream(path);
    if (!stream) return base::pass_on(stream);
    auto reading = std::make_unique<Reading>();
    reading->stream = std::move(*stream);
    reading->look();
    return RecordSource(std::move(reading));
}

std::optional<campaign::LeadRecord> RecordSource::next() { return reading_->next(); }
campaign::Encoding RecordSource::encoding() const { return reading_->encoding; }
char RecordSource::delimiter() const { return reading_->delimiter; }
std::size_t RecordSource::bytes_read() const { return reading_->read; }
std::size_t RecordSource::bytes_total() const { return reading_->total; }

base::Result<LeadSource> LeadSource::open(
    const std::string& path, const campaign::ColumnWish& wish
) {
    auto records = RecordSource::open(path);
    if (!records) return base::pass_on(records);
    LeadSource source(std::move(*records));
    auto first = source.records_.next();
    if (!first || !first->problem.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "lead file",
            path + ": " + (first ? "line 1: " + first->problem : std::string("it is empty"))
        );
    auto columns = campaign::find_columns(first->fields, wish);
    if (!columns) {
        base::Error error = columns.error();
        error.message = path + ": " + error.message;
        return std::unexpected(std::move(error));
    }
    source.columns_ = std::move(*columns);
    source.heading_ = first->fields;
    if (!source.columns_.heading) source.waiting_.push_back(std::move(*first));
    return source;
}

std::vector<campaign::LeadRow> LeadSource::next(std::size_t count_max) {
    std::vector<campaign::LeadRow> rows;
    for (const campaign::LeadRecord& record : std::exchange(waiting_, {}))
        rows.push_back(campaign::row_of(columns_, record));
    while (rows.size() < count_max) {
        const auto record = records_.next();
        if (!record) break;
        rows.push_back(campaign::row_of(columns_, *record));
    }
    return rows;
}

}  // namespace cli
