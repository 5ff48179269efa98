// The table `email_drafts` as writing and review use it. All functions run inside the caller's job;
// writes need Role::campaign, reading works for the operator too. Errors: StoreError.
//
// No function here sets `ready_to_send`: that is review_gate.h's alone.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "campaign/records.h"
#include "store/connection.h"

namespace campaign {

struct NewDraft {
    std::int64_t lead_id = 0;
    std::int64_t campaign_id = 0;
    std::string to_email;
    std::string to_name;
    int step = 0;  // 0: initial, else the followup_number
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    std::optional<std::string> from_account;  // of a follow-up: the first mail's
    std::optional<std::string> in_reply_to;
    std::optional<std::string> references;
    std::string variant;
    std::optional<std::int64_t> text_id;
    std::string written_by;  // model, template, person, import
    base::Timestamp not_before;
};

// As `generating`, with a line in the ledger.
std::int64_t insert_draft(
    store::Connection& connection, const NewDraft& draft, base::Timestamp now
);

std::optional<Draft> find_draft(store::Connection& connection, std::int64_t id);

// The draft of this lead and step that is on its way or arrived: generating, ready_to_send,
// claimed, sent or in doubt. One that was rejected, failed or cancelled is none.
std::optional<Draft> living_draft(store::Connection& connection, std::int64_t lead_id, int step);

struct DraftFilter {
    std::optional<std::int64_t> campaign_id;
    std::vector<std::string> statuses;  // empty: all
    std::int64_t after_id = 0;
    int count_max = 100;  // at most 500
};
// In order of id.
std::vector<Draft> list_drafts(store::Connection& connection, const DraftFilter& filter);
std::int64_t count_drafts(store::Connection& connection, const DraftFilter& filter);

// `from` → `to` with the reason and a line in the ledger; false where the draft is in another
// status. `ready_to_send` is a broken invariant here.
bool set_draft_status(
    store::Connection& connection,
    std::int64_t id,
    std::string_view from,
    std::string_view to,
    const std::string& reason,
    base::Timestamp now
);

struct DraftText {
    std::string subject;
    std::string body;  // with its footer
    std::optional<std::string> html_body;
};
// A new text for a draft that waits (generating, ready_to_send, rejected): it is `generating` and
// unreviewed afterwards. `written_by` "person" or "model"; a model's rewrite is counted. conflict
// where it is in another status.
base::Result<> edit_draft(
    store::Connection& connection,
    std::int64_t id,
    const DraftText& text,
    std::string_view written_by,
    const std::string& by,
    base::Timestamp now
);

}  // namespace campaign
