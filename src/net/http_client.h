// HTTP requests. The real one is net/curl_http_client.cpp (libcurl on its own threads).
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "base/time.h"

namespace net {

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    base::Duration timeout = std::chrono::seconds(60);
    std::size_t response_bytes_max = 4 << 20;
    // Only for addresses that stand in the owner's own configuration (a model's base_url).
    bool allow_private_addresses = false;
};

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
    // The first header of that (lower-case) name, or empty.
    std::string header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

class HttpClient {
  public:
    virtual ~HttpClient() = default;
    // Any status is a response. Errors: network, timed_out, tls, limit_exceeded, permission (a
    // private address that was not allowed). Redirects are not followed; certificates are always
    // checked.
    virtual base::Task<base::Result<HttpResponse>> send(HttpRequest request) = 0;
};

}  // namespace net
