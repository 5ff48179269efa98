#include "net/curl_transfer.h"

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "net/address.h"

namespace net {
namespace {

constexpr std::size_t kHeaderBytesMax = 128 << 10;

bool has_line_break(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
    CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

bool is_tls_failure(int code) {
    switch (code) {
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return true;
        default:
            return false;
    }
}

}  // namespace

// libcurl's C callbacks. Exceptions must not pass through it: all that is called is free of them
// but for a lack of memory, which ends the process as it does anywhere.
struct CurlCallbacks {
    static std::size_t header(char* bytes, std::size_t, std::size_t count, void* self) noexcept {
        const bool taken = static_cast<CurlTransfer*>(self)->on_header({bytes, count});
        return taken ? count : 0;
    }
    static std::size_t body(char* bytes, std::size_t, std::size_t count, void* self) noexcept {
        const bool taken = static_cast<CurlTransfer*>(self)->on_body({bytes, count});
        return taken ? count : 0;
    }
    static curl_socket_t open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
        if (!static_cast<CurlTransfer*>(self)->may_connect(is_public(&address->addr)))
            return CURL_SOCKET_BAD;
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
    // A kept connection needs no socket: here its address is checked for the request that takes it
    // up.
    static int before_request(void* self, char* address, char*, int, int) noexcept {
        const bool allowed = static_cast<CurlTransfer*>(self)->may_connect(is_public(address));
        return allowed ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
    }
    static CURLcode tls(CURL*, void* context, void* self) noexcept {
        auto* transfer = static_cast<CurlTransfer*>(self);
        if (SSL_CTX_load_verify_file(static_cast<SSL_CTX*>(context), transfer->ca_file_.c_str()) ==
            1)
            return CURLE_OK;
        ERR_clear_error();
        transfer->ca_file_failed_ = true;
        return CURLE_SSL_CACERT_BADFILE;
    }
};

CurlTransfer::CurlTransfer(HttpRequest request, std::string ca_file)
    : request_(std::move(request)),
      ca_file_(std::move(ca_file)),
      easy_(curl_easy_init()),
      reason_(CURL_ERROR_SIZE, '\0') {
    CHECK(easy_ != nullptr);
    set_limits();
    set_callbacks();
    set_request();
}

CurlTransfer::~CurlTransfer() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
}

void CurlTransfer::set_limits() {
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(request_.timeout).count();
    set(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(timeout, 1)));
    set(easy_, CURLOPT_NOSIGNAL, 1L);
    // A transfer that ends while its name is looked up would otherwise hold up all others until the
    // system's resolver gives up.
    set(easy_, CURLOPT_QUICK_EXIT, 1L);
    set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy_, CURLOPT_HTTP09_ALLOWED, 0L);
    set(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    set(easy_, CURLOPT_PROXY, "");
    set(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
}

void CurlTransfer::set_callbacks() {
    set(easy_, CURLOPT_PRIVATE, static_cast<void*>(this));
    set(easy_, CURLOPT_ERRORBUFFER, reason_.data());
    set(easy_, CURLOPT_HEADERFUNCTION, &CurlCallbacks::header);
    set(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(easy_, CURLOPT_WRITEFUNCTION, &CurlCallbacks::body);
    set(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlCallbacks::open);
    set(easy_, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(easy_, CURLOPT_PREREQFUNCTION, &CurlCallbacks::before_request);
    set(easy_, CURLOPT_PREREQDATA, static_cast<void*>(this));
    if (ca_file_.empty()) return;
    set(easy_, CURLOPT_SSL_CTX_FUNCTION, &CurlCallbacks::tls);
    set(easy_, CURLOPT_SSL_CTX_DATA, static_cast<void*>(this));
}

void CurlTransfer::set_request() {
    if (has_line_break(request_.url) || has_line_break(request_.method) ||
        request_.method.empty()) {
        problem_ = error(base::ErrorCode::invalid_input, "method or URL is malformed");
        return;
    }
    set(easy_, CURLOPT_URL, request_.url.c_str());
    if (request_.method == "HEAD")
        set(easy_, CURLOPT_NOBODY, 1L);
    else if (!request_.body.empty() || request_.method != "GET") {
        set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        set(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    }
    set(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    // libcurl's own additions: no waiting for a 100, no form type for a body that is none.
    headers_ = curl_slist_append(headers_, "Expect:");
    bool typed = false;
    for (const auto& [name, value] : request_.headers) {
        if (name.empty() || has_line_break(name) || has_line_break(value)) {
            problem_ =
                error(base::ErrorCode::invalid_input, "a header has an empty name or a line break");
            return;
        }
        typed = typed || base::equals_ignoring_case(name, "content-type");
        const std::string line = value.empty() ? name + ";" : name + ": " + value;
        headers_ = curl_slist_append(headers_, line.c_str());
    }
    if (!typed) headers_ = curl_slist_append(headers_, "Content-Type:");
    set(easy_, CURLOPT_HTTPHEADER, headers_);
}

bool CurlTransfer::on_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > kHeaderBytesMax) too_large_ = true;
    if (too_large_) return false;
    if (line.starts_with("HTTP/")) response_.headers.clear();  // what came before was a 1xx answer
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    response_.headers.emplace_back(
        base::to_lower(base::trim(line.substr(0, colon))), base::trim(line.substr(colon + 1))
    );
    return true;
}

bool CurlTransfer::on_body(std::string_view bytes) {
    if (bytes.size() > request_.response_bytes_max - response_.body.size()) too_large_ = true;
    if (!too_large_) response_.body += bytes;
    return !too_large_;
}

bool CurlTransfer::may_connect(bool address_is_public) {
    const bool allowed = address_is_public || request_.allow_private_addresses;
    if (allowed)
        connected_ = true;
    else
        guarded_ = true;
    return allowed;
}

// Errors name the host only: paths and queries may hold secrets.
std::string CurlTransfer::host() const {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
    char* text = nullptr;
    if (curl_url_set(url.get(), CURLUPART_URL, request_.url.c_str(), 0) != CURLUE_OK) return "URL";
    if (curl_url_get(url.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK) return "URL";
    std::string host = base::printable(text, 255);
    curl_free(text);
    return host;
}

base::Error CurlTransfer::error(base::ErrorCode code, std::string_view words) const {
    return {code, "net.http", fmt::format("{}: {}", host(), words), {}, 0, {}};
}

base::Result<HttpResponse> CurlTransfer::finish(int code) {
    using base::ErrorCode;
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        response_.status = static_cast<int>(status);
        return std::move(response_);
    }
    std::string words = reason_.c_str();
    if (words.empty()) words = curl_easy_strerror(static_cast<CURLcode>(code));
    words = base::printable(words, 300);
    if (too_large_)
        return std::unexpected(error(
            ErrorCode::limit_exceeded,
            fmt::format("the response is larger than {} bytes", request_.response_bytes_max)
        ));
    if (guarded_ && (!connected_ || code == CURLE_ABORTED_BY_CALLBACK))
        return std::unexpected(error(
            ErrorCode::permission,
            "it leads to a private address, which is not allowed for this request"
        ));
    if (ca_file_failed_)
        return std::unexpected(error(
            ErrorCode::tls,
            fmt::format(
                "[tls] ca_file = \"{}\" cannot be used (name a readable PEM file)", ca_file_
            )
        ));
    if (code == CURLE_PEER_FAILED_VERIFICATION) words += " (set [tls] ca_file for a private CA)";
    if (is_tls_failure(code)) return std::unexpected(error(ErrorCode::tls, words));
    if (code == CURLE_OPERATION_TIMEDOUT)
        return std::unexpected(error(ErrorCode::timed_out, "no complete answer in time"));
    // Once connected, "unsupported protocol" is said of an answer that is no HTTP.
    if (code == CURLE_URL_MALFORMAT || (code == CURLE_UNSUPPORTED_PROTOCOL && !connected_))
        return std::unexpected(
            error(ErrorCode::invalid_input, words + " (use an http or https URL)")
        );
    return std::unexpected(error(ErrorCode::network, words));
}

}  // namespace net
