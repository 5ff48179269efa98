#include "smtp/test_server.h"

#include <algorithm>

#include "base/text.h"

namespace smtp::test {

namespace {

std::string verb_of(const std::string& line) {
    std::string verb = line.substr(0, line.find(' '));
    for (char& c : verb)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return verb;
}

}  // namespace

std::string TestServer::eat(std::string_view bytes) {
    if (!encrypted_) clear_bytes_ += bytes;
    buffer_ += bytes;
    std::string said;
    for (std::size_t end; !hung_up_ && (end = buffer_.find("\r\n")) != std::string::npos;) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        said += answer(std::move(line));
    }
    return said;
}

bool TestServer::start_tls() {
    if (script_.handshake_fails || encrypted_) return false;
    encrypted_ = true;
    buffer_.clear();
    return true;
}

std::size_t TestServer::count(std::string_view verb) const {
    return static_cast<std::size_t>(std::ranges::count_if(lines_, [&](const Line& line) {
        return verb_of(line.text) == verb;
    }));
}

std::string TestServer::scripted(const std::string& key, const std::string& usual) {
    if (encrypted_ && script_.ignored_tls.contains(key)) return "";
    const auto found = script_.replies.find(key);
    const std::string said = found == script_.replies.end() ? usual : found->second;
    hung_up_ = hung_up_ || said.starts_with("421") || said.starts_with("221");
    return said;
}

std::string TestServer::answer(std::string line) {
    if (mode_ == Mode::data) return answer_data(line);
    lines_.push_back({line, encrypted_});
    if (mode_ == Mode::command) return answer_command(line);
    const bool user = mode_ == Mode::auth_user;
    const std::string said = user ? scripted("USER", "334 UGFzc3dvcmQ6\r\n")
                                  : scripted("PASSWORD", "235 2.7.0 Accepted\r\n");
    mode_ = user && said.starts_with("3") ? Mode::auth_password : Mode::command;
    return said;
}

std::string TestServer::hello() {
    has_sender_ = has_recipient_ = false;
    const std::vector<std::string>& keywords = encrypted_ ? script_.keywords_tls : script_.keywords;
    std::string said = keywords.empty() ? "250 mx.example.com\r\n" : "250-mx.example.com\r\n";
    for (std::size_t i = 0; i < keywords.size(); ++i)
        said += (i + 1 < keywords.size() ? "250-" : "250 ") + keywords[i] + "\r\n";
    return said;
}

std::string TestServer::answer_command(const std::string& line) {
    const std::string verb = verb_of(line);
    if (verb == "EHLO") return scripted(verb, hello());
    if (verb == "HELO") return scripted(verb, "250 mx.example.com\r\n");
    if (verb == "STARTTLS") return scripted(verb, "220 2.0.0 Ready to start TLS\r\n");
    if (verb == "QUIT") return scripted(verb, "221 2.0.0 Bye\r\n");
    if (verb == "AUTH") {
        const bool plain = base::starts_with_ignoring_case(line, "AUTH PLAIN ");
        const std::string said =
            scripted(verb, plain ? "235 2.7.0 Accepted\r\n" : "334 VXNlcm5hbWU6\r\n");
        if (said.starts_with("3")) mode_ = plain ? Mode::auth_password : Mode::auth_user;
        return said;
    }
    return answer_envelope(verb);
}

std::string TestServer::answer_envelope(const std::string& verb) {
    if (verb == "MAIL") {
        const std::string said = scripted(verb, "250 2.1.0 Ok\r\n");
        has_sender_ = said.starts_with('2');
        return said;
    }
    if (verb == "RCPT") {
        const std::string said =
            scripted(verb, has_sender_ ? "250 2.1.5 Ok\r\n" : "503 5.5.1 need MAIL\r\n");
        has_recipient_ = said.starts_with('2');
        return said;
    }
    if (verb == "DATA") {
        const std::string said =
            scripted(verb, has_recipient_ ? "354 go ahead\r\n" : "554 5.5.1 no recipients\r\n");
        if (said.starts_with('3')) mode_ = Mode::data;
        message_.clear();
        return said;
    }
    if (verb == "RSET") {
        has_sender_ = has_recipient_ = false;
        return scripted(verb, "250 2.0.0 Ok\r\n");
    }
    return scripted(verb, "500 5.5.2 Error: bad syntax\r\n");
}

std::string TestServer::answer_data(const std::string& line) {
    if (line != ".") {
        message_ += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
        return "";
    }
    mode_ = Mode::command;
    const std::string said = scripted(
        ".", has_recipient_ ? "250 2.0.0 Ok: queued as 4XyZ\r\n" : "554 5.5.1 no recipients\r\n"
    );
    if (said.empty() || said.starts_with('2')) messages_.push_back(message_);
    has_sender_ = has_recipient_ = false;
    return said;
}

TestStream::TestStream(std::shared_ptr<TestServer> server, Break broken, std::size_t read_bytes_max)
    : server_(std::move(server)),
      break_(broken),
      read_bytes_max_(read_bytes_max),
      incoming_(server_->script().greeting) {}

bool TestStream::breaks_now() {
    const std::size_t operation = operations_++;
    return break_.how != Break::How::never && operation == break_.operation;
}

std::unexpected<base::Error> TestStream::failure() const {
    const base::ErrorCode code = break_.how == Break::How::timed_out ? base::ErrorCode::timed_out
                                 : break_.how == Break::How::closed  ? base::ErrorCode::closed
                                                                     : base::ErrorCode::network;
    return base::fail(code, "net", "the test broke the connection");
}

base::Task<base::Result<std::size_t>> TestStream::read_some(
    std::span<char> into, base::MonotonicTime
) {
    if (breaks_now()) {
        if (break_.how == Break::How::closed) co_return std::size_t{0};
        co_return failure();
    }
    if (incoming_.empty() && server_->hung_up()) co_return std::size_t{0};
    if (incoming_.empty() || closed_)
        co_return base::fail(base::ErrorCode::timed_out, "net", "nothing came");
    const std::size_t count = std::min({into.size(), incoming_.size(), read_bytes_max_});
    std::copy_n(incoming_.begin(), count, into.begin());
    incoming_.erase(0, count);
    co_return count;
}

base::Task<base::Result<>> TestStream::write_all(std::string bytes, base::MonotonicTime) {
    const bool broken = breaks_now();
    if (!broken || break_.how == Break::How::after_write) incoming_ += server_->eat(bytes);
    if (broken) co_return failure();
    co_return base::Result<>{};
}

base::Task<base::Result<>> TestStream::start_tls(base::MonotonicTime) {
    if (breaks_now()) co_return failure();
    // Clear bytes that were not read yet are what a real handshake would stumble over.
    if (!incoming_.empty())
        co_return base::fail(base::ErrorCode::tls, "net", "no TLS record was received");
    if (!server_->start_tls())
        co_return base::fail(base::ErrorCode::tls, "net", "certificate has expired");
    co_return base::Result<>{};
}

base::Task<base::Result<std::unique_ptr<net::Stream>>> TestDialer::dial(
    net::Endpoint endpoint, base::MonotonicTime
) {
    if (refusal) co_return std::unexpected(*refusal);
    const bool encrypted = endpoint.tls == net::Tls::implicit && implicit_is_encrypted;
    server = std::make_shared<TestServer>(script_, encrypted);
    co_return std::unique_ptr<net::Stream>(
        std::make_unique<TestStream>(server, break_, read_bytes_max_)
    );
}

void run(base::Task<> task) {
    bool done = false;
    std::exception_ptr problem;
    base::start(std::move(task), [&](std::exception_ptr error) {
        problem = error;
        done = true;
    });
    if (problem) std::rethrow_exception(problem);
    CHECK(done);
}

}  // namespace smtp::test
