#include "imap/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "imap/parser.h"

namespace imap {
namespace {

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char byte) {
        return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
    });
}

// The secret in every form that it is sent in, the longest first.
std::vector<std::string> secrets_of(const Credentials& credentials) {
    const std::string& login = credentials.login;
    const std::string& secret = credentials.password;
    if (secret.empty()) return {};
    if (credentials.method == Login::password) return {sasl_plain(login, secret), secret};
    return {
        net::token_response(net::TokenMechanism::xoauth2, login, secret),
        net::token_response(net::TokenMechanism::oauthbearer, login, secret),
        secret
    };
}

}  // namespace

Session::Session(Credentials credentials, net::Tls tls, bool encrypted)
    : credentials_(std::move(credentials)), tls_(tls), secure_(encrypted) {
    const bool has_nul = credentials_.login.find('\0') != std::string::npos ||
                         credentials_.password.find('\0') != std::string::npos;
    if (credentials_.login.empty() || credentials_.password.empty() || has_nul)
        fail(base::ErrorCode::invalid_input, "login or password is empty or holds a NUL: set both");
    else if (credentials_.method == Login::bearer &&
             (!net::is_token(credentials_.password) || has_control(credentials_.login)))
        fail(
            base::ErrorCode::invalid_input,
            "the access token or the login holds a blank, a control character or 8-bit text"
        );
    else if (tls_ == net::Tls::implicit && !secure_)
        fail(base::ErrorCode::tls, "the connection is not encrypted: nothing is sent over it");
    secrets_ = secrets_of(credentials_);
}

net::Action Session::next() {
    if (state_ == State::over) return net::Done{};
    if (state_ == State::ready) return net::Ready{};
    if (state_ == State::handshake) return net::StartTls{row().deadline};
    if (!outgoing_.empty()) return net::Write{outgoing_, row().deadline};
    if (idling_) return net::Wait{idle_until_};
    return net::Read{row().deadline};
}

// Frees it too: a connection that filed a large mail may then idle for days.
void Session::on_written() { outgoing_ = std::string(); }

void Session::on_bytes(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::over) {
        const std::size_t before = bytes.size();
        base::Result<std::optional<Frame>> frame = reader_.next(bytes);
        if (!frame) return fail(frame.error().code, frame.error().message);
        const std::size_t text_bytes = *frame ? (*frame)->text.size() : 0;
        if (!count_bytes(before - bytes.size(), text_bytes) || !*frame) return;
        on_response(parse_response(std::move(**frame)), bytes.empty());
    }
}

void Session::on_tls_started() {
    CHECK(state_ == State::handshake);
    secure_ = true;
    // What was said in clear may come from anyone.
    capabilities_.clear();
    bye_.clear();
    begin_capability();
}

void Session::on_closed() {
    if (state_ == State::logout || state_ == State::over) return end();
    fail(
        base::ErrorCode::closed,
        fmt::format("the server closed the connection while {}", row().phrase),
        bye_
    );
}

void Session::on_timeout() {
    if (state_ == State::logout || state_ == State::over) return end();
    fail(base::ErrorCode::timed_out, fmt::format("no answer in time while {}", row().phrase), bye_);
}

void Session::on_failure(base::Error error) {
    if (state_ == State::logout || state_ == State::over) return end();
    fail(error.code, fmt::format("{} (while {})", error.message, row().phrase), error.server_words);
}

void Session::on_wake(net::Wake wake) {
    CHECK(idling_);
    end_idle(wake == net::Wake::asked ? Idled::woken : Idled::timed_out);
}

void Session::resume() { CHECK(false && "an IMAP session has no barriers"); }

void Session::command(Command command) {
    CHECK(state_ == State::ready);
    outcome_.reset();
    if (!bye_.empty())
        return fail(base::ErrorCode::closed, "the server has ended the session", bye_);
    const std::size_t kind = command.index();
    const bool forgets_names = std::holds_alternative<ListFolders>(command) &&
                               std::get<ListFolders>(command).wire_pattern == "*";
    if (const auto* fetch = std::get_if<FetchUids>(&command))
        asked_ = UidRanges::parse(fetch->uid_set);
    if (const auto* idle = std::get_if<Idle>(&command)) idle_until_ = idle->until;
    base::Result<std::vector<std::string>> parts =
        write_command(next_tag(), std::move(command), dialect());
    if (!parts) {
        tag_.clear();
        outcome_ = base::pass_on(parts);
        return;
    }
    constexpr std::array kCommandStates{
        State::list,
        State::select,
        State::search,
        State::fetch,
        State::store,
        State::logout,
        State::copy,
        State::move,
        State::expunge,
        State::append,
        State::create,
        State::noop,
        State::idle
    };
    static_assert(kCommandStates.size() == std::variant_size_v<Command>);
    if (forgets_names) wire_names_.clear();
    reply_ = {};
    fetched_.clear();
    done_sent_ = false;
    idled_.reset();
    enter(kCommandStates[kind]);
    send(std::move(*parts));
}

void Session::select(const std::string& name, bool read_only) {
    command(SelectFolder{wire_name(name), read_only});
}

std::string Session::wire_name(const std::string& name) const {
    const auto known = wire_names_.find(name);
    if (known != wire_names_.end()) return known->second;
    return utf8_ ? name : encode_utf7(name);
}

void Session::list() {
    // Servers without LIST-EXTENDED show the attributes unasked, if they have them (RFC 6154
    // section 2).
    command(ListFolders{has("SPECIAL-USE") && has("LIST-EXTENDED")});
}

base::Result<Reply> Session::take_reply() {
    if (outcome_) return *std::exchange(outcome_, std::nullopt);
    CHECK(error_ || state_ == State::over);
    if (error_) return std::unexpected(*error_);
    return Reply{};
}

bool Session::has(std::string_view capability) const {
    const std::string word = " " + std::string(capability) + " ";
    return capabilities_.contains(word);
}

void Session::enter(State state) {
    state_ = state;
    step_bytes_ = 0;
    step_text_bytes_ = 0;
}

// Hands over the first part; the others wait for the server's "+".
void Session::send(std::vector<std::string> parts) {
    parts_.assign(std::make_move_iterator(parts.rbegin()), std::make_move_iterator(parts.rend()));
    outgoing_ = std::move(parts_.back());
    parts_.pop_back();
}

std::string Session::next_tag() {
    tag_ = fmt::format("A{:03}", ++tag_count_);
    return tag_;
}

bool Session::count_bytes(std::size_t bytes, std::size_t text_bytes) {
    step_bytes_ += bytes;
    step_text_bytes_ += text_bytes;
    if (step_bytes_ <= row().bytes_max && step_text_bytes_ <= kStepTextBytesMax) return true;
    fail(
        base::ErrorCode::limit_exceeded,
        fmt::format("the server sent more than {} bytes while {}", step_bytes_ - 1, row().phrase)
    );
    return false;
}

void Session::fail(base::ErrorCode code, std::string message, std::string_view server_words) {
    base::Error error;
    error.code = code;
    error.stage = row().stage;
    error.message = std::move(message);
    error.server_words = without_secrets(server_words);
    error_ = std::move(error);
    end();
}

void Session::end() {
    state_ = State::over;
    credentials_ = {};
    idling_ = false;
    outgoing_.clear();
    parts_.clear();
    fetched_.clear();
    reply_ = {};
}

Dialect Session::dialect() const {
    return {has("LITERAL+"), has("LITERAL-") || has("IMAP4REV2"), utf8_};
}

// Some servers repeat what they did not like.
std::string Session::without_secrets(std::string_view server_words) const {
    std::string words(server_words);
    for (const std::string& secret : secrets_)
        words = base::replace_all(std::move(words), secret, "***");
    return words;
}

}  // namespace imap
