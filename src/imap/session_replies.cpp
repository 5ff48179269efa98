// What the server says: tagged answers end a command, untagged data is sorted to whom it concerns.
#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "imap/session.h"

namespace imap {
namespace {

// 0 where it is none.
std::uint32_t number_of(std::string_view text) {
    const std::optional<std::int64_t> number = base::parse_int(text);
    if (!number || *number < 0 || *number > UINT32_MAX) return 0;
    return static_cast<std::uint32_t>(*number);
}

// "38505 3955"
Appended appended_of(const std::string& arguments) {
    const std::vector<std::string> words = base::split(arguments, ' ');
    if (words.size() != 2 || number_of(words[0]) == 0 || number_of(words[1]) == 0) return {};
    return {number_of(words[0]), number_of(words[1])};
}

// "38505 304,319:320 3956:3958"
std::optional<Copied> copied_of(const std::string& arguments) {
    std::vector<std::string> words = base::split(arguments, ' ');
    if (words.size() != 3 || number_of(words[0]) == 0) return std::nullopt;
    if (!UidRanges::parse(words[1]) || !UidRanges::parse(words[2])) return std::nullopt;
    return Copied{number_of(words[0]), std::move(words[1]), std::move(words[2])};
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
    if (auto* more = std::get_if<Continuation>(&response)) return on_continuation(*more);
    if (auto* broken = std::get_if<Malformed>(&response)) return on_malformed(std::move(*broken));
    if (auto* names = std::get_if<Capabilities>(&response)) return keep_capabilities(names->names);
    if (auto* enabled = std::get_if<Enabled>(&response)) return on_data(*enabled);
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
    if (!keep_capabilities(line)) take_code(line);
}

void Session::take_code(const StatusLine& line) {
    switch (state_) {
        case State::select:
            if (line.code == "UIDVALIDITY")
                reply_.selected.uidvalidity = number_of(line.code_arguments);
            if (line.code == "UIDNEXT") reply_.selected.uidnext = number_of(line.code_arguments);
            return;
        case State::append:
            if (line.code == "APPENDUID") reply_.appended = appended_of(line.code_arguments);
            return;
        case State::copy:
        case State::move:
            if (line.code == "COPYUID") reply_.copied = copied_of(line.code_arguments);
            return;
        default:
            return;
    }
}

void Session::on_tagged(const StatusLine& line, bool last) {
    // A server may end an IDLE while our DONE is on its way.
    if (state_ == State::idle && done_sent_) outgoing_.clear();
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
        case State::identify:
        case State::enable:
            return settle();
        default:
            return finish_command(line);
    }
}

void Session::on_continuation(const Continuation& continuation) {
    const bool expected = !tag_.empty() && outgoing_.empty();
    if (expected && !parts_.empty()) {
        outgoing_ = std::move(parts_.back());
        parts_.pop_back();
    } else if (expected && state_ == State::login && mechanism_ && !token_refusal_) {
        on_token_refusal(continuation);
    } else if (expected && state_ == State::idle && !idling_ && !done_sent_) {
        idling_ = true;
        if (idled_) end_idle(*idled_);
    } else {
        fail(base::ErrorCode::protocol, "the server asked for data that there is none of");
    }
}

// News that came while idling.
void Session::on_change() {
    if (state_ == State::idle) end_idle(Idled::changed);
}

// A change counts even where it comes after our DONE; the wait is over the first time.
void Session::end_idle(Idled idled) {
    if (!idled_ || idled == Idled::changed) idled_ = idled;
    if (!idling_) return;
    idling_ = false;
    done_sent_ = true;
    outgoing_ = "DONE\r\n";
}

void Session::on_malformed(Malformed response) {
    const std::string& name = response.name;
    const bool concerns = name == "tagged" || (name == "FETCH" && state_ == State::fetch) ||
                          (name == "LIST" && state_ == State::list) ||
                          ((name == "SEARCH" || name == "ESEARCH") && state_ == State::search);
    // Others are as good as unknown ones, which a client skips (RFC 3501 section 7).
    if (concerns) fail(response.error.code, response.error.message, response.error.server_words);
}

void Session::on_data(const Enabled& enabled) {
    if (state_ != State::enable) return;
    utf8_ |=
        std::find(enabled.names.begin(), enabled.names.end(), "UTF8=ACCEPT") != enabled.names.end();
}

void Session::on_data(Listed listed) {
    if (state_ != State::list || listed.command != "LIST") return;
    // Then the name is what it looks like, and no UTF-7.
    if (utf8_ && listed.folder.name != "INBOX" && base::is_utf8(listed.wire_name))
        listed.folder.name = listed.wire_name;
    if ((utf8_ ? listed.folder.name : encode_utf7(listed.folder.name)) != listed.wire_name)
        wire_names_.emplace(listed.folder.name, std::move(listed.wire_name));
    reply_.folders.push_back(std::move(listed.folder));
}

void Session::on_data(const Searched& searched) {
    if (state_ != State::search || (!searched.tag.empty() && searched.tag != tag_)) return;
    reply_.uids.insert(reply_.uids.end(), searched.numbers.begin(), searched.numbers.end());
}

void Session::on_data(const MessageCount& count) {
    if (count.kind != MessageCount::Kind::recent) on_change();
    if (state_ == State::select && count.kind == MessageCount::Kind::exists)
        reply_.selected.exists = count.number;
}

void Session::on_data(FetchData data) {
    on_change();
    if (!utf8_)
        for (std::string& label : data.message.gmail_labels) label = decode_utf7(label);
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
    const bool exists = state_ == State::create && line.code == "ALREADYEXISTS";
    if (state_ == State::idle && !done_sent_ && line.condition == Condition::ok) {
        idling_ = false;
        outcome_ = base::fail(
            base::ErrorCode::refused,
            std::string(row().stage),
            "the server ended IDLE by itself",
            line.text
        );
    } else if (line.condition == Condition::ok || exists) {
        take_code(line);
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
    if (idled_) reply_.idled = *idled_;
    std::sort(reply_.uids.begin(), reply_.uids.end());
    reply_.uids.erase(std::unique(reply_.uids.begin(), reply_.uids.end()), reply_.uids.end());
    for (auto& [uid, message] : std::exchange(fetched_, {}))
        reply_.fetched.push_back(std::move(message));
    return std::exchange(reply_, {});
}

}  // namespace imap
