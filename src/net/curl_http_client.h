// The real HTTP client: libcurl's multi interface on one thread of its own, whatever the number of
// requests; results are posted to the loop.
//
// Life cycle: made after the loop, destroyed before it. The destructor stops the thread at once;
// requests under way end with `cancelled`. A request whose waiter is gone runs to its end unheard.
//
// Limits: the request's timeout (all of it: resolving, connecting, answer) and response size; 128
// KiB of headers. Only http and https, HTTP/1.1, no redirects, no cookies, no compressed bodies,
// TLS 1.2 or newer with verified certificates. The environment's proxies are not used: the guard
// against private addresses looks at the address that is really connected to, so a name that
// resolves to one address when checked and to another when used gains nothing, and behind a proxy
// it would see the proxy's.
//
// Errors: as net/http_client.h, and invalid_input for a URL or header that cannot be sent.
#pragma once
#include <memory>

#include "base/loop.h"
#include "net/http_client.h"

namespace net {

struct HttpClientSettings {
    std::string ca_file;  // PEM, trusted besides the system's authorities; may be empty
};

class CurlHttpClient : public HttpClient {
  public:
    CurlHttpClient(base::Loop& loop, const HttpClientSettings& settings);
    CurlHttpClient(const CurlHttpClient&) = delete;
    CurlHttpClient& operator=(const CurlHttpClient&) = delete;
    ~CurlHttpClient() override;

    base::Task<base::Result<HttpResponse>> send(HttpRequest request) override;

  private:
    class Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace net
