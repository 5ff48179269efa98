#include "documents/gzip.h"

#include <zlib.h>

#include "base/check.h"

namespace documents {

namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr int kGzipOnly = 16 + MAX_WBITS;

class GzipSource : public ByteSource {
  public:
    explicit GzipSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)) {
        CHECK(inflateInit2(&stream_, kGzipOnly) == Z_OK);
    }
    ~GzipSource() override { inflateEnd(&stream_); }
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;

    base::Result<std::string> next() override {
        std::string out(kPiece, '\0');
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        while (stream_.avail_out == out.size()) {
            if (stream_.avail_in == 0) {
                base::Result<std::string> more = packed_->next();
                if (!more) return more;
                if (more->empty()) return at_end();
                input_ = std::move(*more);
                stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
                stream_.avail_in = static_cast<uInt>(input_.size());
            }
            // Another member follows.
            if (member_ended_) CHECK(inflateReset(&stream_) == Z_OK);
            const int state = inflate(&stream_, Z_NO_FLUSH);
            member_ended_ = state == Z_STREAM_END;
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
                return base::fail(base::ErrorCode::invalid_input, "gzip", "damaged gzip");
        }
        out.resize(out.size() - stream_.avail_out);
        return out;
    }
    std::uint64_t read_of_file() const override { return packed_->read_of_file(); }

  private:
    base::Result<std::string> at_end() const {
        if (member_ended_) return std::string();
        return base::fail(base::ErrorCode::invalid_input, "gzip", "gzip that ends in the middle");
    }

    std::unique_ptr<ByteSource> packed_;
    std::string input_;
    z_stream stream_{};
    bool member_ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed) {
    return std::make_unique<GzipSource>(std::move(packed));
}

}  // namespace documents
