#include "store/roles.h"

#include <algorithm>

#include "base/text.h"

namespace store {
namespace {

constexpr Rights kNone{};
constexpr Rights kRead{.read = true};
constexpr Rights kInsert{.insert = true};
constexpr Rights kReadInsert{.read = true, .insert = true};
constexpr Rights kReadUpdate{.read = true, .update = true};
constexpr Rights kAll{.read = true, .insert = true, .update = true, .remove = true};

constexpr TableRule kRules[] = {
    // table, warmup, campaign, operator
    {"store_meta", kRead, kRead, kRead},
    {"mailboxes", kReadUpdate, kReadUpdate, kAll},
    {"mailbox_tokens", kReadUpdate, kReadUpdate, kAll},
    {"mailbox_usage", kAll, kAll, kRead, "side"},
    {"mailbox_human_mail", kAll, kAll, kRead},
    {"mailbox_gaps", kAll, kAll, kRead},

    {"warmup_email_drafts", kAll, kNone, kRead},
    {"warmup_cycles", kAll, kNone, kRead},
    {"warmup_threads", kAll, kNone, kRead},
    {"warmup_filings", kAll, kNone, kRead},
    {"emails_warmup", kAll, kNone, kRead},
    {"emails_warmup_raw", kAll, kNone, kRead},
    {"warmup_imported_fields", kAll, kNone, kRead},

    {"campaigns", kNone, kAll, kRead},
    {"leads", kNone, kAll, kRead},
    {"email_drafts", kNone, kAll, kRead},
    {"emails_campaign", kNone, kAll, kRead},
    {"emails_campaign_raw", kNone, kAll, kRead},
    {"suppressions", kNone, kAll, kRead},
    {"campaign_texts", kNone, kAll, kRead},
    {"campaign_canaries", kNone, kAll, kRead},
    {"campaign_replies", kNone, kAll, kRead},
    {"campaign_imported_fields", kNone, kAll, kRead},

    {"account_reputation", kNone, kNone, kAll},
    {.table = "llm_usage",
     .warmup = kAll,
     .campaign = kAll,
     .operator_ = kRead,
     .own_column = "purpose",
     .own_rows_read = true},
    {"ledger", kInsert, kInsert, kReadInsert},
    {"inbound_seen", kAll, kAll, kRead},
    {"imap_cursors", kAll, kAll, kRead},
    {"sent_folders", kAll, kAll, kRead},
    {"service_flags", kRead, kRead, kAll},
    {"service_runs", kNone, kNone, kAll},
    {.table = "emails", .warmup = kNone, .campaign = kNone, .operator_ = kRead, .view = true},
};

constexpr std::string_view kFunctions[] = {
    "abs",    "avg",        "coalesce", "count",   "dense_rank", "first_value", "lag",
    "lead",   "last_value", "length",   "like",    "lower",      "ltrim",       "max",
    "min",    "nullif",     "rank",     "replace", "round",      "row_number",  "rtrim",
    "substr", "substring",  "sum",      "trim",    "upper",
};

}  // namespace

std::span<const TableRule> table_rules() { return kRules; }

Rights rights(Role role, const TableRule& rule) {
    switch (role) {
        case Role::owner:
            return kAll;
        case Role::warmup:
            return rule.warmup;
        case Role::campaign:
            return rule.campaign;
        case Role::operator_:
            return rule.operator_;
    }
    return kNone;
}

Rights rights(Role role, std::string_view table) {
    if (role == Role::owner) return kAll;
    for (const TableRule& rule : kRules)
        if (base::equals_ignoring_case(rule.table, table)) return rights(role, rule);
    return kNone;
}

bool function_allowed(std::string_view name) {
    return std::any_of(std::begin(kFunctions), std::end(kFunctions), [&](std::string_view allowed) {
        return base::equals_ignoring_case(allowed, name);
    });
}

}  // namespace store
