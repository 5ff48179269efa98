// A dialer that keeps what clients wrote, by host, and hands everything on; it can tell of every
// write, so that something else happens at that moment.
//
// Life cycle: outlived by the dialer it wraps; the streams it opened may outlive it.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "net/dialer.h"

namespace tests {

class RecordingDialer : public net::Dialer {
  public:
    explicit RecordingDialer(net::Dialer& inner) : inner_(inner) {}

    base::Task<base::Result<std::unique_ptr<net::Stream>>> dial(
        net::Endpoint endpoint, base::MonotonicTime deadline
    ) override {
        std::shared_ptr<std::string>& written = written_[endpoint.host];
        if (!written) written = std::make_shared<std::string>();
        ++dials_[endpoint.host];
        const std::shared_ptr<std::string> into = written;
        const std::string host = endpoint.host;
        auto stream = co_await inner_.dial(std::move(endpoint), deadline);
        if (!stream) co_return base::pass_on(stream);
        co_return std::make_unique<Recorded>(std::move(*stream), into, [this, host] {
            if (on_write) on_write(host);
        });
    }

    std::function<void(const std::string& host)> on_write;

    // All bytes that were written to hosts whose name starts so ("imap.").
    std::string written(std::string_view host_prefix) const {
        std::string all;
        for (const auto& [host, bytes] : written_)
            if (host.starts_with(host_prefix)) all += *bytes;
        return all;
    }
    int dials(const std::string& host) const {
        const auto found = dials_.find(host);
        return found == dials_.end() ? 0 : found->second;
    }
    void forget() {
        for (const auto& [host, bytes] : written_) bytes->clear();
        dials_.clear();
    }

  private:
    class Recorded : public net::Stream {
      public:
        Recorded(
            std::unique_ptr<net::Stream> inner,
            std::shared_ptr<std::string> written,
            std::function<void()> on_write
        )
            : inner_(std::move(inner)),
              written_(std::move(written)),
              on_write_(std::move(on_write)) {}
        base::Task<base::Result<std::size_t>> read_some(
            std::span<char> into, base::MonotonicTime deadline
        ) override {
            return inner_->read_some(into, deadline);
        }
        void cancel_read() override { inner_->cancel_read(); }
        base::Task<base::Result<>> write_all(std::string bytes, base::MonotonicTime deadline)
            override {
            *written_ += bytes;
            on_write_();
            return inner_->write_all(std::move(bytes), deadline);
        }
        base::Task<base::Result<>> start_tls(base::MonotonicTime deadline) override {
            return inner_->start_tls(deadline);
        }
        bool encrypted() const override { return inner_->encrypted(); }
        void close() noexcept override { inner_->close(); }

      private:
        std::unique_ptr<net::Stream> inner_;
        std::shared_ptr<std::string> written_;
        std::function<void()> on_write_;
    };

    net::Dialer& inner_;
    std::map<std::string, std::shared_ptr<std::string>> written_;
    std::map<std::string, int> dials_;
};

}  // namespace tests
