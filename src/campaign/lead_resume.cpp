#include "campaign/lead_resume.h"

#include <chrono>

#include "campaign/campaign_store.h"

namespace campaign {

namespace {

struct LastMail {
    int step = 0;
    base::Timestamp at;
};
BOOST_DESCRIBE_STRUCT(LastMail, (), (step, at))

// Drafts too: what another system sent may have no mail here.
std::optional<LastMail> last_mail(store::Connection& connection, std::int64_t lead_id) {
    std::optional<LastMail> last;
    for (const LastMail& mail : connection.select<LastMail>(
             "SELECT followup_number, COALESCE(sent_at, created_at) FROM emails_campaign "
             "WHERE lead_id = :lead AND email_type <> 'answer' AND status = 'accepted' "
             "UNION ALL SELECT followup_number, COALESCE(sent_at, created_at) FROM email_drafts "
             "WHERE lead_id = :same AND status = 'sent' ORDER BY 1, 2",
             store::values(lead_id, lead_id)
         ))
        last = mail;
    return last;
}

bool is_in_doubt(store::Connection& connection, std::int64_t lead_id) {
    return connection.integer(
               "SELECT COUNT(*) FROM email_drafts WHERE lead_id = :lead "
               "AND status IN ('claimed', 'in_doubt')",
               store::values(lead_id)
           ) > 0;
}

}  // namespace

Resumed place_to_resume(
    store::Connection& connection, const Lead& lead, std::string_view before, base::Timestamp now
) {
    const std::optional<LastMail> last = last_mail(connection, lead.id);
    const int next = last ? last->step + 1 : 0;
    // What is under way sets the rest when it ends.
    if (is_in_doubt(connection, lead.id)) return {last ? "active" : std::string(before), next, {}};
    if (!last) return {before == "active" ? "ready" : std::string(before), 0, {}};
    const auto settings = load_settings(connection, lead.campaign_id.value_or(0));
    const std::vector<Step> steps = settings ? settings->steps : Settings{}.steps;
    if (static_cast<std::size_t>(next) >= steps.size()) return {"finished", next, {}};
    const auto distance = std::chrono::hours(24 * steps[static_cast<std::size_t>(next)].after_days);
    return {"active", next, std::max(now, last->at + distance)};
}

void resume_lead(
    store::Connection& connection,
    std::int64_t lead_id,
    const Resumed& place,
    std::string_view reason
) {
    connection.execute(
        "UPDATE leads SET status = :status, status_reason = :reason, next_step = :step, "
        "next_step_at = :due WHERE id = :id",
        store::values(place.status, reason, place.next_step, place.next_step_at, lead_id)
    );
}

}  // namespace campaign
