#include "campaign/followup_round.h"

#include <fmt/format.h>

namespace campaign {

namespace {

constexpr auto kRole = store::Role::campaign;
constexpr int kFollowupsPerRound = 40;
constexpr std::chrono::hours kWriteAgain{1};

base::Task<> put_off_lead(Context& context, std::int64_t lead_id) {
    const base::Timestamp later = context.clock.now() + kWriteAgain;
    co_await context.db.run(kRole, [lead_id, later](store::Connection& connection) {
        connection.execute(
            "UPDATE leads SET wait_until = :until WHERE id = :id AND "
            "COALESCE(wait_until, 0) < :later",
            store::values(later, lead_id, later)
        );
    });
}

}  // namespace

base::Task<FollowupsWritten> write_due_followups(
    Context context, FollowUpWriter& writer, std::function<bool()> wanted
) {
    const Limits limits = context.limits;
    const base::Timestamp now = context.clock.now();
    const FollowupLook look =
        co_await context.db.read(kRole, [limits, now](store::Connection& connection) {
            return look_at_followups(connection, limits, now, kFollowupsPerRound);
        });
    if (!look.endings.empty() || !look.waits.empty())
        co_await context.db.run(kRole, [look, now](store::Connection& connection) {
            put_off_followups(connection, look, now);
        });
    FollowupsWritten result;
    for (const DueFollowup& one : look.write) {
        if (!wanted()) break;
        const base::Result<std::int64_t> draft = co_await writer.write(one.lead_id, one.step);
        if (draft) {
            ++result.written;
            continue;
        }
        result.problems.push_back(fmt::format("lead {}: {}", one.lead_id, draft.error().describe())
        );
        co_await put_off_lead(context, one.lead_id);
    }
    co_return result;
}

}  // namespace campaign
