// What the server says: tagged answers end a command, untagged data is sorted to whom it concerns.
#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "imap/session.h"

namespace imap {
namespace {

std::uint32_t number_of(const StatusLine& line) {
    const std::optional<std::int64_t> number = base::parse_int(line.code_arguments);
    if (!number || *number < 0 || *number > UINT32_MAX) return 0;
    return static_cast<std::uint32_t>(*number);
}

// The server may tell about one message in several answers; what came last holds.
void merge(Fetched& into, FetchData data) {
    Fetched& from = data.message;
    into.sequence = from.sequence;
    into.uid = from.uid;
    if (data.has_flags) into.flags = std::move(from.flags);
    if (data.has_labels) into.gmail_labels = std::move(from.gmail_labels);
    if (!from.internal_date.empty()) into.internal_date = std::move(from.internal_date);
    if (from.size != 0) into.size = from.size;
    if (from.gmail_message_id != 0) into.gmail_message_id = from.gmail_message_id;
    if (from.gmail_thread_id != 0) into.gmail_thread_id = from.gmail_thread_id;
    for (auto& [name, bytes] : from.sections) into.sections[name] = std::move(bytes);
}

}  // namespace

void Session::on_response(Response response, bool last) {
    if (state_ == State::greeting) return on_greeting(response);
    if (auto* line = std::get_if<StatusLine>(&response)) {
        if (line->tag.empty()) return on_untagged(std::move(*line));
        return on_tagged(*line, last);
    }
    if (std::holds_alternative<Continuation>(response)) return on_continuation();
    if (auto* broken = std::get_if<Malformed>(&response)) return on_malformed(std::move(*broken));
    if (auto* names = std::get_if<Capabilities>(&response)) return keep_capabilities(names->names);
    if (auto* listed = std::get_if<Listed>(&response)) return on_data(std::move(*listed));
    if (auto* searched = std::get_if<Searched>(&response)) return on_data(*searched);
    if (auto* count = std::get_if<MessageCount>(&response)) return on_data(*count);
    if (auto* data = std::get_if<FetchData>(&response)) return on_data(std::move(*data));
}

void Session::on_untagged(StatusLine line) {
    if (line.condition == Condition::preauth)
        return fail(base::ErrorCode::protocol, "the server sent PREAUTH after its greeting");
    // The answer to the command may still come behind it: a refused login must not look like a lost
    // line.
    if (line.condition == Condition::bye) {
        bye_ = line.text.empty() ? "BYE" : line.text;
        return;
    }
    if (line.code == "ALERT" && secure_)
        base::log::warn(
            "imap", "the server alerts: {}", base::printable(without_secrets(line.text), 300)
        );
    if (!keep_capabilities(line)) take_select_code(line);
}

void Session::take_select_code(const StatusLine& line) {
    if (state_ != State::select) return;
    if (line.code == "UIDVALIDITY") reply_.selected.uidvalidity = number_of(line);
    if (line.code == "UIDNEXT") reply_.selected.uidnext = number_of(line);
}

void Session::on_tagged(const StatusLine& line, bool last) {
    // Also an answer to a command that was not sent yet: someone guesses our tags.
    if (tag_.empty() || line.tag != tag_ || !outgoing_.empty())
        return fail(
            base::ErrorCode::protocol, "the server answered a command that was not sent", line.tag
        );
    if (line.condition == Condition::preauth || line.condition == Condition::bye)
        return fail(base::ErrorCode::protocol, "the server's answer is no answer", line.text);
    if (line.condition == Condition::ok && !parts_.empty())
        return fail(base::ErrorCode::protocol, "the server did not wait for the whole command");
    parts_.clear();
    const bool ok = line.condition == Condition::ok;
    if (ok) keep_capabilities(line);
    switch (state_) {
        case State::capability:
            if (ok) return finish_capability();
            return fail(base::ErrorCode::protocol, "the server refused CAPABILITY", line.text);
        case State::starttls:
            if (ok) return finish_starttls(last);
            return fail(base::ErrorCode::tls, "the server refused STARTTLS", line.text);
        case State::login:
            if (ok) return finish_login();
            return login_refused(line);
        default:
            return finish_command(line);
    }
}

void Session::on_continuation() {
    if (tag_.empty() || parts_.empty() || !outgoing_.empty())
        return fail(base::ErrorCode::protocol, "the server asked for data that there is none of");
    outgoing_ = std::move(parts_.back());
    parts_.pop_back();
}

void Session::on_malformed(Malformed response) {
    const std::string& name = response.name;
    const bool concerns = name == "tagged" || (name == "FETCH" && state_ == State::fetch) ||
                          (name == "LIST" && state_ == State::list) ||
                          ((name == "SEARCH" || name == "ESEARCH") && state_ == State::search);
    // Others are as good as unknown ones, which a client skips (RFC 3501 section 7).
    if (concerns) fail(response.error.code, response.error.message, response.error.server_words);
}

void Session::on_data(Listed listed) {
    if (state_ != State::list || listed.command != "LIST") return;
    if (encode_utf7(listed.folder.name) != listed.wire_name)
        wire_names_.emplace(listed.folder.name, std::move(listed.wire_name));
    reply_.folders.push_back(std::move(listed.folder));
}

void Session::on_data(const Searched& searched) {
    if (state_ != State::search || (!searched.tag.empty() && searched.tag != tag_)) return;
    reply_.uids.insert(reply_.uids.end(), searched.numbers.begin(), searched.numbers.end());
}

void Session::on_data(const MessageCount& count) {
    if (state_ == State::select && count.kind == MessageCount::Kind::exists)
        reply_.selected.exists = count.number;
}

void Session::on_data(FetchData data) {
    // Without a UID it is news about a message by its number, which an EXPUNGE may have moved.
    const std::uint32_t uid = data.message.uid;
    if (state_ != State::fetch || uid == 0 || !asked_ || !asked_->contains(uid)) return;
    merge(fetched_[uid], std::move(data));
}

void Session::finish_command(const StatusLine& line) {
    tag_.clear();
    if (line.condition == Condition::bad)
        return fail(
            base::ErrorCode::protocol,
            fmt::format("the server did not understand us while {}", row().phrase),
            line.text
        );
    if (state_ == State::logout) return end();
    if (line.condition == Condition::ok) {
        take_select_code(line);
        outcome_ = collect_reply();
    } else {
        outcome_ = base::fail(
            base::ErrorCode::refused,
            std::string(row().stage),
            fmt::format("the server said no while {}", row().phrase),
            line.text
        );
    }
    enter(State::ready);
}

base::Result<Reply> Session::collect_reply() {
    // Without it a UID says nothing once the folder is opened again.
    if (state_ == State::select && reply_.selected.uidvalidity == 0)
        return base::fail(
            base::ErrorCode::unsupported,
            std::string(row().stage),
            "the server did not say the folder's UIDVALIDITY"
        );
    std::sort(reply_.uids.begin(), reply_.uids.end());
    reply_.uids.erase(std::unique(reply_.uids.begin(), reply_.uids.end()), reply_.uids.end());
    for (auto& [uid, message] : std::exchange(fetched_, {}))
        reply_.fetched.push_back(std::move(message));
    return std::exchange(reply_, {});
}

}  // namespace imap
