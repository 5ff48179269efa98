// Rows of the campaign side's tables, and the words of their statuses. All are read and written on
// Role::campaign (the operator may read).
#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace campaign {

// campaigns.
struct Campaign {
    std::int64_t id = 0;
    std::string name;
    std::string status;  // draft, active, paused, finished
    std::string status_reason;
    std::string settings;  // JSON, see settings.h
    base::Timestamp created_at;
    std::optional<base::Timestamp> started_at;
};
BOOST_DESCRIBE_STRUCT(
    Campaign, (), (id, name, status, status_reason, settings, created_at, started_at)
)

// campaign_texts.
struct Text {
    std::int64_t id = 0;
    std::int64_t campaign_id = 0;
    int step = 0;
    std::string variant;
    int share = 1;
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    std::string canary;  // "", waiting, clear, held
    std::string canary_reason;
    std::optional<base::Timestamp> retired_at;
    base::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(
    Text,
    (),
    (id,
     campaign_id,
     step,
     variant,
     share,
     subject,
     body,
     html_body,
     canary,
     canary_reason,
     retired_at,
     created_at)
)

// leads. status: new → needs_basis | ready → active → replied | bounced | unsubscribed |
// complained | stopped | finished; erased.
struct Lead {
    std::int64_t id = 0;
    std::optional<std::int64_t> campaign_id;
    std::string email;
    std::string email_key;
    std::string organisation;
    std::string mx_provider;
    std::string name;
    std::string company;
    std::string title;
    std::string country;
    std::string zone;
    std::string fields;  // a JSON object of texts: the custom columns
    std::string source;
    std::string basis;     // consent or a stated basis, in the owner's words
    std::string basis_by;  // who recorded it, and when
    std::optional<base::Timestamp> basis_at;
    std::string status;
    std::string status_reason;
    bool email_invalid = false;
    std::optional<base::Timestamp> verified_at;
    std::optional<std::int64_t> sender_mailbox_id;
    int next_step = 0;
    std::optional<base::Timestamp> next_step_at;
    std::optional<base::Timestamp> wait_until;
    base::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(
    Lead,
    (),
    (id,
     campaign_id,
     email,
     email_key,
     organisation,
     mx_provider,
     name,
     company,
     title,
     country,
     zone,
     fields,
     source,
     basis,
     basis_by,
     basis_at,
     status,
     status_reason,
     email_invalid,
     verified_at,
     sender_mailbox_id,
     next_step,
     next_step_at,
     wait_until,
     created_at)
)

// email_drafts. status: generating → ready_to_send → claimed → sent; back claimed → ready_to_send;
// exits rejected, failed, in_doubt (→ sent | ready_to_send | failed), cancelled.
struct Draft {
    std::int64_t id = 0;
    std::optional<std::int64_t> lead_id;
    std::optional<std::int64_t> campaign_id;
    std::string to_email;
    std::string to_name;
    std::string email_type;  // initial, followup
    int followup_number = 0;
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
    std::optional<std::string> from_account;
    std::optional<std::string> in_reply_to;
    std::optional<std::string> references_;
    std::string status;
    std::optional<double> quality_score;
    bool review_passed = false;
    base::Timestamp created_at;
    std::optional<base::Timestamp> sent_at;
    std::optional<std::string> error_message;
    std::int64_t retry_count = 0;
    std::optional<std::string> claimed_by;
    std::int64_t claim_token = 0;
    std::optional<base::Timestamp> lease_until;
    base::Timestamp not_before;
    std::string wait_reason;
    std::string variant;
    std::optional<std::int64_t> text_id;
    std::string written_by;  // model, template, person, import
    std::optional<base::Timestamp> reviewed_at;
    std::string review;  // JSON list of {rule, words}
    std::int64_t rewrites = 0;
    std::string approved_by;
};
BOOST_DESCRIBE_STRUCT(
    Draft,
    (),
    (id,
     lead_id,
     campaign_id,
     to_email,
     to_name,
     email_type,
     followup_number,
     subject,
     body,
     html_body,
     from_account,
     in_reply_to,
     references_,
     status,
     quality_score,
     review_passed,
     created_at,
     sent_at,
     error_message,
     retry_count,
     claimed_by,
     claim_token,
     lease_until,
     not_before,
     wait_reason,
     variant,
     text_id,
     written_by,
     reviewed_at,
     review,
     rewrites,
     approved_by)
)

}  // namespace campaign
