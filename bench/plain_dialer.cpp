#include "bench/plain_dialer.h"

namespace bench {

namespace {

class PlainStream : public net::Stream {
  public:
    explicit PlainStream(std::unique_ptr<net::Stream> inner) : inner_(std::move(inner)) {}

    base::Task<base::Result<std::size_t>> read_some(
        std::span<char> into, base::MonotonicTime deadline
    ) override {
        return inner_->read_some(into, deadline);
    }
    void cancel_read() override { inner_->cancel_read(); }
    base::Task<base::Result<>> write_all(std::string bytes, base::MonotonicTime deadline) override {
        return inner_->write_all(std::move(bytes), deadline);
    }
    base::Task<base::Result<>> start_tls(base::MonotonicTime deadline) override {
        return inner_->start_tls(deadline);
    }
    bool encrypted() const override { return true; }
    void close() noexcept override { inner_->close(); }

  private:
    std::unique_ptr<net::Stream> inner_;
};

}  // namespace

base::Task<base::Result<std::unique_ptr<net::Stream>>> PlainDialer::dial(
    net::Endpoint endpoint, base::MonotonicTime deadline
) {
    // A connection that waits for STARTTLS begins in clear; nobody asks for TLS afterwards.
    endpoint.tls = net::Tls::starttls;
    auto stream = co_await dialer_.dial(std::move(endpoint), deadline);
    if (!stream) co_return base::pass_on(stream);
    co_return std::make_unique<PlainStream>(std::move(*stream));
}

}  // namespace bench
