#include "documents/byte_source.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/text.h"
#include "documents/gzip.h"

namespace documents {

namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

class FileSource : public ByteSource {
  public:
    explicit FileSource(std::FILE* file) : file_(file) {}
    ~FileSource() override { std::fclose(file_); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    base::Result<std::string> next() override {
        std::string bytes(kPiece, '\0');
        bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file_));
        if (bytes.empty() && std::ferror(file_) != 0)
            return base::fail(
                base::ErrorCode::storage, "import", "the file can't be read to its end"
            );
        read_ += bytes.size();
        return bytes;
    }
    std::uint64_t read_of_file() const override { return read_; }

  private:
    std::FILE* file_;
    std::uint64_t read_ = 0;
};

class MemorySource : public ByteSource {
  public:
    MemorySource(std::string bytes, std::size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}

    base::Result<std::string> next() override {
        const std::string out = bytes_.substr(at_, piece_);
        at_ += out.size();
        return out;
    }
    std::uint64_t read_of_file() const override { return at_; }

  private:
    std::string bytes_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

// Another source's bytes, with some that were read ahead before them.
class Prefixed : public ByteSource {
  public:
    Prefixed(std::string first, std::unique_ptr<ByteSource> rest)
        : first_(std::move(first)), rest_(std::move(rest)) {}
    base::Result<std::string> next() override {
        if (!first_.empty()) return std::exchange(first_, {});
        return rest_->next();
    }
    std::uint64_t read_of_file() const override { return rest_->read_of_file(); }

  private:
    std::string first_;
    std::unique_ptr<ByteSource> rest_;
};

}  // namespace

base::Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return base::fail(base::ErrorCode::invalid_input, "import", path + " is a folder");
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) {
        const bool missing = errno == ENOENT;
        return base::fail(
            missing ? base::ErrorCode::not_found : base::ErrorCode::permission,
            "import",
            fmt::format(
                "{} {}", base::printable(path, 300), missing ? "is not there" : "can't be read"
            )
        );
    }
    std::unique_ptr<ByteSource> source = std::make_unique<FileSource>(file);
    base::Result<std::string> first = source->next();
    if (!first) return base::pass_on(first);
    const bool packed = first->starts_with("\x1f\x8b");
    source = std::make_unique<Prefixed>(std::move(*first), std::move(source));
    if (packed) source = gunzip(std::move(source));
    return source;
}

std::string_view foreign_format(std::string_view first_bytes) {
    if (first_bytes.starts_with("\x6d\xe2\x99\x81"))
        return "an archive of mongodump: dump into a folder instead (mongodump --out DIR; an "
               "archive "
               "becomes one with mongorestore --archive=FILE and then mongodump)";
    if (first_bytes.starts_with("PK\x03\x04")) return "a zip file: unpack it first";
    if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return "a zstd file: unpack it first";
    return {};
}

std::unique_ptr<ByteSource> source_of(std::string bytes, std::size_t piece) {
    const bool packed = bytes.starts_with("\x1f\x8b");
    std::unique_ptr<ByteSource> source = std::make_unique<MemorySource>(std::move(bytes), piece);
    if (packed) source = gunzip(std::move(source));
    return source;
}

}  // namespace documents
