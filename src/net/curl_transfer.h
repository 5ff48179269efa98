// One HTTP request on its way through libcurl: its options, what came, and how it ended. Used by
// curl_http_client.cpp only.
//
// Life cycle: made for a request, handed to a multi handle by `handle()`, removed from it, then
// `finish(code)` says how it ended. Stays at its address in between (libcurl holds pointers).
#pragma once
#include <memory>
#include <string>

#include "net/http_client.h"

struct curl_slist;

namespace net {

class CurlTransfer {
  public:
    CurlTransfer(HttpRequest request, std::string ca_file);
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    ~CurlTransfer();

    // Why it cannot even be tried, if so.
    const std::optional<base::Error>& problem() const { return problem_; }
    // The CURL easy handle; its CURLOPT_PRIVATE is this object.
    void* handle() const { return easy_; }
    // `code` is the CURLcode that libcurl ended with.
    base::Result<HttpResponse> finish(int code);

  private:
    friend struct CurlCallbacks;

    void set_request();
    void set_limits();
    void set_callbacks();
    bool on_header(std::string_view line);
    bool on_body(std::string_view bytes);
    bool may_connect(bool address_is_public);
    std::string host() const;
    base::Error error(base::ErrorCode code, std::string_view words) const;

    HttpRequest request_;
    std::string ca_file_;
    void* easy_ = nullptr;
    curl_slist* headers_ = nullptr;
    std::string reason_;  // libcurl's words, written into by it
    HttpResponse response_;
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    bool guarded_ = false;    // an address was refused
    bool connected_ = false;  // another one was not
    bool ca_file_failed_ = false;
    std::optional<base::Error> problem_;
};

}  // namespace net
