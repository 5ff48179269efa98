// Any stranger at the unsubscribe page's door: net::HttpRequestParser.
#include "base/check.h"
#include "fuzz/input.h"
#include "net/http_request_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const net::HttpLimits limits{.header_bytes_max = 1024, .body_bytes_max = 256};
    net::HttpRequestParser parser(limits);
    while (!input.empty()) parser.on_bytes(input.piece());
    if (parser.on_closed() == net::HttpRequestParser::State::done) {
        const net::ServerRequest request = parser.take();
        CHECK(request.body.size() <= limits.body_bytes_max);
        CHECK(request.target.size() <= limits.header_bytes_max);
    } else {
        CHECK(parser.status() >= 400 || !parser.started());
    }
    return 0;
}
