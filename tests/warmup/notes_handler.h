// A handler that takes for ours what it was told, and keeps what it is given; and what tests of
// watching need beside it.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "inbound/handler.h"
#include "store/database.h"

namespace tests {

class NotesHandler : public inbound::Handler {
  public:
    std::map<std::string, std::int64_t> ours;  // row by Message-ID
    std::vector<inbound::Candidate> asked;
    std::vector<std::size_t> asked_at_once;
    std::vector<inbound::Incoming> handled;
    bool lose_store = false;
    bool proven = true;  // what handle() says of every message
    std::function<void()> after_headers;

    store::Role side = store::Role::warmup;
    bool wants_sent = false;
    inbound::Reading reading = inbound::Reading::full;  // of what is ours

    store::Role role() const override { return side; }
    bool wants(inbound::FolderKind kind) const override {
        return wants_sent || kind != inbound::FolderKind::sent;
    }
    base::Task<std::vector<inbound::Choice>> recognise(
        std::int64_t, std::vector<inbound::Candidate> candidates
    ) override {
        asked_at_once.push_back(candidates.size());
        std::vector<inbound::Choice> choices;
        for (const inbound::Candidate& one : candidates) {
            asked.push_back(one);
            const auto row = one.message_id ? ours.find(one.message_id->str()) : ours.end();
            choices.push_back(
                row == ours.end() ? inbound::Choice() : inbound::Choice{reading, row->second}
            );
        }
        if (after_headers) after_headers();
        co_return choices;
    }
    base::Task<inbound::Handled> handle(inbound::Incoming incoming) override {
        if (lose_store) throw store::StoreError(store::StoreError::Kind::lost, "the store is gone");
        handled.push_back(std::move(incoming));
        co_return inbound::Handled{true, proven};
    }
};

inline std::unique_ptr<store::Database> open_in_memory(base::Loop& loop) {
    store::OpenOptions options;
    options.url = "sqlite::memory:";
    options.inline_jobs = true;
    options.create = true;
    return store::open_database(options, loop);
}

// A small mail; `more` is further header lines.
inline std::string small_mail(const std::string& message_id, const std::string& more = {}) {
    return "From: Anna <anna@co-one.test>\r\nTo: <seed@example.com>\r\nSubject: x\r\n" + more +
           "Message-ID: <" + message_id + ">\r\n\r\nHello.\r\n";
}

}  // namespace tests
