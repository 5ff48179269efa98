#include "net/http_request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/check.h"
#include "base/text.h"

namespace net {
namespace http = boost::beast::http;

struct HttpRequestParser::Impl {
    using Parser = http::request_parser<http::string_body>;

    explicit Impl(const HttpLimits& limits) {
        parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
        parser.body_limit(limits.body_bytes_max);
        // Not eager: the header is looked at before the body is read.
        parser.eager(false);
    }

    void parse();
    void fail(const boost::system::error_code& error);
    void refuse_chunked();

    Parser parser;
    std::string pending;  // what the parser has not taken yet
    State state = State::reading;
    bool started = false;
    int status = 400;
    std::string problem;
};

void HttpRequestParser::Impl::parse() {
    while (state == State::reading && !pending.empty()) {
        boost::system::error_code error;
        const std::size_t taken = parser.put(boost::asio::buffer(pending), error);
        pending.erase(0, taken);
        if (error == http::error::need_more) return;
        if (error) return fail(error);
        if (parser.is_header_done() && parser.chunked()) return refuse_chunked();
        if (parser.is_done()) state = State::done;
        if (taken == 0) return;
    }
}

void HttpRequestParser::Impl::fail(const boost::system::error_code& error) {
    state = State::failed;
    problem = error.message();
    if (error == http::error::header_limit) status = 431;
    if (error == http::error::body_limit) status = 413;
}

// RFC 9112 section 6.3 allows it. Nobody who unsubscribes needs chunks, and Beast 1.81 ends the
// process (`n >= 5`) on a chunk's header that comes in pieces.
void HttpRequestParser::Impl::refuse_chunked() {
    state = State::failed;
    status = 411;
    problem = "a length is required";
}

HttpRequestParser::HttpRequestParser(HttpLimits limits) : impl_(std::make_unique<Impl>(limits)) {}

HttpRequestParser::~HttpRequestParser() = default;

HttpRequestParser::State HttpRequestParser::on_bytes(std::string_view bytes) {
    if (impl_->state != State::reading) return impl_->state;
    impl_->started = impl_->started || !bytes.empty();
    impl_->pending += bytes;
    impl_->parse();
    return impl_->state;
}

HttpRequestParser::State HttpRequestParser::on_closed() {
    if (impl_->state != State::reading) return impl_->state;
    // A request's body never ends with the connection (RFC 9112 section 6.3), so this is a cut.
    impl_->state = State::failed;
    impl_->problem = "the request is cut off";
    return impl_->state;
}

HttpRequestParser::State HttpRequestParser::state() const { return impl_->state; }
bool HttpRequestParser::started() const { return impl_->started; }
int HttpRequestParser::status() const { return impl_->status; }
const std::string& HttpRequestParser::problem() const { return impl_->problem; }

bool HttpRequestParser::expects_continue() const {
    return impl_->state == State::reading && impl_->parser.is_header_done() &&
           base::equals_ignoring_case(
               std::string_view(impl_->parser.get()[http::field::expect]), "100-continue"
           );
}

ServerRequest HttpRequestParser::take() {
    CHECK(impl_->state == State::done);
    http::request<http::string_body> message = impl_->parser.release();
    ServerRequest request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message)
        request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    request.body = std::move(message.body());
    return request;
}

}  // namespace net
