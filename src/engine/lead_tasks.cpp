#include "engine/lead_tasks.h"

#include <fmt/format.h>

#include "campaign/campaign_store.h"
#include "campaign/lead_recheck.h"
#include "campaign/retention.h"
#include "campaign/verification.h"
#include "engine/dns_mail_domains.h"
#include "engine/verifiers.h"
#include "net/ares_dns_client.h"

namespace engine {

namespace {

using store::Connection;

struct Tended {
    campaign::Rechecked rechecked;
    campaign::Verified verified;

    void add(const campaign::Rechecked& more) {
        rechecked.ready += more.ready;
        rechecked.stopped += more.stopped;
        rechecked.waiting += more.waiting;
    }
    void add(const campaign::Verified& more) {
        verified.valid += more.valid;
        verified.risky += more.risky;
        verified.invalid += more.invalid;
        verified.unknown += more.unknown;
    }
};

base::Task<campaign::Verified> verify(Runtime& runtime, campaign::Campaign row, Wanted wanted) {
    const auto settings = campaign::settings_from_json(row.settings);
    if (!settings) co_return campaign::Verified{};
    const auto verifier = make_verifier(
        campaign::read_verifier(settings->verifier),
        runtime.clock(),
        runtime.http(),
        runtime.settings().verifier_key.reveal()
    );
    if (!verifier) co_return campaign::Verified{};
    co_return co_await campaign::verify_leads(
        runtime.db(), *verifier, runtime.clock(), row.id, kVerifiedAtOnce, std::move(wanted)
    );
}

using PageJob = campaign::RetentionPage (*)(
    Connection& connection, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp now
);

// A whole table; each page is a job of its own, so that sends come in between.
base::Task<std::int64_t> through(
    store::Database& db, PageJob job, base::Timestamp now, Wanted wanted
) {
    const campaign::Cutoffs cut = campaign::cutoffs({}, now);
    std::int64_t changed = 0;
    std::int64_t after = 0;
    do {
        if (!wanted()) break;
        const campaign::RetentionPage page =
            co_await db.run(store::Role::campaign, [job, cut, after, now](Connection& connection) {
                return job(connection, cut, after, now);
            });
        changed += page.changed;
        after = page.last_id;
    } while (after != 0);
    co_return changed;
}

}  // namespace

base::Task<base::Result<std::string>> tend_leads(Runtime& runtime, Wanted wanted) {
    const auto rows = co_await runtime.db().read(store::Role::campaign, [](Connection& connection) {
        return campaign::list_campaigns(connection);
    });
    net::AresDnsClient dns(runtime.loop(), runtime.clock(), {runtime.settings().dns.server});
    DnsMailDomains domains(dns, runtime.clock());
    Tended total;
    for (const campaign::Campaign& row : rows) {
        if (row.status == "finished") continue;
        const base::Timestamp now = runtime.clock().now();
        const campaign::Rechecked rechecked =
            co_await campaign::recheck_new_leads(runtime.db(), domains, row.id, now, wanted);
        total.add(rechecked);
        const campaign::Verified verified = co_await verify(runtime, row, wanted);
        total.add(verified);
    }
    co_return fmt::format(
        "domains: {} leads ready, {} stopped, {} without an answer; verifier: {} valid, {} risky, "
        "{} invalid, {} unknown",
        total.rechecked.ready,
        total.rechecked.stopped,
        total.rechecked.waiting,
        total.verified.valid,
        total.verified.risky,
        total.verified.invalid,
        total.verified.unknown
    );
}

base::Task<base::Result<std::string>> keep_retention(Runtime& runtime, Wanted wanted) {
    const base::Timestamp now = runtime.clock().now();
    const PageJob drafts =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_drafts(c, cut, after);
        };
    const PageJob emails =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_emails(c, cut, after);
        };
    const PageJob replies =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_replies(c, cut, after);
        };
    const std::int64_t texts = co_await through(runtime.db(), drafts, now, wanted);
    const std::int64_t bytes = co_await through(runtime.db(), emails, now, wanted);
    const std::int64_t answers = co_await through(runtime.db(), replies, now, wanted);
    const std::int64_t people =
        co_await through(runtime.db(), campaign::erase_old_leads, now, wanted);
    co_return fmt::format(
        "cleared {} drafts, {} mails and {} replies; forgot {} leads", texts, bytes, answers, people
    );
}

}  // namespace engine
